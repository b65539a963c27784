/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * Explains why a builder of clients that pay cannot be injected.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingBuyerFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
		for (Throwable failure = rootFailure; failure != null && failure != cause; failure = failure.getCause()) {
			if (failure instanceof UnsatisfiedDependencyException unsatisfied && asksForBuyer(unsatisfied)) {
				return analysis(unsatisfied, cause);
			}
		}
		return null;
	}

	private static boolean asksForBuyer(UnsatisfiedDependencyException failure) {
		return failure.getInjectionPoint() != null && Arrays.stream(failure.getInjectionPoint().getAnnotations())
			.anyMatch((annotation) -> annotation instanceof Qualifier qualifier
					&& X402ClientAutoConfiguration.QUALIFIER.equals(qualifier.value()));
	}

	private static FailureAnalysis analysis(UnsatisfiedDependencyException failure,
			NoSuchBeanDefinitionException cause) {
		ResolvableType type = cause.getResolvableType();
		String wanted = (type != null) ? type.toString().replace('$', '.') : "bean";
		return new FailureAnalysis(
				"Bean '" + Objects.requireNonNullElse(failure.getBeanName(), "?") + "' asks for the " + wanted
						+ " with the qualifier 'x402', whose clients pay, but there is no buyer for it.",
				"Set x402.client.enabled=true and a key, such as x402.client.keystore, and add the library of the client: "
						+ "spring-boot-restclient or spring-boot-webclient.",
				cause);
	}

}
