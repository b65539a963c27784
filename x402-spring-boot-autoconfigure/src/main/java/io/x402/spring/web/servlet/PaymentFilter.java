/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.function.BooleanSupplier;

import io.x402.spring.access.RequestAccess;
import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.web.BodyBudget;
import io.x402.spring.web.HeldBody;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.RedeliverySettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.GenericFilterBean;
import org.springframework.web.util.WebUtils;

/**
 * Puts a {@link HeldResponse} around the response of every request that carries a payment
 * and closes it at the end of the last dispatch. To be mapped to REQUEST, ASYNC, FORWARD
 * and INCLUDE: what a paid handler responds is decided at the end of the request, and
 * what fails within a forward or an include ends the payment that was taken for it.
 */
final class PaymentFilter extends GenericFilterBean {

	private final PaymentHeaders headers;

	private final int holdLimit;

	private final int requestBodyLimit;

	private final RedeliverySettings redelivery;

	private final HeaderLimits headerLimits;

	private final BodyBudget budget;

	private final BooleanSupplier unpaid;

	/**
	 * Create a filter.
	 * @param headers reads payment headers
	 * @param holdLimit maximum number of bytes of a response that are held before it is
	 * settled
	 * @param requestBodyLimit maximum number of bytes of a request body that count for
	 * its fingerprint
	 * @param redelivery what is stored of responses
	 * @param headerLimits what containers refuse to send
	 * @param unpaid whether requests without a payment may be let in
	 */
	PaymentFilter(PaymentHeaders headers, int holdLimit, int requestBodyLimit, RedeliverySettings redelivery,
			HeaderLimits headerLimits, BooleanSupplier unpaid) {
		this.headers = headers;
		this.holdLimit = holdLimit;
		this.requestBodyLimit = requestBodyLimit;
		this.redelivery = redelivery;
		this.headerLimits = headerLimits;
		this.unpaid = unpaid;
		this.budget = new BodyBudget(redelivery.memory());
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest httpRequest && response instanceof HttpServletResponse httpResponse
				&& this.headers.isPresent(new ServletRequestHead(httpRequest))) {
			if (!isErrorPage(httpRequest, httpResponse) || !PaymentAttributes.of(httpRequest).isCutOff()) {
				hold(httpRequest, httpResponse, chain);
			}
		}
		else {
			pass(request, response, chain);
		}
	}

	/**
	 * A request without a payment may turn out to be let in by a pass or as a free call.
	 */
	private void pass(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		ServletResponse freeable = this.unpaid.getAsBoolean() ? freeable(request, response) : response;
		if (freeable != response && request instanceof HttpServletRequest httpRequest) {
			letIn(new FreeCallRequest(httpRequest), freeable, chain);
		}
		else if (request.getDispatcherType() == DispatcherType.ASYNC
				&& request instanceof HttpServletRequest httpRequest) {
			letIn(httpRequest, response, chain);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	/**
	 * What a request was let in for is decided about when the last of its dispatches has
	 * ended.
	 */
	private static void letIn(HttpServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		boolean thrown = true;
		try {
			chain.doFilter(request, response);
			thrown = false;
		}
		catch (IOException | ServletException | RuntimeException | Error ex) {
			fail(response, ex);
			throw ex;
		}
		finally {
			if (thrown || !request.isAsyncStarted()) {
				endAccess(request, response, thrown);
			}
		}
	}

	private static void fail(ServletResponse response, Throwable exception) {
		FreeCallResponse free = WebUtils.getNativeResponse(response, FreeCallResponse.class);
		if (free != null) {
			free.fail(exception);
		}
	}

	private static void endAccess(HttpServletRequest request, ServletResponse response, boolean thrown) {
		RequestAccess access = FreeCallRequest.accessOf(request);
		FreeCallResponse free = WebUtils.getNativeResponse(response, FreeCallResponse.class);
		if (access != null && free != null) {
			access.end(free.isServed(thrown));
		}
	}

	/**
	 * A request may turn out to be a free call, or its caller to be one who does not pay.
	 */
	private static ServletResponse freeable(ServletRequest request, ServletResponse response) {
		return (request.getDispatcherType() == DispatcherType.REQUEST
				&& request instanceof HttpServletRequest httpRequest
				&& response instanceof HttpServletResponse httpResponse)
						? new FreeCallResponse(httpRequest, httpResponse) : response;
	}

	/**
	 * A container renders its error pages to its own response.
	 */
	private static boolean isErrorPage(HttpServletRequest request, HttpServletResponse response) {
		return request.getDispatcherType() == DispatcherType.INCLUDE && HeldResponse.holdOf(response) == null;
	}

	private void hold(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		ResponseHold current = HeldResponse.holdOf(response);
		if (current == null) {
			HeldResponse held = new HeldResponse(
					request, response, new HeldBody(this.holdLimit,
							this.redelivery.enabled() ? this.redelivery.bodyLimit() : 0, this.budget),
					this.headerLimits);
			dispatch(new PaidRequest(request, held, this.requestBodyLimit), held, held.hold(), chain);
			return;
		}
		switch (request.getDispatcherType()) {
			case FORWARD -> forward(request, response, current, chain);
			case INCLUDE -> include(request, response, current, chain);
			default -> dispatch(request, response, current, chain);
		}
	}

	/**
	 * Within another dispatch, whose handler goes on if this one fails. A paid handler
	 * decides itself what that means.
	 */
	private static void forward(HttpServletRequest request, HttpServletResponse response, ResponseHold held,
			FilterChain chain) throws IOException, ServletException {
		if (held.isArmed() && !held.runs().isReplaced()) {
			held.nest(() -> chain.doFilter(request, response));
			return;
		}
		boolean armed = held.isArmed();
		boolean completed = false;
		try {
			chain.doFilter(request, response);
			completed = true;
		}
		finally {
			if (!completed && !armed && held.isArmed()) {
				disarm(request, held);
				if (!held.kept().forget(response)) {
					held.replace(PaymentFilter::fail);
				}
			}
			else if (!completed && armed) {
				held.unhandled(null, response);
			}
		}
	}

	/**
	 * A page whose paid part fails goes on without it and is not charged; nor is a page
	 * that holds other paid parts already, or whose filters keep what the part wrote,
	 * which therefore is not delivered.
	 */
	private static void include(HttpServletRequest request, HttpServletResponse response, ResponseHold held,
			FilterChain chain) throws IOException, ServletException {
		held.encode();
		boolean armed = held.isArmed();
		int admissions = held.runs().count();
		long kept = held.kept().of(response);
		IncludedResponse part = new IncludedResponse(response);
		boolean completed = false;
		try {
			completed = held.nest(() -> chain.doFilter(request, part)) && !part.isFailed() && !held.runs().isFailed();
		}
		finally {
			if (!completed && held.runs().count() > admissions) {
				if (!armed) {
					disarm(request, held);
				}
				if (armed || !held.kept().isUnchanged(response, kept)) {
					held.replace(PaymentFilter::fail);
				}
			}
		}
	}

	private static void fail(HttpServletResponse response) throws IOException {
		response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
	}

	private static void disarm(HttpServletRequest request, ResponseHold held) {
		held.disarm();
		PaymentInterceptor.forget(request);
	}

	private static void dispatch(HttpServletRequest request, HttpServletResponse response, ResponseHold held,
			FilterChain chain) throws IOException, ServletException {
		boolean completed = false;
		try {
			held.begin();
			chain.doFilter(request, freeable(request, response));
			completed = true;
			if (!request.isAsyncStarted()) {
				held.finish();
			}
		}
		finally {
			if (!completed) {
				held.abandon(held.causeOfFailure());
			}
			held.endTransaction();
			if (!completed || !request.isAsyncStarted()) {
				end(request, held);
			}
		}
	}

	/**
	 * Give the authorization back if it was not used by the end of the request.
	 */
	private static void end(HttpServletRequest request, ResponseHold held) {
		PaymentExchange exchange = PaymentInterceptor.exchange(request);
		if (exchange != null) {
			exchange.abandon(held.isArmed() ? Abandonment.SELLER_FAILURE : Abandonment.NOT_RUN);
		}
	}

}
