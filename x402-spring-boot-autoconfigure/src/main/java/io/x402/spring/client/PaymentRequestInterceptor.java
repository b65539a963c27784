/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;

import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SignInPayload;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;

/**
 * Pays what {@code RestClient} and {@code RestTemplate} ask for and a seller responds to
 * with 402, and HTTP interfaces on top of them. A request that is not paid by policy ends
 * with a {@link PaymentRefusedException}, one whose payment the seller does not take with
 * the response of the seller.
 * <p>
 * The request factory must not follow redirects, because it would send the payment to
 * wherever they lead. Works on virtual threads. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class PaymentRequestInterceptor implements ClientHttpRequestInterceptor {

	private static final int PAYMENT_REQUIRED = 402;

	private final Payer payer;

	/**
	 * Create an interceptor.
	 * @param payer pays
	 */
	public PaymentRequestInterceptor(Payer payer) {
		this.payer = payer;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		if (isPaidBySomebodyElse(request)) {
			return execution.execute(request, body);
		}
		PurchaseRequest wanted = PurchaseRequest.of(request.getMethod().name(), request.getURI(), request.getHeaders(),
				body);
		PaymentAttempts kept = this.payer.resume(wanted, null);
		ClientHttpResponse answer = (kept != null) ? send(request, body, execution, kept)
				: execution.execute(request, body);
		for (PaymentAttempts next = kept; next != null && next.isRenewed();) {
			next = this.payer.resume(wanted, kept);
			if (next != null) {
				kept = next;
				answer = send(request, body, execution, kept);
			}
		}
		if ((kept != null) ? !kept.isRenewed() : answer.getStatusCode().value() != PAYMENT_REQUIRED) {
			return answer;
		}
		UnpaidResponse unpaid = UnpaidResponse.read(answer);
		String signIn = this.payer.signIn(wanted, unpaid.getHeaders());
		if (signIn != null) {
			answer = execution.execute(ChangedHttpRequest.signedIn(request, signIn), body);
			if (answer.getStatusCode().value() != PAYMENT_REQUIRED) {
				return answer;
			}
			unpaid = UnpaidResponse.read(answer);
		}
		PaymentAttempts attempts = this.payer.pay(wanted, unpaid.getHeaders(), unpaid.body(), kept);
		return (attempts != null) ? send(request, body, execution, attempts) : unpaid;
	}

	private static boolean isPaidBySomebodyElse(HttpRequest request) {
		return Arrays.stream(ProtocolVersion.values())
			.anyMatch((version) -> request.getHeaders().containsHeader(version.paymentHeader()))
				|| MachineCredential.isIn(request.getHeaders());
	}

	private ClientHttpResponse send(HttpRequest request, byte[] body, ClientHttpRequestExecution execution,
			PaymentAttempts attempts) throws IOException {
		while (true) {
			NextStep next;
			try {
				ClientHttpResponse answer = execution.execute(ChangedHttpRequest.paid(request, attempts), body);
				int status = answer.getStatusCode().value();
				Renewal renewal = Renewal.NONE;
				if (attempts.mayBeRenewed(status)) {
					UnpaidResponse unpaid = UnpaidResponse.read(answer);
					renewal = this.payer.renewals().judge(unpaid.getHeaders(), unpaid.body());
					answer = unpaid;
				}
				next = attempts.answered(status, answer.getHeaders(), renewal);
				request.getAttributes().put(Purchase.ATTRIBUTE, attempts.purchase());
				if (!next.isAgain()) {
					return PaidResponse.of(answer, attempts);
				}
				answer.close();
			}
			catch (IOException | RuntimeException | Error ex) {
				next = attempts.failed(ex);
				if (!next.isAgain()) {
					throw ex;
				}
			}
			pause(next, attempts);
		}
	}

	private static void pause(NextStep next, PaymentAttempts attempts) throws InterruptedIOException {
		try {
			Thread.sleep(next.millis());
		}
		catch (InterruptedException ex) {
			attempts.broken();
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted before the payment was sent again");
		}
	}

	/**
	 * The request with its payment, or with what it signs in with. The headers of the
	 * caller stay as they are, so that they can be printed.
	 */
	private static final class ChangedHttpRequest extends HttpRequestWrapper {

		private final HttpHeaders headers = new HttpHeaders();

		private ChangedHttpRequest(HttpRequest request) {
			super(request);
			this.headers.addAll(request.getHeaders());
		}

		static HttpRequest paid(HttpRequest request, PaymentAttempts attempts) {
			ChangedHttpRequest paid = new ChangedHttpRequest(request);
			if (!attempts.handOver(paid.headers)) {
				throw new IllegalStateException("The call has ended");
			}
			return paid;
		}

		static HttpRequest signedIn(HttpRequest request, String signIn) {
			ChangedHttpRequest signedIn = new ChangedHttpRequest(request);
			signedIn.headers.set(SignInPayload.HEADER, signIn);
			return signedIn;
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

	}

}
