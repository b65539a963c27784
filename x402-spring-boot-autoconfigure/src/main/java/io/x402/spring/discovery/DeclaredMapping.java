/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/**
 * Finds the annotation that maps a handler.
 */
final class DeclaredMapping {

	private DeclaredMapping() {
	}

	/**
	 * Find the annotation.
	 * @param handler the handler
	 * @return the annotation, or {@code null} if the handler is mapped otherwise
	 */
	static @Nullable RequestMapping of(Object handler) {
		return (handler instanceof HandlerMethod method)
				? AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class) : null;
	}

}
