/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Set;
import java.util.function.BooleanSupplier;

import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.RedeliverySettings;
import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;

/**
 * The filters around requests that may carry a payment. {@link MvcPayments} has what
 * belongs to Spring MVC.
 *
 * @since 0.1.0
 */
public final class PaymentFilters {

	private final PaymentHeaders headers;

	/**
	 * Create the filters.
	 * @param codec decodes payments
	 * @param versions the protocol versions in which payments are taken
	 */
	public PaymentFilters(PaymentCodec codec, Set<ProtocolVersion> versions) {
		this(codec, versions, null);
	}

	/**
	 * Create the filters.
	 * @param codec decodes payments
	 * @param versions the protocol versions in which payments are taken
	 * @param framing another framing in which payments are taken too, or {@code null} if
	 * there is none
	 * @since 0.2.0
	 */
	public PaymentFilters(PaymentCodec codec, Set<ProtocolVersion> versions, @Nullable PaymentFraming framing) {
		this.headers = new PaymentHeaders(codec, versions, framing);
	}

	/**
	 * Return the filter that holds responses until they are settled. It wraps request and
	 * response once, so that it belongs after what authenticates and before what writes,
	 * for the dispatcher types {@code REQUEST}, {@code ASYNC}, {@code FORWARD} and
	 * {@code INCLUDE}.
	 * @param limits what is held at most
	 * @param redelivery what is stored of responses
	 * @return the filter
	 */
	public Filter holding(Limits limits, RedeliverySettings redelivery) {
		return holding(limits, redelivery, () -> true);
	}

	/**
	 * Return the filter that holds responses until they are settled, which prepares other
	 * requests only if they may be let in without a payment.
	 * @param limits what is held at most
	 * @param redelivery what is stored of responses
	 * @param unpaid returns whether requests without a payment may be let in, see
	 * {@link HandlerPricing#mayLetIn()}
	 * @return the filter
	 * @since 0.2.0
	 */
	public Filter holding(Limits limits, RedeliverySettings redelivery, BooleanSupplier unpaid) {
		return new PaymentFilter(this.headers, limits.response(), limits.requestBody(), redelivery,
				new HeaderLimits(limits.tomcatHeaders(), limits.jettyHeaders()), unpaid);
	}

	/**
	 * Return the filter that lets stricter defaults take the place of the directive that
	 * keeps shared caches from storing what was paid for, or given to one caller. It
	 * belongs before filters that read the headers of responses.
	 * @return the filter
	 */
	public Filter caching() {
		return new PaidCachingFilter();
	}

	/**
	 * Return the filter that lets browsers of other origins see and send the headers of
	 * payments, where the application lets these origins in. It comes first.
	 * @return the filter
	 */
	public static Filter cors() {
		return new PaymentCorsFilter();
	}

	/**
	 * Limits of what is held of a request and its response.
	 *
	 * @param response maximum number of bytes of a response that are held before it is
	 * settled
	 * @param requestBody maximum number of bytes of a request body that count for its
	 * fingerprint
	 * @param tomcatHeaders number of bytes of response headers that Tomcat refuses to
	 * exceed
	 * @param jettyHeaders number of bytes of response headers that Jetty refuses to
	 * exceed
	 */
	public record Limits(int response, int requestBody, int tomcatHeaders, int jettyHeaders) {

	}

}
