/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The log of the start tells what is paid and what is free.
 */
@ExtendWith(OutputCaptureExtension.class)
class MappingReportTests {

	@Test
	void everyMappingIsListed(CapturedOutput output) {
		Startup.with(Shop.class)
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=/files/**", "x402.routes[0].price=0.02")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("4 paid and 4 free mappings on Base Sepolia, facilitator https://www.x402.org/facilitator, "
					+ "store InMemoryPaymentStore")
			.containsPattern("paid .*GET \\[/paid].* — 0.01 on Base Sepolia")
			.containsPattern("paid /files/\\*\\* \\(route\\) — 0.02 on Base Sepolia")
			.doesNotContain("free /webjars/**")
			.contains("free /** (ResourceHttpRequestHandler) — but for route /files/**")
			.containsPattern("free .*GET \\[/free]")
			.containsPattern("free .*GET \\[/unpriced]");
	}

	@Test
	void whenRouteCoversMappingThenMappingIsPaid(CapturedOutput output) {
		Startup.with(Shop.class, Others.class)
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=/unpriced", "x402.routes[0].price=0.02",
					"x402.routes[1].path=/orders/**", "x402.routes[1].method=post", "x402.routes[1].price=0.03")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsPattern("paid .*GET \\[/unpriced].* — by route /unpriced")
			.containsPattern("paid .*POST \\[/orders/\\{id}].* — by route /orders/\\*\\*")
			.containsPattern("free .*GET \\[/orders/\\{id}].* — but for route /orders/\\*\\*")
			.containsPattern("free .*GET \\[/free](?!.*route)");
	}

	@Test
	void whenHandlerIsNoMethodThenIsListedToo(CapturedOutput output) {
		Startup.with(Others.class)
			.withPropertyValues(Startup.PAY_TO)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("paid /bean (MappingReportTests.PaidBean) — 0.01 on Base Sepolia")
			.contains("function (GET && /function) — paid where a route above matches");
	}

	@Test
	void whenHandlerIsNoMethodThenItsPriceIsCheckedToo() {
		Startup.with(DearBean.class)
			.withPropertyValues(Startup.PAY_TO)
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("price", "DearBean",
					"much"));
	}

	@Test
	void whenPaidHandlerStreamsThenUpfrontIsSuggested(CapturedOutput output) {
		Startup.with(Shop.class).withPropertyValues(Startup.PAY_TO).run((context) -> {
		});
		assertThat(output).containsPattern("/events].*consider flow = UPFRONT")
			.containsPattern("/flux].*consider flow = UPFRONT")
			.doesNotContainPattern("/paid].*consider flow");
	}

	@Configuration(proxyBeanMethods = false)
	static class Others {

		@Bean("/bean")
		PaidBean bean() {
			return new PaidBean();
		}

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route().GET("/function", (request) -> ServerResponse.ok().build()).build();
		}

		@Bean
		Orders orders() {
			return new Orders();
		}

	}

	@PaymentRequired(price = "0.01")
	static class PaidBean implements HttpRequestHandler {

		@Override
		public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
		}

	}

	@Component("/dear")
	@PaymentRequired(price = "much")
	static class DearBean extends PaidBean {

	}

	@RestController
	static class Orders {

		@GetMapping("/orders/{id}")
		String order() {
			return "";
		}

		@PostMapping("/orders/{id}")
		String change() {
			return "";
		}

	}

	@RestController
	static class Shop {

		@PaymentRequired(price = "0.01")
		@GetMapping("/paid")
		String paid() {
			return "";
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/events")
		SseEmitter events() {
			return new SseEmitter();
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/flux")
		Flux<String> flux() {
			return Flux.empty();
		}

		@PaymentRequired(price = "free")
		@GetMapping("/free")
		String free() {
			return "";
		}

		@GetMapping("/unpriced")
		String unpriced() {
			return "";
		}

	}

}
