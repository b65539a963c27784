package io.x402.spring.web;

import java.io.IOException;

import io.x402.spring.payment.PaymentExchange;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.filter.GenericFilterBean;
import org.springframework.web.util.WebUtils;

/**
 * Puts a {@link HeldResponse} around the response of every request that carries a payment
 * and closes it at the end of the last dispatch. To be mapped to REQUEST, ASYNC and
 * FORWARD: the container closes the real response as soon as a forward returns, so what
 * is held has to be released inside that dispatch.
 */
public final class PaymentFilter extends GenericFilterBean {

	private final PaymentHeaders headers;

	private final int holdLimit;

	private final int bodyLimit;

	/**
	 * Create a filter.
	 * @param headers reads payment headers
	 * @param holdLimit how many bytes of a response are held at most before it is settled
	 * @param bodyLimit how many bytes of a request body count for its fingerprint
	 */
	public PaymentFilter(PaymentHeaders headers, int holdLimit, int bodyLimit) {
		this.headers = headers;
		this.holdLimit = holdLimit;
		this.bodyLimit = bodyLimit;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest httpRequest && response instanceof HttpServletResponse httpResponse
				&& this.headers.isPresent(httpRequest)) {
			hold(httpRequest, httpResponse, chain);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	private void hold(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		HeldResponse held = WebUtils.getNativeResponse(response, HeldResponse.class);
		if (held != null && request.getDispatcherType() == DispatcherType.FORWARD) {
			forward(request, response, held, chain);
			return;
		}
		if (held != null) {
			dispatch(request, response, held, chain);
			return;
		}
		held = new HeldResponse(request, response, this.holdLimit);
		dispatch(new PaidRequest(request, held, this.bodyLimit), held, held, chain);
	}

	/**
	 * Within another dispatch, whose handler goes on if this one fails.
	 */
	private static void forward(HttpServletRequest request, HttpServletResponse response, HeldResponse held,
			FilterChain chain) throws IOException, ServletException {
		boolean armed = held.isArmed();
		boolean completed = false;
		try {
			chain.doFilter(request, response);
			completed = true;
			if (!request.isAsyncStarted()) {
				held.finishForward();
			}
		}
		finally {
			if (!completed && !armed && held.isArmed()) {
				held.disarm();
				PaymentInterceptor.forget(request);
			}
		}
	}

	private static void dispatch(HttpServletRequest request, HttpServletResponse response, HeldResponse held,
			FilterChain chain) throws IOException, ServletException {
		boolean completed = false;
		try {
			chain.doFilter(request, response);
			completed = true;
			if (!request.isAsyncStarted()) {
				held.finish();
			}
		}
		finally {
			if (!completed) {
				held.abandon();
			}
			held.endTransaction();
			release(request);
		}
	}

	/**
	 * Give the authorization back if it was not used by the end of the request.
	 */
	private static void release(HttpServletRequest request) {
		PaymentExchange exchange = PaymentInterceptor.exchange(request);
		if (exchange != null && request.isAsyncStarted()) {
			request.getAsyncContext().addListener(new Release(exchange));
		}
		else if (exchange != null) {
			exchange.release();
		}
	}

	private record Release(PaymentExchange exchange) implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			this.exchange.release();
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onError(@Nullable AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			event.getAsyncContext().addListener(this);
		}

	}

}
