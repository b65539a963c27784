/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.edge.Container;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Places of prices on WebFlux.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { Container.NETTY,
		Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "spring.aop.proxy-target-class=false" })
class WebFluxAnnotationPlacementTests extends AbstractAnnotationPlacementTests {

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(AnnotatedHandlers.class)
	static class Shop {

		@Bean
		Runs runs() {
			return new Runs();
		}

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

}
