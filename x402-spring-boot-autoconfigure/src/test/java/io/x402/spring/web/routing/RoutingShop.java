/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import io.x402.spring.fixture.FacilitatorDouble;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application that sells behind every kind of handler.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ MethodHandlers.class, AnnotatedHandlers.class, DispatchHandlers.class })
class RoutingShop {

	@Bean
	Runs runs() {
		return new Runs();
	}

	@Bean
	FacilitatorDouble facilitator() {
		return new FacilitatorDouble();
	}

}
