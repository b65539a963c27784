/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Optional;

import io.x402.spring.AccessPass;
import io.x402.spring.access.PassUse;
import io.x402.spring.access.RequestAccess;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives handler methods the {@link AccessPass} they run for. A handler that also runs for
 * a payment takes it as {@code Optional} or {@code @Nullable}.
 */
final class AccessPassArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType() == AccessPass.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
		Object pass = pass(request);
		if (parameter.getParameterType() == Optional.class) {
			return Optional.ofNullable(pass);
		}
		if (pass == null && !parameter.isOptional()) {
			throw new IllegalStateException("There is no pass for " + parameter.getExecutable()
					+ ", which also runs for a payment; take it as Optional or @Nullable");
		}
		return pass;
	}

	private static @Nullable AccessPass pass(NativeWebRequest request) {
		HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
		RequestAccess access = (servletRequest != null) ? FreeCallRequest.accessOf(servletRequest) : null;
		return (access != null && access.last() instanceof PassUse use) ? use.pass() : null;
	}

}
