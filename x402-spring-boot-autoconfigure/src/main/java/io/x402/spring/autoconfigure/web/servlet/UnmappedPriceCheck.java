/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.PaymentRequired;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedMethods;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
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
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;

/**
 * Fails the startup for a {@link PaymentRequired} annotation of a bean that handles no
 * requests: it looks paid, and is free. Annotations that a bean inherits from an
 * interface are not checked, because a client may implement the same interface.
 */
final class UnmappedPriceCheck implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<HandlerMapping> mappings;

	private final ObjectProvider<PricedMethods> otherTransports;

	UnmappedPriceCheck(ConfigurableListableBeanFactory beanFactory, ObjectProvider<HandlerMapping> mappings,
			ObjectProvider<PricedMethods> otherTransports) {
		this.beanFactory = beanFactory;
		this.mappings = mappings;
		this.otherTransports = otherTransports;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Handlers handlers = Handlers.of(this.mappings.orderedStream().toList());
		if (handlers.known()) {
			for (String name : this.beanFactory.getBeanDefinitionNames()) {
				Class<?> type = userType(name);
				if (type != null) {
					check(name, type, handlers);
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

	private void check(String beanName, Class<?> type, Handlers handlers) {
		MergedAnnotation<PaymentRequired> onType = price(MergedAnnotations.from(type, SearchStrategy.SUPERCLASS));
		if (onType.isPresent() && !handlers.isHandler(beanName, type)
				&& this.otherTransports.stream().noneMatch((sold) -> sold.contains(type))) {
			throw unmapped(type.getName(), onType);
		}
		ReflectionUtils.doWithMethods(type, (method) -> check(type, method, handlers),
				ReflectionUtils.USER_DECLARED_METHODS);
	}

	private void check(Class<?> type, Method method, Handlers handlers) {
		MergedAnnotation<PaymentRequired> price = price(MergedAnnotations.from(method));
		if (price.isPresent() && !handlers.isMapped(type, method)
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

	/**
	 * The handlers of an application.
	 *
	 * @param methods handler methods
	 * @param others other handlers, as the names of their beans and as their classes
	 * @param known whether the handlers of all mappings are known
	 */
	private record Handlers(List<Method> methods, Set<Object> others, boolean known) {

		static Handlers of(List<HandlerMapping> mappings) {
			List<Method> methods = mappings.stream()
				.filter(AbstractHandlerMethodMapping.class::isInstance)
				.flatMap((mapping) -> handlerMethods((AbstractHandlerMethodMapping<?>) mapping).values().stream())
				.map(HandlerMethod::getMethod)
				.toList();
			Set<Object> others = mappings.stream()
				.filter(AbstractUrlHandlerMapping.class::isInstance)
				.flatMap((mapping) -> ((AbstractUrlHandlerMapping) mapping).getHandlerMap().values().stream())
				.map((handler) -> (handler instanceof String) ? handler : targetType(handler))
				.collect(Collectors.toSet());
			return new Handlers(methods, others, mappings.stream().allMatch(Handlers::isListed));
		}

		private static Class<?> targetType(Object handler) {
			return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(handler));
		}

		private static <T> Map<T, HandlerMethod> handlerMethods(AbstractHandlerMethodMapping<T> mapping) {
			return mapping.getHandlerMethods();
		}

		private static boolean isListed(HandlerMapping mapping) {
			return mapping instanceof AbstractHandlerMethodMapping || mapping instanceof AbstractUrlHandlerMapping
					|| mapping instanceof RouterFunctionMapping;
		}

		boolean isHandler(String beanName, Class<?> type) {
			return this.others.contains(beanName) || this.others.contains(type)
					|| this.methods.stream().anyMatch((mapped) -> mapped.getDeclaringClass().isAssignableFrom(type));
		}

		/**
		 * A method of an interface with type parameters has other parameters than the one
		 * that implements it.
		 */
		boolean isMapped(Class<?> type, Method method) {
			return this.methods.stream()
				.anyMatch((mapped) -> mapped.getName().equals(method.getName())
						&& mapped.getParameterCount() == method.getParameterCount()
						&& mapped.getDeclaringClass().isAssignableFrom(type));
		}

	}

}
