/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.InvocableHandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.WebUtils;

/**
 * Sees what handlers throw that are paid, or free for their caller, before anything
 * resolves it. Spring MVC takes some exceptions for those of a buyer who left and lets
 * the response stand as it is, although the connection to another server may be what
 * broke.
 */
final class HandlerFailureListener implements HandlerExceptionResolver, Ordered {

	private static final String METHOD_SECURITY = "org.springframework.security.authorization.method."
			+ "AuthorizationManagerBefore";

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception exception) {
		ResponseHold held = HeldResponse.holdOf(response);
		if (held != null && held.isArmed()) {
			held.thrown(exception, handler == null || !isBeforeRun(request, handler, exception));
		}
		FreeCallResponse free = WebUtils.getNativeResponse(response, FreeCallResponse.class);
		if (free != null) {
			free.fail(exception);
		}
		return null;
	}

	/**
	 * Return whether an exception proves that a handler method did not run, since it was
	 * thrown on the way to it: by its arguments, or by method security.
	 */
	private static boolean isBeforeRun(HttpServletRequest request, Object handler, Exception exception) {
		if (request.getDispatcherType() == DispatcherType.ASYNC || !(handler instanceof HandlerMethod method)) {
			return false;
		}
		boolean proved = false;
		for (StackTraceElement frame : exception.getStackTrace()) {
			proved |= isArguments(frame) || frame.getClassName().startsWith(METHOD_SECURITY);
			if (frame.getMethodName().equals(method.getMethod().getName()) && !frame.getClassName().contains("$$")
					&& !frame.getClassName().startsWith("org.springframework.")) {
				return false;
			}
			if (frame.getClassName().equals(DispatcherServlet.class.getName())) {
				return proved;
			}
		}
		return false;
	}

	private static boolean isArguments(StackTraceElement frame) {
		return frame.getClassName().equals(InvocableHandlerMethod.class.getName())
				&& frame.getMethodName().equals("getMethodArgumentValues");
	}

}
