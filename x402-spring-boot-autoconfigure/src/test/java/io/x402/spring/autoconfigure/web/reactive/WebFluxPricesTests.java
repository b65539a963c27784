/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import java.time.Duration;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.web.servlet.PaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import io.x402.spring.web.servlet.ResourceUrlResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.target.SingletonTargetSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Prices of an application on WebFlux, when it starts.
 */
class WebFluxPricesTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withUserConfiguration(Application.class)
		.withPropertyValues("x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "x402.facilitator.type=simulated",
				"x402.validation.warm-up=false");

	@ParameterizedTest
	@ValueSource(
			classes = { Transactional.class, Misspelled.class, Unmapped.class, Functions.class, WithoutPrice.class })
	void whenAPriceCannotBeKeptThenTheApplicationDoesNotStart(Class<?> handlers) {
		this.runner.withUserConfiguration(handlers)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(InvalidPricingException.class.getName() + ": " + handlers.getName()));
	}

	@Test
	void whenThePriceIsBehindAProxyThenItIsCheckedLikeAnyOther() {
		this.runner
			.withBean("proxied", Goods.class,
					() -> ProxyFactory.getProxy(Goods.class, new SingletonTargetSource(new SoldGoods())))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(InvalidPricingException.class.getName()));
	}

	@ParameterizedTest
	@ValueSource(classes = { ServletPolicy.class, ServletUrls.class, ServletEntryPoint.class })
	void whenABeanIsOnlyAskedOnSpringMvcThenTheApplicationDoesNotStart(Class<?> beans) {
		this.runner.withUserConfiguration(beans).run((context) -> {
			FailureAnalysis analysis = Startup.failure(context);
			assertThat(analysis.getDescription()).contains("'asked'", "not asked on WebFlux");
			assertThat(analysis.getAction()).contains("Implement Server");
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { Quota.class, ForSome.class, WithPass.class, WithTopUp.class })
	void whenAPriceHasTermsThenTheyAreKept(Class<?> handlers) {
		this.runner.withUserConfiguration(handlers)
			.run((context) -> assertThat(context.getBean(PricingCatalog.class).handlers()).anyMatch(
					(handler) -> handler.isPaid() && handler.paths().contains("/sold") && hasTerms(handler.pricing())));
	}

	private static boolean hasTerms(Pricing pricing) {
		return pricing.freeQuota() != null || pricing.freeCallers() != null || pricing.pass() != null;
	}

	@ParameterizedTest
	@ValueSource(strings = { "free-quota=3 per 1d", "free-for=isAuthenticated()", "pass.uses=10", "pass.duration=1d",
			"top-up=$5" })
	void whenARouteHasTermsThenTheApplicationStarts(String terms) {
		this.runner
			.withPropertyValues("x402.routes[0].path=/report", "x402.routes[0].price=$0.01", "x402.routes[0]." + terms)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.free-for=hasRoll('PARTNER')", "x402.free-for=hasRole(", "x402.free-for=@plans.all()",
			"x402.free-for=hasIpAddress('10.0.0.1')" })
	void whenAnExpressionIsMisspelledThenTheApplicationDoesNotStart(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(InvalidPricingException.class.getName())
				.hasStackTraceContaining("x402.free-for"));
	}

	@Test
	void whenSpringSecurityIsMissingThenNoCallerIsKnown() {
		new ReactiveWebApplicationContextRunner().withUserConfiguration(WithoutSecurity.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withPropertyValues("x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
					"x402.facilitator.type=simulated", "x402.validation.warm-up=false",
					"x402.free-for=hasRole('PARTNER')")
			.run((context) -> {
				FailureAnalysis analysis = Startup.failure(context);
				assertThat(analysis.getDescription()).contains("Spring MVC and WebFlux with Spring Security");
				assertThat(analysis.getAction()).contains("spring-boot-starter-security");
			});
	}

	@Test
	void whenHandlersAreSoldThenTheCatalogListsThem() {
		this.runner.withUserConfiguration(Sold.class)
			.run((context) -> assertThat(context.getBean(PricingCatalog.class).handlers())
				.anyMatch((handler) -> handler.isPaid() && handler.paths().contains("/sold")));
	}

	@Test
	void whenPaymentsAreDisabledThenHandlersAreClosedAndNotFree() {
		this.runner.withUserConfiguration(Sold.class).withPropertyValues("x402.enabled=false").run((context) -> {
			WebTestClient client = WebTestClient.bindToApplicationContext(context)
				.configureClient()
				.responseTimeout(Duration.ofMinutes(1))
				.build();
			client.get().uri("/sold").exchange().expectStatus().isEqualTo(503);
			client.get().uri("/given").exchange().expectStatus().isOk();
		});
	}

	@ExtendWith(OutputCaptureExtension.class)
	@Test
	void whenARouteOrAPriceIsMistakenThenTheLogSaysSo(CapturedOutput output) {
		this.runner.withUserConfiguration(Sold.class)
			.withPropertyValues("x402.routes[0].path=/givn", "x402.routes[0].price=1000")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Route '/givn' under x402.routes prices no mapping", "did you mean '/given'?",
				"The price '1000' of route /givn is 1000 tokens");
	}

	@ExtendWith(OutputCaptureExtension.class)
	@Test
	void whenPaymentsAreDisabledThenTheLogSaysHowManyHandlersAreClosed(CapturedOutput output) {
		this.runner.withUserConfiguration(Sold.class)
			.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Payments are disabled by x402.enabled=false: 1 priced mappings respond with 503");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Unmapped     | is not mapped to any request and would be free     | handler method of a controller
			WithoutPrice | takes a VerifiedPayment, but is never paid for     | Add @PaymentRequired
			Functions    | functional endpoint cannot be priced by an annotation | x402.routes
			""")
	void whenAPriceCannotBeKeptThenTheTextSaysWhyAndWhatToDo(String handlers, String problem, String remedy)
			throws ClassNotFoundException {
		this.runner.withUserConfiguration(Class.forName(WebFluxPricesTests.class.getName() + "$" + handlers))
			.run((context) -> {
				FailureAnalysis analysis = Startup.failure(context);
				assertThat(analysis.getDescription()).contains(handlers, problem);
				assertThat(analysis.getAction()).contains(remedy);
			});
	}

	@Test
	void whenNothingIsSoldThenTheApplicationStarts() {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SecurityWebFilterChain openToAll(ServerHttpSecurity security) {
			return security.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithoutSecurity {

	}

	@RestController
	static class Misspelled {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01", freeFor = "hasRoll('PARTNER')")
		String sold() {
			return "goods";
		}

	}

	@RestController
	static class Sold {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01")
		Mono<String> sold() {
			return Mono.just("goods");
		}

		@GetMapping("/given")
		Mono<String> given() {
			return Mono.just("present");
		}

	}

	@RestController
	interface Goods {

		@GetMapping("/sold")
		String sold();

	}

	static class SoldGoods implements Goods {

		@Override
		@PaymentRequired(price = "$0.01", transactional = true)
		public String sold() {
			return "goods";
		}

	}

	@RestController
	static class Transactional {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01", transactional = true)
		String sold() {
			return "goods";
		}

	}

	@RestController
	static class Quota {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
		String sold() {
			return "goods";
		}

	}

	@RestController
	static class ForSome {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01", freeFor = "isAuthenticated()")
		String sold() {
			return "goods";
		}

	}

	@RestController
	static class WithPass {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01", pass = @Pass(uses = 10))
		String sold() {
			return "goods";
		}

	}

	@RestController
	static class WithTopUp {

		@GetMapping("/sold")
		@PaymentRequired(price = "$0.01", topUp = "$5")
		String sold() {
			return "goods";
		}

	}

	static class ServletPolicy {

		@Bean
		ProtectedRequestPolicy asked() {
			return (request, offers) -> ProtectedRequestPolicy.Decision.REFUSE;
		}

	}

	static class ServletUrls {

		@Bean
		ResourceUrlResolver asked() {
			return (request) -> "https://shop.example";
		}

	}

	static class ServletEntryPoint {

		@Bean
		PaymentRequiredEntryPoint asked() {
			return (request, response, challenge) -> response.setStatus(402);
		}

	}

	static class Unmapped {

		@PaymentRequired(price = "$0.01")
		public String sold() {
			return "goods";
		}

	}

	@RestController
	static class WithoutPrice {

		@GetMapping("/sold")
		String sold(VerifiedPayment payment) {
			return "goods";
		}

	}

	static class Functions {

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route().GET("/sold", new Function()).build();
		}

		@PaymentRequired(price = "$0.01")
		static class Function implements HandlerFunction<ServerResponse> {

			@Override
			public Mono<ServerResponse> handle(ServerRequest request) {
				return ServerResponse.ok().bodyValue("goods");
			}

		}

	}

}
