/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.access.Access;
import io.x402.spring.access.PassUse;
import io.x402.spring.access.RequestAccess;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.Admission;
import io.x402.spring.web.Admission.Paid;
import io.x402.spring.web.Admission.Presented;
import io.x402.spring.web.Admission.Redelivered;
import io.x402.spring.web.Admission.Refused;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.RequestHead;
import io.x402.spring.web.servlet.ProtectedRequestPolicy.Decision;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.util.WebUtils;

/**
 * Asks for payment before a priced handler runs, and arms the held response once there is
 * one. Decides by the handler that Spring resolved, never by how a path is spelled; what
 * it cannot decide it refuses.
 */
final class PaymentInterceptor implements AsyncHandlerInterceptor {

	private static final Log logger = LogFactory.getLog(PaymentInterceptor.class);

	private final RequestPrices prices;

	private final PaymentGate gate;

	private final PaymentResponses responses;

	private final PaymentRefusals refusals;

	private final HandlerStart start;

	/**
	 * Create an interceptor.
	 * @param prices finds prices
	 * @param gate reads and takes payments
	 * @param responses writes refusals and receipts
	 * @param start what comes before a paid handler runs
	 */
	PaymentInterceptor(RequestPrices prices, PaymentGate gate, PaymentResponses responses, HandlerStart start) {
		this.prices = prices;
		this.gate = gate;
		this.responses = responses;
		this.refusals = responses.refusals();
		this.start = start;
	}

	/**
	 * Return the payment of a request.
	 * @param request the request
	 * @return the exchange, or {@code null} if nothing was paid
	 */
	static @Nullable PaymentExchange exchange(HttpServletRequest request) {
		PaidRequest paid = WebUtils.getNativeRequest(request, PaidRequest.class);
		return (paid != null) ? paid.exchange() : null;
	}

	/**
	 * Forget the payment of a request whose handler failed, so that another handler of
	 * the same request asks for it again.
	 * @param request the request
	 */
	static void forget(HttpServletRequest request) {
		pay(request, null);
		PaymentAttributes.of(request).forget();
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException, ServletException {
		PricedRequest priced;
		PaymentOffers offers;
		try {
			priced = this.prices.find(request, handler);
			if (priced == null || isFrameworkOptions(request, handler) || isAdmitted(request, priced)) {
				return true;
			}
			offers = this.prices.offers(request, priced);
		}
		catch (InvalidPricingException ex) {
			logger.error("A priced handler is not available because its price cannot be asked for: " + ex.getMessage());
			this.refusals.unavailable(request, response);
			return false;
		}
		catch (RuntimeException ex) {
			logger.error("A priced handler is not available because its price cannot be found", ex);
			this.refusals.unavailable(request, response);
			return false;
		}
		if (offers == null) {
			PaymentAttributes.of(request).admit(priced.pricing());
			return true;
		}
		boolean admitted = admit(request, response, handler, priced, offers);
		if (admitted) {
			PaymentAttributes.of(request).begin(handler);
		}
		return admitted;
	}

	@Override
	public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable ModelAndView view) {
		PaymentAttributes.of(request).end();
	}

