/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.time.Duration;

import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Outcomes on WebFlux and Reactor Netty.
 */
class WebFluxPaymentOutcomeTests extends AbstractPaymentOutcomeTests {

	WebFluxPaymentOutcomeTests() {
		super(503);
	}

	@Override
	protected Edge open(String... properties) {
		return new ReactiveEdge(WebFluxShop.open(ReactiveConfiguration.class, properties));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(OutcomeConfiguration.class)
	static class ReactiveConfiguration implements WebFluxConfigurer {

		@Override
		public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
			configurer.setExecutor(new SimpleAsyncTaskExecutor());
		}

		/**
		 * Two shops are open at the same time, and the first one that closes would end
		 * the threads of both.
		 */
		@Bean
		ReactorResourceFactory resources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

		@Bean
		ServerProtectedRequestPolicy policy() {
			return (exchange, offers) -> Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("X-Policy"))
				.map((policy) -> switch (policy) {
					case "free" -> ServerProtectedRequestPolicy.Decision.FREE;
					case "refuse" -> ServerProtectedRequestPolicy.Decision.REFUSE;
					default -> throw new IllegalStateException("boom");
				});
		}

	}

}
