/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import io.x402.spring.PaymentRequired;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedMethods;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Fails the startup for a {@link PaymentRequired} annotation of a bean that handles no
 * requests: it looks paid, and is free. Annotations that a bean inherits from an
 * interface are not checked, because a client may implement the same interface.
 */
final class UnmappedPriceCheck implements Runnable {

	private final ConfigurableListableBeanFactory beanFactory;

	private final KnownHandlers handlers;

	private final ObjectProvider<PricedMethods> otherTransports;

	/**
	 * Create a check.
	 * @param beanFactory knows the beans
	 * @param handlers handlers of the application
	 * @param otherTransports methods that are sold, but not over HTTP
	 */
	UnmappedPriceCheck(ConfigurableListableBeanFactory beanFactory, KnownHandlers handlers,
			ObjectProvider<PricedMethods> otherTransports) {
		this.beanFactory = beanFactory;
		this.handlers = handlers;
		this.otherTransports = otherTransports;
	}

	@Override
	public void run() {
		if (this.handlers.complete()) {
			for (String name : this.beanFactory.getBeanDefinitionNames()) {
				Class<?> type = userType(name);
				if (type != null) {
					check(name, type);
				}
			}
		}
	}

	private @Nullable Class<?> userType(String beanName) {
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
		if (type == null || type.isInterface() || Proxy.isProxyClass(type)
				|| type.getName().startsWith("org.springframework.")
				|| !AnnotationUtils.isCandidateClass(type, PaymentRequired.class)) {
			return null;
		}
		return ClassUtils.getUserClass(type);
	}

	private void check(String beanName, Class<?> type) {
		MergedAnnotation<PaymentRequired> onType = price(MergedAnnotations.from(type, SearchStrategy.SUPERCLASS));
		if (onType.isPresent() && !this.handlers.isHandler(beanName, type)
				&& this.otherTransports.stream().noneMatch((sold) -> sold.contains(type))) {
			throw unmapped(type.getName(), onType);
		}
		ReflectionUtils.doWithMethods(type, (method) -> check(type, method), ReflectionUtils.USER_DECLARED_METHODS);
	}

	private void check(Class<?> type, Method method) {
		MergedAnnotation<PaymentRequired> price = price(MergedAnnotations.from(method));
		if (price.isPresent() && !this.handlers.isMapped(type, method)
				&& this.otherTransports.stream().noneMatch((sold) -> sold.contains(type, method))) {
			throw unmapped(type.getName() + "#" + method.getName(), price);
		}
	}

	private static MergedAnnotation<PaymentRequired> price(MergedAnnotations annotations) {
		return annotations.get(PaymentRequired.class);
	}

	private static InvalidPricingException unmapped(String source, MergedAnnotation<PaymentRequired> price) {
		return new InvalidPricingException("price", price.getString("price"),
				"it is not mapped to any request and would be free",
				"Move the annotation to the handler method of a controller, or price a path under x402.routes.")
			.of(source);
	}

}
