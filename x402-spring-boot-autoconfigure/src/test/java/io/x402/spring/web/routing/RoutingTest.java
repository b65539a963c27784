/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.TestPropertySource;

/**
 * Runs the {@link RoutingShop} on one server for all tests of a class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@TestPropertySource(properties = { Container.PAY_TO, "x402.routes[0].path=/routes/any/**", "x402.routes[0].price=$0.01",
		"x402.routes[1].path=/routes/get", "x402.routes[1].method=get", "x402.routes[1].price=$0.01",
		"x402.routes[2].path=/static-files/**", "x402.routes[2].price=$0.01",
		"x402.routes[3].path=/methods/routed-bean", "x402.routes[3].method=get", "x402.routes[3].price=$0.01",
		"spring.aop.proxy-target-class=false", "spring.mvc.hiddenmethod.filter.enabled=true",
		"spring.mvc.async.request-timeout=5s",
		"spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/" })
@interface RoutingTest {

	/**
	 * Properties of {@link Container} that choose the server.
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "properties")
	String[] server();

	@AliasFor(annotation = SpringBootTest.class, attribute = "classes")
	Class<?> shop() default RoutingShop.class;

}
