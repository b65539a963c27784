/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.math.BigInteger;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Places of prices on Spring MVC, which also has beans that handle requests, and
 * controllers of a request.
 */
@RoutingTest(server = { Container.TOMCAT, Container.NO_SECURITY })
class AnnotationPlacementTests extends AbstractAnnotationPlacementTests {

	@ParameterizedTest
	@ValueSource(strings = { "jdk-bean", "cglib-bean", "request-scope" })
	void whenPriceIsWrittenWhereOnlySpringMvcLooksThenIsPaidOnce(String path) throws IOException, InterruptedException {
		whenPriceIsWrittenThereThenIsAskedForAndPaidOnce(path, BigInteger.valueOf(70_000));
	}

	@Test
	void theProxiesOfBeansAreWhatTheirNamesSay(@Autowired ApplicationContext context) {
		assertThat(AopUtils.isJdkDynamicProxy(context.getBean("/placement/jdk-bean"))).isTrue();
		assertThat(AopUtils.isCglibProxy(context.getBean("/placement/cglib-bean"))).isTrue();
	}

}
