/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.annotation.AliasFor;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Paid handlers whose price is written in every place where an annotation may be.
 */
@Configuration(proxyBeanMethods = false)
class AnnotatedHandlers {

	@Bean
	MethodInterceptor advice() {
		return (invocation) -> invocation.proceed();
	}

	@Bean
	static BeanNameAutoProxyCreator jdkProxies() {
		BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
		creator.setBeanNames("jdkProxied*", "/placement/jdk-bean");
		creator.setInterceptorNames("advice");
		return creator;
	}

	@Bean
	static BeanNameAutoProxyCreator cglibProxies() {
		BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
		creator.setBeanNames("cglibProxied*", "/placement/cglib-bean");
		creator.setInterceptorNames("advice");
		creator.setProxyTargetClass(true);
		return creator;
	}

	@Bean("/placement/jdk-bean")
	@ConditionalOnWebApplication(type = Type.SERVLET)
	HttpRequestHandler jdkProxiedBean(Runs runs) {
		return new PaidBean(runs);
	}

	@Bean("/placement/cglib-bean")
	@ConditionalOnWebApplication(type = Type.SERVLET)
	PaidBean cglibProxiedBean(Runs runs) {
		return new PaidBean(runs);
	}

	@Bean
	JdkProxied jdkProxiedController(Runs runs) {
		return new JdkProxiedTarget(runs);
	}

	@Bean
	JdkProxiedByClass jdkProxiedByClassController(Runs runs) {
		return new JdkProxiedByClassTarget(runs);
	}

	@PaymentRequired(price = "$0.07")
	static class PaidBean implements HttpRequestHandler {

		private final Runs runs;

		PaidBean(Runs runs) {
			this.runs = runs;
		}

		@Override
		public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.getWriter().write(this.runs.goods());
		}

	}

	interface PricedMethod {

		@PaymentRequired(price = "$0.07")
		String interfaceMethod();

		@PaymentRequired(price = "$0.07")
		default String defaultMethod() {
			return "";
		}

	}

	@PaymentRequired(price = "$0.07")
	interface PricedInterface {

	}

	@RestController
	static class OfInterfaces implements PricedMethod {

		private final Runs runs;

		OfInterfaces(Runs runs) {
			this.runs = runs;
		}

		@Override
		@GetMapping("/placement/interface-method")
		public String interfaceMethod() {
			return this.runs.goods();
		}

		@Override
		@GetMapping("/placement/default-method")
		public String defaultMethod() {
			return this.runs.goods();
		}

	}

	@RestController
	static class OfPricedInterface implements PricedInterface {

		private final Runs runs;

		OfPricedInterface(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/placement/interface")
		String method() {
			return this.runs.goods();
		}

	}

	abstract static class PricedSuperclassMethods {

		private final Runs runs;

		PricedSuperclassMethods(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.07")
		String overridden() {
			return "";
		}

		@PaymentRequired(price = "$0.07")
		@GetMapping("/placement/inherited-method")
		String inherited() {
			return this.runs.goods();
		}

		@GetMapping("/placement/inherited-in-priced-class")
		String priceless() {
			return this.runs.goods();
		}

		String goods() {
			return this.runs.goods();
		}

	}

	@RestController
	static class OfSuperclassMethods extends PricedSuperclassMethods {

		OfSuperclassMethods(Runs runs) {
			super(runs);
		}

		@Override
		@GetMapping("/placement/superclass-method")
		String overridden() {
			return goods();
		}

		@Override
		@PaymentRequired(price = "$0.09")
		String priceless() {
			return super.priceless();
		}

	}

	@PaymentRequired(price = "$0.07")
	static class PricedSuperclass {

	}

	@RestController
	static class OfPricedSuperclass extends PricedSuperclass {

		private final Runs runs;

		OfPricedSuperclass(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/placement/superclass")
		String method() {
			return this.runs.goods();
		}

	}

	@PaymentRequired(price = "$0.01")
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@interface Sold {

		@AliasFor(annotation = PaymentRequired.class, attribute = "price")
		String at();

	}

	@Sold(at = "$0.07")
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@interface SoldAtSeven {

	}

	@RestController
	static class OfMetaAnnotations {

		private final Runs runs;

		OfMetaAnnotations(Runs runs) {
			this.runs = runs;
		}

		@Sold(at = "$0.07")
		@GetMapping("/placement/meta-method")
		String method() {
			return this.runs.goods();
		}

		@SoldAtSeven
		@GetMapping("/placement/meta-meta-method")
		String deep() {
			return this.runs.goods();
		}

	}

	@RestController
	@SoldAtSeven
	static class OfMetaAnnotatedClass {

		private final Runs runs;

		OfMetaAnnotatedClass(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/placement/meta-class")
		String method() {
			return this.runs.goods();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.07")
	@RequestMapping("/placement")
	static class OfClass {

		private final Runs runs;

		OfClass(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/class")
		String method() {
			return this.runs.goods();
		}

		@PaymentRequired(price = "$0.09")
		@GetMapping("/class-overridden")
		String overridden() {
			return this.runs.goods();
		}

		@PaymentRequired(price = "free")
		@GetMapping("/class-free")
		String free() {
			return this.runs.goods();
		}

	}

	@RestController
	@RequestMapping("/placement/jdk-proxied")
	interface JdkProxied {

		@GetMapping
		String method();

	}

	static class JdkProxiedTarget implements JdkProxied {

		private final Runs runs;

		JdkProxiedTarget(Runs runs) {
			this.runs = runs;
		}

		@Override
		@PaymentRequired(price = "$0.07")
		public String method() {
			return this.runs.goods();
		}

	}

	@RestController
	interface JdkProxiedByClass {

		@GetMapping("/placement/jdk-proxied-class")
		String method();

	}

	@PaymentRequired(price = "$0.07")
	static class JdkProxiedByClassTarget implements JdkProxiedByClass {

		private final Runs runs;

		JdkProxiedByClassTarget(Runs runs) {
			this.runs = runs;
		}

		@Override
		public String method() {
			return this.runs.goods();
		}

	}

	@RestController("cglibProxiedController")
	static class CglibProxied {

		private final Runs runs;

		CglibProxied(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.07")
		@GetMapping("/placement/cglib-proxied")
		public String method() {
			return this.runs.goods();
		}

	}

	abstract static class GenericBase<T> {

		@PaymentRequired(price = "$0.07")
		abstract String method(T id);

	}

	interface GenericInterface<T> {

		@PaymentRequired(price = "$0.07")
		String generic(T id);

	}

	@RestController
	static class OfGenerics extends GenericBase<Integer> implements GenericInterface<Integer> {

		private final Runs runs;

		OfGenerics(Runs runs) {
			this.runs = runs;
		}

		@Override
		@GetMapping("/placement/generic-superclass/{id}")
		public String method(@PathVariable Integer id) {
			return this.runs.goods();
		}

		@Override
		@GetMapping("/placement/generic-interface/{id}")
		public String generic(@PathVariable Integer id) {
			return this.runs.goods();
		}

	}

	@RestController
	@Scope("request")
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class OfRequestScope {

		private final Runs runs;

		OfRequestScope(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.07")
		@GetMapping("/placement/request-scope")
		String method() {
			return this.runs.goods();
		}

	}

	@RestController
	static class OfRepetition {

		private final Runs runs;

		OfRepetition(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.07")
		@PaymentRequired(price = "$0.05", network = { "avalanche-fuji", "polygon-amoy" })
		@GetMapping("/placement/repeated")
		String method() {
			return this.runs.goods();
		}

	}

}
