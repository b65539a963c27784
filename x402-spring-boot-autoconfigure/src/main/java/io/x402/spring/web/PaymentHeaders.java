/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;

/**
 * Reads the payment from the headers of a request.
 *
 * @since 0.1.0
 */
public final class PaymentHeaders {

	private final PaymentCodec codec;

	private final List<ProtocolVersion> versions;

	/** Looked for in every request. */
	private final String[] names;

	private final @Nullable PaymentFraming framing;

	/**
	 * Create a reader of x402.
	 * @param codec decodes header values
	 * @param versions the protocol versions to read
	 */
	public PaymentHeaders(PaymentCodec codec, Set<ProtocolVersion> versions) {
		this(codec, versions, null);
	}

	/**
	 * Create a reader.
	 * @param codec decodes header values
	 * @param versions the protocol versions to read
	 * @param framing reads payments in another framing, or {@code null} if there is none
	 * @since 0.2.0
	 */
	public PaymentHeaders(PaymentCodec codec, Set<ProtocolVersion> versions, @Nullable PaymentFraming framing) {
		this.codec = codec;
		this.versions = List.copyOf(versions);
		this.names = this.versions.stream().map(ProtocolVersion::paymentHeader).toArray(String[]::new);
		this.framing = framing;
	}

	/**
	 * Return whether a request sends a payment, well-formed or not, that an application
	 * may take. The scheme {@code Payment} says nothing to an application that takes no
	 * payments in it.
	 * @param request the request
	 * @param application the application, which is looked at only for that scheme; may be
	 * unknown
	 * @return whether there is a payment header
	 * @since 0.2.0
	 */
	public static boolean isSent(RequestHead request, Supplier<? extends @Nullable ApplicationContext> application) {
		return Arrays.stream(ProtocolVersion.values())
			.anyMatch((version) -> request.header(version.paymentHeader()) != null)
				|| (!PaymentCredentials.of(request).isEmpty() && isInOtherFraming(request, application.get()));
	}

	private static boolean isInOtherFraming(RequestHead request, @Nullable ApplicationContext application) {
		return application != null && application.getBeanProvider(PaymentFraming.class)
			.stream()
			.anyMatch((framing) -> framing.isPresent(request));
	}

	/**
	 * Return whether a request carries a payment, well-formed or not.
	 * @param request the request
	 * @return whether there is a payment header, or the cookie of the wallet page
	 */
	public boolean isPresent(RequestHead request) {
		return isSent(request) || PageCookie.payment(request) != null;
	}

	private boolean isSent(RequestHead request) {
		return isInOtherFraming(request) || isInHeaders(request);
	}

	private boolean isInOtherFraming(RequestHead request) {
		return this.framing != null && this.framing.isPresent(request);
	}

	private boolean isInHeaders(RequestHead request) {
		for (String header : this.names) {
			if (request.header(header) != null) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return whether a request comes from the wallet page to collect what was paid for.
	 * Such a request starts no payment.
	 * @param request the request
	 * @return whether its payment is in a cookie and not in a header
	 */
	boolean isCollected(RequestHead request) {
		return !isSent(request) && PageCookie.payment(request) != null;
	}

	/**
	 * Read the payment of a request. A payment that is sent in the headers of both
	 * versions, in whichever form, as some proxies and buyers do, is the payment of
	 * version 2, and so is one beside a header of version 1 that holds no payment.
	 * @param request the request
	 * @param offers offers for it
	 * @return the payment, or {@code null} if there is none
	 * @throws InvalidPaymentException if there is more than one or it is not well-formed
	 */
	public @Nullable PaymentPayload read(RequestHead request, PaymentOffers offers) {
		PaymentFraming other = this.framing;
		if (other == null || !other.isPresent(request)) {
			return read(request);
		}
		if (isInHeaders(request)) {
			throw ambiguous();
		}
		return other.read(request, offers);
	}

	private @Nullable PaymentPayload read(RequestHead request) {
		List<ProtocolVersion> sent = new ArrayList<>(this.versions.size());
		for (ProtocolVersion version : this.versions) {
			if (request.header(version.paymentHeader()) != null) {
				sent.add(version);
			}
		}
		return switch (sent.size()) {
			case 0 -> collected(request);
			case 1 -> read(request, sent.get(0));
			default -> newer(request);
		};
	}

	/**
	 * A cookie that cannot be read is no payment, so that the page is shown again.
	 */
	private @Nullable PaymentPayload collected(RequestHead request) {
		String payment = PageCookie.payment(request);
		try {
			return (payment != null) ? this.codec.decodePayment(ProtocolVersion.V2, payment) : null;
		}
		catch (InvalidPaymentException ex) {
			return null;
		}
	}

	private PaymentPayload read(RequestHead request, ProtocolVersion version) {
		return this.codec.decodePayment(version, single(request, version));
	}

	private static String single(RequestHead request, ProtocolVersion version) {
		List<String> values = request.headers(version.paymentHeader());
		if (values.size() > 1) {
			throw ambiguous();
		}
		return values.get(0);
	}

	/**
	 * Official servers of version 2 do not read the header of version 1.
	 */
	private PaymentPayload newer(RequestHead request) {
		PaymentPayload payment;
		try {
			payment = read(request, ProtocolVersion.V2);
		}
		catch (InvalidPaymentException ex) {
			// Which of both was meant cannot be told
			throw ambiguous();
		}
		if (isOther(payment, single(request, ProtocolVersion.V1))) {
			throw ambiguous();
		}
		return payment;
	}

	/**
	 * Return whether the header of version 1 holds another payment, in the form of
	 * whichever version.
	 */
	private boolean isOther(PaymentPayload payment, String value) {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			try {
				return !this.codec.decodePayment(version, value).payload().equals(payment.payload());
			}
			catch (InvalidPaymentException ex) {
				// Not in this form
			}
		}
		return false;
	}

	private static InvalidPaymentException ambiguous() {
		return new InvalidPaymentException(ReasonCode.AMBIGUOUS_PAYMENT, "More than one payment");
	}

}
