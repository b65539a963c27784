/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.Map;

import io.x402.spring.web.reactive.ServerPaymentRequiredEntryPoint;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import io.x402.spring.web.reactive.ServerResourceUrlResolver;
import io.x402.spring.web.servlet.PaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import io.x402.spring.web.servlet.ResourceUrlResolver;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Fails the startup for a bean that decides about payments on the other web stack: it
 * looks as if it were asked, and is not.
 */
final class OtherStackCheck implements Runnable {

	private static final Map<Class<?>, Class<?>> REACTIVE = Map.of(ProtectedRequestPolicy.class,
			ServerProtectedRequestPolicy.class, ResourceUrlResolver.class, ServerResourceUrlResolver.class,
			PaymentRequiredEntryPoint.class, ServerPaymentRequiredEntryPoint.class);

	private static final Map<Class<?>, Class<?>> SERVLET = Map.of(ServerProtectedRequestPolicy.class,
			ProtectedRequestPolicy.class, ServerResourceUrlResolver.class, ResourceUrlResolver.class,
			ServerPaymentRequiredEntryPoint.class, PaymentRequiredEntryPoint.class);

	private final ListableBeanFactory beanFactory;

	private final String stack;

	private final Map<Class<?>, Class<?>> twins;

	private OtherStackCheck(ListableBeanFactory beanFactory, String stack, Map<Class<?>, Class<?>> twins) {
		this.beanFactory = beanFactory;
		this.stack = stack;
		this.twins = twins;
	}

	static OtherStackCheck of(ListableBeanFactory beanFactory, boolean reactive) {
		return reactive ? new OtherStackCheck(beanFactory, "WebFlux", REACTIVE)
				: new OtherStackCheck(beanFactory, "Spring MVC", SERVLET);
	}

	@Override
	public void run() {
		this.twins.forEach(this::check);
	}

	private void check(Class<?> other, Class<?> own) {
		for (String bean : this.beanFactory.getBeanNamesForType(other, true, false)) {
			throw new OtherStackException(bean, other.getSimpleName(), own.getSimpleName(), this.stack);
		}
	}

}
