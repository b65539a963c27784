/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Optional;

import io.x402.spring.access.Access;
import io.x402.spring.access.Caller;
import io.x402.spring.access.ClientNetwork;
import io.x402.spring.access.FreeCall;
import io.x402.spring.access.FreeQuotas;
import io.x402.spring.access.PassUse;
import io.x402.spring.access.Passes;
import io.x402.spring.access.SoldPass;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.RateLimits;
import io.x402.spring.payment.RateLimits.Kind;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.payment.SalePreparation;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.web.Admission.Paid;
import io.x402.spring.web.Admission.Presented;
import io.x402.spring.web.Admission.Redelivered;
import io.x402.spring.web.Admission.Refused;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the handler of a priced request may run, whatever the transport. In two
 * steps, so that the body of a request without a payment is not read: {@link #examine},
 * then {@link #take} with the {@link #fingerprint} of the whole request.
 *
 * @since 0.1.0
 */
public final class PaymentGate {

	private static final Log logger = LogFactory.getLog(PaymentGate.class);

	/** The network of one customer. */
	private static final int IPV6_PREFIX = 64;

	private final PaymentHeaders headers;

	private final PaymentProcessor processor;

	private final RequestHeaderIdentity identity;

	private final @Nullable FreeQuotas quotas;

	private final @Nullable Passes passes;

	/**
	 * Create a gate without free calls and passes.
	 * @param headers reads payments
	 * @param processor takes payments
	 * @param redelivery names the request headers that tell requests apart
	 */
	public PaymentGate(PaymentHeaders headers, PaymentProcessor processor, RedeliverySettings redelivery) {
		this(headers, processor, redelivery, null, null);
	}

	/**
	 * Create a gate.
	 * @param headers reads payments
	 * @param processor takes payments
	 * @param redelivery names the request headers that tell requests apart
	 * @param quotas counts free calls, or {@code null} if the transport has none
	 * @param passes sells and takes passes, or {@code null} if the transport has none
	 */
	public PaymentGate(PaymentHeaders headers, PaymentProcessor processor, RedeliverySettings redelivery,
			@Nullable FreeQuotas quotas, @Nullable Passes passes) {
		this.headers = headers;
		this.processor = processor;
		this.identity = new RequestHeaderIdentity(redelivery.identityHeaders());
		this.quotas = quotas;
		this.passes = passes;
	}

	/**
	 * Reserve what lets a request in without a payment: a use of the pass that it sends,
	 * or a free call of its client. A request with a payment, well-formed or not, uses
	 * neither.
	 * @param request the request
	 * @param priced its price
	 * @param offers offers for it
	 * @return the access, granted or not; empty if there is none to be had. A granted one
	 * must be given back if the response would not have been charged
	 */
	public Optional<Access> reserve(RequestHead request, PricedRequest priced, PaymentOffers offers) {
		if (this.headers.isPresent(request)) {
			return Optional.empty();
		}
		PassUse pass = (this.passes != null) ? this.passes.use(priced, offers, request::headers, request.user()) : null;
		if (pass != null && pass.isGranted()) {
			return Optional.of(pass);
		}
		FreeCall call = (this.quotas != null) ? this.quotas
			.reserve(priced.pricing(), new Caller(request.user(), request.clientAddress(), request::header))
			.orElse(null) : null;
		boolean free = call != null && (call.isGranted() || pass == null);
		return Optional.ofNullable(free ? call : pass);
	}

	/**
	 * Look for the payment of a request.
	 * @param request the request
	 * @param priced its price
	 * @param offers offers for it
	 * @return {@link Presented} or {@link Refused}
	 */
	public Admission examine(RequestHead request, PricedRequest priced, PaymentOffers offers) {
		PaymentPayload payment;
		try {
			payment = this.headers.read(request, offers);
		}
		catch (InvalidPaymentException ex) {
			return limited(Kind.INVALID, request) ? refuse(priced, offers, ReasonCode.RATE_LIMIT)
					: refuse(priced, offers, ex.reason());
		}
		if (payment != null) {
			return new Presented(priced, offers, payment);
		}
		return refuse(priced, offers,
				limited(Kind.UNPAID, request) ? ReasonCode.RATE_LIMIT : ReasonCode.PAYMENT_REQUIRED);
	}

	private boolean limited(Kind kind, RequestHead request) {
		RateLimits limits = this.processor.limits();
		return limits.isActive() && !limits.take(kind, client(request));
	}

	/**
	 * The network of the client, as far as the container knows it.
	 */
	private @Nullable String client(RequestHead request) {
		return ClientNetwork.key(request.clientAddress(), IPV6_PREFIX);
	}

	/**
	 * Begin the fingerprint of a request.
	 * @param request the request
	 * @return the fingerprint, to which the transport adds the body
	 */
	public RequestFingerprint fingerprint(RequestHead request) {
		return new RequestFingerprint(request, this.identity);
	}

	/**
	 * Take the payment of a request. The cookie of the wallet page collects what was paid
	 * for, it never pays. Blocks until the facilitator has responded or its time is up.
	 * @param request the request
	 * @param presented its payment
	 * @param identity what tells it from others
	 * @return {@link Paid}, {@link Redelivered} or {@link Refused}
	 */
	public Admission take(RequestHead request, Presented presented, RequestIdentity identity) {
		PricedRequest priced = presented.priced();
		PaymentOffers offers = presented.offers();
		boolean collected = this.headers.isCollected(request);
		if (collected && !this.processor.isSettled(offers, presented.payment())) {
			return refuse(priced, offers, ReasonCode.PAYMENT_REQUIRED);
		}
		PassSale sale = new PassSale(request, presented);
		PaymentDecision decision = this.processor.process(declared(presented), presented.payment(),
				identity.of(client(request)).meeting((conditions) -> ResponseConditions.areMet(conditions, request)),
				sale);
		if (decision instanceof PaymentDecision.Accepted accepted) {
			return new Paid(accepted.exchange(), sale.pass);
		}
		if (decision instanceof PaymentDecision.Redelivered redelivered) {
			return redeliver(request, presented, redelivered, sale);
		}
		if (collected) {
			// Paid for another request of the same path: the page is shown again
			return refuse(priced, offers, ReasonCode.PAYMENT_REQUIRED);
		}
		return refuse(presented, (PaymentDecision.Refused) decision, sale);
	}

	/**
	 * A pass that is paid for is its buyer's, even if the handler that sold it never
	 * responds well.
	 */
	private Refused refuse(Presented presented, PaymentDecision.Refused refused, PassSale sale) {
		PaymentExchange settled = refused.settled();
		if (settled == null) {
			return refuse(presented, refused.refusal(), null);
		}
		return prepare(settled, sale) ? refuse(presented, refused.refusal(), sale.pass)
				: undelivered(presented, settled);
	}

	private Refused refuse(Presented presented, PaymentRefusal refusal, @Nullable SoldPass pass) {
		return new Refused(challenge(presented.priced(), presented.offers(), refusal), presented.payment().version(),
				pass);
	}

	/**
	 * Make ready again what a payment has bought.
	 * @return {@code false} if it cannot be delivered now
	 */
	private static boolean prepare(PaymentExchange settled, PassSale sale) {
		try {
			sale.prepare(settled.sale());
			return true;
		}
		catch (PaymentStoreException ex) {
			logger.error("What was paid for cannot be delivered yet: " + ex.getMessage());
			return false;
		}
	}

	private Refused undelivered(Presented presented, PaymentExchange settled) {
		return refuse(presented, PaymentRefusal.of(ReasonCode.DELIVERY_FAILED).withReceipt(settled.receipt()), null);
	}

	/**
	 * Who has a pass or a balance can sign in rather than pay.
	 */
	private PaymentChallenge challenge(PricedRequest priced, PaymentOffers offers, PaymentRefusal refusal) {
		return (this.passes != null) ? priced.challenge(offers, refusal, this.passes.challenge(priced, offers))
				: priced.challenge(offers, refusal);
	}

	private static PaymentOffers declared(Presented presented) {
		PricedRequest priced = presented.priced();
		return priced.declaredTo(priced.payable(presented.offers(), presented.payment()), presented.payment());
	}

	/**
	 * A response that says it depends on other headers was made for another request.
	 */
	private Admission redeliver(RequestHead request, Presented presented, PaymentDecision.Redelivered redelivered,
			PassSale sale) {
		StoredResponse stored = StoredResponse.decode(redelivered.response());
		if (!RequestHeaderIdentity.matches(request, stored)) {
			return refuse(presented.priced(), presented.offers(), ReasonCode.PAYMENT_ALREADY_BOUND);
		}
		if (!prepare(redelivered.exchange(), sale)) {
			return undelivered(presented, redelivered.exchange());
		}
		redelivered.record().run();
		return new Redelivered(redelivered.exchange(), stored, sale.pass);
	}

	/**
	 * Refuse a request that was not let in by what it sends in place of a payment. It
	 * counts like a request without a payment.
	 * @param request the request
	 * @param priced its price
	 * @param offers offers for it
	 * @param access access that was not granted
	 * @return the refusal
	 * @since 0.2.0
	 */
	public Refused refuse(RequestHead request, PricedRequest priced, PaymentOffers offers, Access access) {
		return refuse(priced, offers, limited(Kind.UNPAID, request) ? ReasonCode.RATE_LIMIT : access.refusal());
	}

	/**
	 * Return whether a pass or a free call would let a request in, and take neither.
	 * @param request the request and its user
	 * @param priced the price of the request
	 * @param offers offers for it
	 * @return whether it would be let in without a payment
	 */
	public boolean isOpen(RequestHead request, PricedRequest priced, PaymentOffers offers) {
		Access access = reserve(request, priced, offers).filter(Access::isGranted).orElse(null);
		if (access != null) {
			access.giveBack();
		}
		return access != null;
	}

	/**
	 * Refuse a request without looking at its payment.
	 * @param priced the price of the request
	 * @param offers offers for it
	 * @param reason why it is refused
	 * @return the refusal
	 */
	public Refused refuse(PricedRequest priced, PaymentOffers offers, ReasonCode reason) {
		this.processor.refused(offers, reason);
		PaymentRefusal refusal = (reason == ReasonCode.RATE_LIMIT) ? this.processor.limits().refusal(null)
				: PaymentRefusal.of(reason);
		return new Refused(challenge(priced, offers, refusal), ProtocolVersion.V2);
	}

	/**
	 * The pass or balance that the payment of a request buys.
	 */
	private final class PassSale implements SalePreparation {

		private final RequestHead request;

		private final Presented presented;

		private @Nullable SoldPass pass;

		PassSale(RequestHead request, Presented presented) {
			this.request = request;
			this.presented = presented;
		}

		@Override
		public Runnable prepare(Prepared sale) {
			Passes passes = PaymentGate.this.passes;
			SoldPass sold = (passes != null)
					? passes.sell(this.presented.priced().pricing(), sale, this.request::headers, this.request.user())
					: null;
			this.pass = sold;
			return (sold != null) ? sold::forget : () -> {
			};
		}

	}

}
