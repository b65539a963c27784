/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * A call of a tool that may need to be paid, for a transport that is not an HTTP client.
 * The transport sends the call, first without a payment unless {@link #resume()} finds
 * one, and reports what comes back; the rules are those of HTTP requests. What was taken
 * from {@link #handOver()} may have arrived.
 *
 * @since 0.1.0
 */
public final class PaidCall {

	private final Payer payer;

	private final PurchaseRequest request;

	private final @Nullable PaymentAttempts renewed;

	private final AtomicReference<@Nullable PaidCall> renewal = new AtomicReference<>();

	private volatile @Nullable PaymentAttempts attempts;

	private volatile boolean ended;

	private PaidCall(Payer payer, PurchaseRequest request, @Nullable PaymentAttempts renewed) {
		this.payer = payer;
		this.request = request;
		this.renewed = renewed;
	}

	/**
	 * Begin a call.
	 * @param payer pays
	 * @param server address of the server, with scheme {@code stdio} and its name as host
	 * if it is a process of this machine
	 * @param tool name of the tool
	 * @param arguments the arguments, equal bytes for calls that are the same
	 * @return the call
	 */
	public static PaidCall of(Payer payer, URI server, String tool, byte[] arguments) {
		return new PaidCall(payer, PurchaseRequest.ofTool(server, tool, arguments), null);
	}

	/**
	 * Take the payment of an earlier call that was the same, if its outcome is not known
	 * and its result may still come.
	 * @return whether there is one, which must be sent at once
	 */
	public boolean resume() {
		return use(this.payer.resume(this.request, this.renewed));
	}

	/**
	 * Return whether a document asks for a payment.
	 * @param document UTF-8 bytes of JSON
	 * @return whether it is a challenge of a version that the payer speaks
	 */
	public boolean isChallenge(byte[] document) {
		return this.payer.challenges().readDocument(document) != null;
	}

	/**
	 * Read why a seller asks for a payment again.
	 * @param document UTF-8 bytes of a challenge
	 * @return text of a stranger, at most 500 characters on one line, if the seller gives
	 * a reason
	 */
	public Optional<String> reason(byte[] document) {
		return Optional.ofNullable(this.payer.challenges().readError(document));
	}

	/**
	 * Sign a payment. Blocks while budgets and approval are asked.
	 * @param documents challenges of the seller, the first that can be paid counts
	 * @return whether there is a payment; not if no document is a challenge
	 * @throws PaymentRefusedException if the policy does not allow it
	 */
	public boolean pay(List<byte[]> documents) {
		return use(this.payer.pay(this.request, documents, this.renewed));
	}

	private boolean use(@Nullable PaymentAttempts attempts) {
		this.attempts = attempts;
		if (this.ended && attempts != null) {
			attempts.left();
		}
		return attempts != null;
	}

	/**
	 * Return whether there is a payment.
	 * @return whether the call has a payment, handed over or not
	 */
	public boolean isPaid() {
		return this.attempts != null;
	}

	/**
	 * Hand the payment over to the transport.
	 * @return base64 of the payment, empty if the call has ended or is not paid
	 */
	public Optional<String> handOver() {
		PaymentAttempts current = this.attempts;
		return (current != null) ? Optional.ofNullable(current.handOver()) : Optional.empty();
	}

	/**
	 * Judge a response to the call with its payment. If that is of an earlier call and
	 * has expired, and the response asks for another one, the call goes on with its
	 * {@link #renewal()}.
	 * @param status the HTTP status that stands for the response
	 * @param receipt JSON of the receipt, empty if there is none
	 * @param documents the documents in the response, challenges or not
	 * @return time after which the same payment must be sent again, empty if it must not;
	 * then {@link #delivered()} or {@link #left()} must follow
	 */
	public Optional<Duration> answered(int status, byte[] receipt, List<byte[]> documents) {
		PaymentAttempts current = this.attempts;
		if (current == null) {
			return Optional.empty();
		}
		NextStep next = current.answered(status, receipt,
				current.mayBeRenewed(status) ? this.payer.renewals().judge(receipt, documents) : Renewal.NONE);
		if (next.isRenewed()) {
			this.renewal.set(new PaidCall(this.payer, this.request, current));
		}
		return Optional.ofNullable(next.delay());
	}

	/**
	 * Return whether another payment takes the place of this one, so that no response to
	 * this one counts any more.
	 * @return whether a response has asked for another one
	 */
	public boolean isRenewed() {
		PaymentAttempts current = this.attempts;
		return current != null && current.isRenewed();
	}

	/**
	 * Return what goes on in place of this call: with another payment that
	 * {@link #resume()} finds, or else one for the challenges of the response that asked
	 * for it. Until that is handed over, the one that has expired is kept.
	 * @return the same call without a payment, to one caller only
	 */
	public Optional<PaidCall> renewal() {
		return Optional.ofNullable(this.renewal.getAndSet(null));
	}

	/**
	 * Judge a failure to get a response to the call with its payment.
	 * @param failure the failure
	 * @return time after which the same payment must be sent again, empty if it must not
	 */
	public Optional<Duration> failed(Throwable failure) {
		PaymentAttempts current = this.attempts;
		return (current != null) ? Optional.ofNullable(current.failed(failure).delay()) : Optional.empty();
	}

	/**
	 * Record that the caller has the result.
	 */
	public void delivered() {
		PaymentAttempts current = this.attempts;
		if (current != null) {
			current.read();
		}
	}

	/**
	 * Record that the call has ended. Unless the result was delivered, its outcome is
	 * unknown and the payment is kept for the next call that is the same.
	 */
	public void left() {
		this.ended = true;
		PaymentAttempts current = this.attempts;
		if (current != null) {
			current.left();
		}
	}

}
