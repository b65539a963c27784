/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Optional;

import io.x402.spring.VerifiedPayment;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives handler methods the {@link VerifiedPayment} they run for. A handler that may also
 * run without payment takes it as {@code Optional} or {@code @Nullable}.
 */
final class VerifiedPaymentArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType() == VerifiedPayment.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
		Object payment = payment(request);
		if (parameter.getParameterType() == Optional.class) {
			return Optional.ofNullable(payment);
		}
		if (payment == null && !parameter.isOptional()) {
			throw new IllegalStateException("There is no payment for " + parameter.getExecutable()
					+ ", which was not asked for one; take it as Optional or @Nullable");
		}
		return payment;
	}

	private static @Nullable VerifiedPayment payment(NativeWebRequest request) {
		HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
		return (servletRequest != null) ? PaymentAttributes.of(servletRequest).payment() : null;
	}

}
