/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedMethods;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Fails the startup for a price that nothing collects, so that what looks paid is not
 * free.
 */
final class ReactivePriceCheck implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	private final X402Properties properties;

	private final ObjectProvider<PricedMethods> otherTransports;

	ReactivePriceCheck(ConfigurableListableBeanFactory beanFactory, X402Properties properties,
			ObjectProvider<PricedMethods> otherTransports) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.otherTransports = otherTransports;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.properties.routes().forEach((route) -> {
			throw uncollectable("route " + route.path(), route.price());
		});
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, name);
			if (type != null && !type.isInterface() && !Proxy.isProxyClass(type)
					&& !type.getName().startsWith("org.springframework.")
					&& AnnotationUtils.isCandidateClass(type, PaymentRequired.class)) {
				check(ClassUtils.getUserClass(type));
			}
		}
	}

	private void check(Class<?> type) {
		MergedAnnotation<PaymentRequired> price = price(MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY));
		if (price.isPresent() && this.otherTransports.stream().noneMatch((sold) -> sold.contains(type))) {
			throw uncollectable(type.getName(), price.getString("price"));
		}
		ReflectionUtils.doWithMethods(type, (method) -> check(type, method), ReflectionUtils.USER_DECLARED_METHODS);
	}

	private void check(Class<?> type, Method method) {
		MergedAnnotation<PaymentRequired> price = price(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
		if (price.isPresent() && this.otherTransports.stream().noneMatch((sold) -> sold.contains(type, method))) {
			throw uncollectable(type.getName() + "#" + method.getName(), price.getString("price"));
		}
	}

	/**
	 * Several prices of one element are in the container of the annotation, which is
	 * unfolded here.
	 */
	private static MergedAnnotation<PaymentRequired> price(MergedAnnotations annotations) {
		return annotations.get(PaymentRequired.class);
	}

	private static InvalidPricingException uncollectable(String source, String price) {
		return new InvalidPricingException("price", price,
				"prices cannot be collected on WebFlux, and it would be free",
				"Use Spring MVC: add spring-boot-starter-webmvc, and set spring.main.web-application-type=servlet if "
						+ "both are there. Otherwise remove the price.")
			.of(source);
	}

}