	@Override
	public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
			Object handler) {
		PaymentAttributes.of(request).end();
	}

	/**
	 * Without a return of the handler and without an exception, another interceptor has
	 * responded in its place. An exception has been handled by nothing.
	 */
	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception exception) throws IOException {
		endAccess(request, response, handler, exception);
		ResponseHold held = HeldResponse.holdOf(response);
		if (held == null) {
			return;
		}
		if (exception != null) {
			held.unhandled(exception, response);
		}
		else if (PaymentAttributes.of(request).isRunning(handler)) {
			held.stopped();
		}
	}

	/**
	 * Spring's own responses to OPTIONS run no handler of the application. A function may
	 * be the application's, wrapped in a filter of Spring.
	 */
	private static boolean isFrameworkOptions(HttpServletRequest request, Object handler) {
		Class<?> type = (handler instanceof HandlerMethod method) ? method.getBeanType() : handler.getClass();
		return HttpMethod.OPTIONS.matches(request.getMethod()) && !(handler instanceof HandlerFunction<?>)
				&& type.getName().startsWith("org.springframework.web.servlet.");
	}

	/**
	 * The handler of an ASYNC dispatch was let in before it started. A forward is another
	 * request, even to the same handler.
	 */
	private static boolean isAdmitted(HttpServletRequest request, PricedRequest priced) {
		return request.getDispatcherType() == DispatcherType.ASYNC
				&& PaymentAttributes.of(request).isAdmitted(priced.pricing());
	}

	private boolean admit(HttpServletRequest request, HttpServletResponse response, Object handler,
			PricedRequest priced, PaymentOffers offers) throws IOException, ServletException {
		if (request.getDispatcherType() == DispatcherType.ERROR) {
			logger.error("A priced handler was not run to render an error page");
			return false;
		}
		if (HttpMethod.OPTIONS.matches(request.getMethod())) {
			response.setStatus(HttpStatus.NO_CONTENT.value());
			return false;
		}
		PaymentExchange exchange = exchange(request);
		if (exchange != null && !exchange.covers(offers)) {
			logger.error("A paid handler forwards to a handler that asks for more");
			return refuse(request, response, priced, offers, ReasonCode.PAYMENTS_UNAVAILABLE);
		}
		if (exchange != null) {
			PaymentAttributes.of(request).admit(priced.pricing());
			PaymentAttributes.of(request).pay(exchange.payment());
			cover(response);
			return true;
		}
		Decision decision = this.prices.decide(request, offers);
		if (decision == Decision.FREE) {
			PaymentAttributes.of(request).admit(priced.pricing());
			return true;
		}
		if (decision == Decision.REFUSE) {
			return refuse(request, response, priced, offers, ReasonCode.REQUEST_REFUSED);
		}
		return pay(request, response, handler, priced, offers);
	}

	private static void pay(HttpServletRequest request, @Nullable PaymentExchange exchange) {
		PaidRequest paid = WebUtils.getNativeRequest(request, PaidRequest.class);
		if (paid != null) {
			paid.pay(exchange);
		}
	}

	private static void cover(HttpServletResponse response) {
		ResponseHold held = HeldResponse.holdOf(response);
		if (held != null) {
			held.runs().cover();
		}
	}

	private boolean pay(HttpServletRequest request, HttpServletResponse response, Object handler, PricedRequest priced,
			PaymentOffers offers) throws IOException, ServletException {
		if (isUnprepared(response, priced)) {
			return refuse(request, response, priced, offers, ReasonCode.PAYMENTS_UNAVAILABLE);
		}
		RequestHead head = new ServletRequestHead(request);
		if (isFreeForCaller(request, response, priced)) {
			return true;
		}
		Access access = reserve(request, response, handler, head, priced, offers);
		if (access != null && access.isGranted()) {
			begin(request, response, handler);
			return true;
		}
		if (access != null && access.refusal() != ReasonCode.PAYMENT_REQUIRED) {
			return refuse(request, response, this.gate.refuse(head, priced, offers, access));
		}
		Admission admission = this.gate.examine(head, priced, offers);
		ResponseHold held = HeldResponse.holdOf(response);
		if (admission instanceof Presented presented) {
			if (held == null || held.isCommitted()) {
				logger.error("A priced handler was reached without PaymentFilter, or after the response was committed");
				return refuse(request, response, priced, offers, ReasonCode.PAYMENTS_UNAVAILABLE);
			}
			this.start.check(request, response, handler);
			admission = this.gate.take(head, presented, identity(request, head));
			if (admission instanceof Paid paid) {
				run(request, held, priced, paid);
				return true;
			}
		}
		if (admission instanceof Redelivered redelivered) {
			answer(request, response, (target) -> this.responses.redeliver(request, target, redelivered));
			return false;
		}
		return refuse(request, response, (Refused) admission);
	}

	/**
	 * The filter has not prepared for a price that lets requests in and was not known
	 * when the request began. A client that might be let in is not asked to pay.
	 */
	private boolean isUnprepared(HttpServletResponse response, PricedRequest priced) {
		return this.prices.areLetInLate() && priced.pricing().letsIn()
				&& WebUtils.getNativeResponse(response, FreeCallResponse.class) == null;
	}

	/**
	 * A handler whose response its client does not accept is not run: run, it would be
	 * given back for what the client has caused, and could be run without end.
	 */
	private void begin(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws ServletException {
		boolean begun = false;
		try {
			this.start.check(request, response, handler);
			begun = true;
		}
		finally {
			RequestAccess access = FreeCallRequest.accessOf(request);
			if (!begun && access != null) {
				access.end(handler, true);
			}
		}
	}

	/**
	 * The handler of a request that was let in without a payment has ended. If it failed,
	 * that is never a success without a body.
	 */
	private static void endAccess(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception exception) throws IOException {
		RequestAccess access = FreeCallRequest.accessOf(request);
		FreeCallResponse free = WebUtils.getNativeResponse(response, FreeCallResponse.class);
		if (access == null || free == null || access.isEmpty()) {
			return;
		}
		if (exception != null) {
			free.fail(exception);
		}
		boolean failed = free.isFailed() && !response.isCommitted();
		boolean written = free.end(handler);
		boolean forgotten = failed && (exception == null || isForgotten(request, response, written));
		if (failed && !forgotten) {
			free.keep();
		}
		access.end(handler, forgotten);
		if (failed && exception == null && request.getDispatcherType() != DispatcherType.INCLUDE
				&& CommitPoint.isBillable(response.getStatus())) {
			response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
		}
	}

	/**
	 * Return whether nothing can leave of what a handler has written that threw. A filter
	 * may hide that, and a client could have the beginning of a page for nothing, again
	 * and again.
	 * @param written whether it has written anything that no filter keeps
	 */
	private static boolean isForgotten(HttpServletRequest request, HttpServletResponse response, boolean written) {
		KeptContent kept = KeptContent.ofAll(response);
		// A part of a page cannot take back what it has written
		return (request.getDispatcherType() == DispatcherType.INCLUDE) ? !written && kept.of(response) == 0
				: kept.forget(response);
	}

	/**
	 * Let a request in whose caller does not pay, whether or not it sends a payment.
	 */
	private static boolean isFreeForCaller(HttpServletRequest request, HttpServletResponse response,
			PricedRequest priced) {
		FreeCallResponse free = WebUtils.getNativeResponse(response, FreeCallResponse.class);
		if (free == null || !priced.isFreeForCaller()) {
			return false;
		}
		free.free();
		PaymentAttributes.of(request).admit(priced.pricing());
		return true;
	}

	/**
	 * Let a request in for its pass or a free call of its client. A response that cannot
	 * be kept from shared caches is not free. What the request was let in for before also
	 * opens what its handler forwards to or includes, if it is within its scope.
	 * @return the access, or {@code null} if there is none to be had
	 */
	private @Nullable Access reserve(HttpServletRequest request, HttpServletResponse response, Object handler,
			RequestHead head, PricedRequest priced, PaymentOffers offers) {
		FreeCallResponse free = WebUtils.getNativeResponse(response, FreeCallResponse.class);
		RequestAccess reserved = FreeCallRequest.accessOf(request);
		if (free == null || reserved == null) {
			return null;
		}
		Access covering = reserved.covering(priced.pricing(), offers);
		Access access = (covering != null) ? covering : this.gate.reserve(head, priced, offers).orElse(null);
		if (access == null) {
			return null;
		}
		if (covering == null && access.isGranted() && !reserved.reserve(priced.pricing(), access)) {
			return null;
		}
		free.show(access);
		if (access.isGranted()) {
			reserved.begin(handler, access);
			free.begin(handler);
			PaymentAttributes.of(request).admit(priced.pricing());
			if (access instanceof PassUse use) {
				PaymentAttributes.of(request).use(use.pass());
			}
		}
		return access;
	}

	/**
	 * Respond in place of the handler. A part of a page cannot respond for itself alone.
	 */
	private static void answer(HttpServletRequest request, HttpServletResponse response,
			ResponseHold.Replacement answer) throws IOException {
		ResponseHold held = HeldResponse.holdOf(response);
		if (request.getDispatcherType() == DispatcherType.INCLUDE && held != null) {
			held.replace(answer);
		}
		else {
			answer.write(response);
		}
	}

	private RequestIdentity identity(HttpServletRequest request, RequestHead head)
			throws IOException, ServletException {
		RequestFingerprint fingerprint = this.gate.fingerprint(head);
		BodyFingerprint.add(request, fingerprint);
		return fingerprint.identity((String) request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
	}

	private void run(HttpServletRequest request, ResponseHold held, PricedRequest priced, Paid paid) {
		pay(request, paid.exchange());
		PaymentAttributes.of(request).pay(paid.exchange().payment());
		PaymentAttributes.of(request).admit(priced.pricing());
		this.start.arm(request, held, priced, paid);
	}

	private boolean refuse(HttpServletRequest request, HttpServletResponse response, PricedRequest priced,
			PaymentOffers offers, ReasonCode reason) throws IOException {
		return refuse(request, response, this.gate.refuse(priced, offers, reason));
	}

	private boolean refuse(HttpServletRequest request, HttpServletResponse response, Refused refused)
			throws IOException {
		answer(request, response, (target) -> {
			PaymentReceipts.handOver(new ServletResponseHeaders(target), refused.pass(), null);
			this.refusals.refuse(request, target, refused.challenge(), refused.version());
		});
		return false;
	}

}
