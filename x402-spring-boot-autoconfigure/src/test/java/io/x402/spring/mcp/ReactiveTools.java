/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Mono;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tools of an asynchronous server.
 */
@Configuration(proxyBeanMethods = false)
class ReactiveTools {

	@Bean
	Annotated annotatedTools() {
		return new Annotated();
	}

	static class Annotated {

		final AtomicInteger runs = new AtomicInteger();

		@McpTool(name = "free")
		Mono<String> free() {
			return Mono.just("hello");
		}

		@McpTool(name = "text")
		@PaymentRequired(price = "$0.01", description = "A text")
		Mono<String> text(String city) {
			return Mono.fromSupplier(() -> "sold " + city + " " + this.runs.incrementAndGet());
		}

		@McpTool(name = "exception")
		@PaymentRequired(price = "$0.01")
		Mono<String> exception() {
			return Mono.error(new IllegalStateException("not today"));
		}

	}

}
