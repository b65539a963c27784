/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.Optional;

import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * What looks paid and is not, or can never be paid, is refused at startup or logged as a
 * warning.
 */
@ExtendWith(OutputCaptureExtension.class)
class SilentMisuseTests {

	@ParameterizedTest
	@ValueSource(classes = { PricedService.class, PricedServiceMethod.class, PricedExceptionHandler.class,
			PricedBeanMethod.class, UnmappedHandler.class, TwoPrices.class })
	void whenAnnotatedBeanHandlesNoRequestsThenFails(Class<?> configuration) {
		FailureAnalysis analysis = failure(configuration);
		assertThat(analysis.getDescription()).contains("price", configuration.getSimpleName(), "0.05", "not mapped",
				"would be free");
		assertThat(analysis.getAction()).contains("handler method of a controller", "x402.routes");
	}

	@ParameterizedTest
	@ValueSource(
			classes = { PricedController.class, InheritedController.class, MappedHandler.class, SharedContract.class })
	void whenAnnotatedBeanHandlesRequestsThenStarts(Class<?> configuration) {
		Startup.with(configuration)
			.withPropertyValues(Startup.PAY_TO)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenUnpricedHandlerTakesPaymentThenFails() {
		FailureAnalysis analysis = failure(UnpricedPayment.class);
		assertThat(analysis.getDescription()).contains("UnpricedPayment#sold", "price", "VerifiedPayment",
				"never paid for");
		assertThat(analysis.getAction()).contains("@PaymentRequired", "x402.routes", "Optional<VerifiedPayment>");
	}

	@Test
	void whenUnpricedHandlerTakesOptionalPaymentThenStarts() {
		Startup.with(OptionalPayment.class)
			.withPropertyValues(Startup.PAY_TO)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenHandlerWithPaymentIsPricedByRouteThenStarts() {
		Startup.with(UnpricedPayment.class)
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=/sold", "x402.routes[0].price=$0.05")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenHandlerWithFreeCallsMustHaveAPaymentThenFails() {
		String[] free = { "x402.routes[0].path=/sold", "x402.routes[0].price=$0.05", "x402.free-quota.limit=3 per 1d" };
		FailureAnalysis analysis = failure(UnpricedPayment.class, free);
		assertThat(analysis.getDescription()).contains("UnpricedPayment#sold", "freeQuota", "VerifiedPayment");
		assertThat(analysis.getAction()).contains("Optional<VerifiedPayment>", "'none'");
		Startup.with(UnpricedPayment.class)
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].free-quota=none")
			.withPropertyValues(free)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenAPolicyIsOnlyAskedOnWebFluxThenFails() {
		FailureAnalysis analysis = failure(ReactivePolicy.class);
		assertThat(analysis.getDescription()).contains("'asked'", "ServerProtectedRequestPolicy",
				"not asked on Spring MVC");
		assertThat(analysis.getAction()).contains("Implement ProtectedRequestPolicy");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			'#{@tarif.price(#request)}' | no bean named 'tarif' | Declare the bean
			$#{@tarif.price()}.00 | no bean named 'tarif' | Declare the bean
			'#{#request.getParameter(''vip'') == ''1'' ? @tarif.low : 1}' | no bean named 'tarif' | Declare the bean
			'#{#requst.getParameter(''price'')}' | no variable #requst | #request or #path
			'#{tariff.price(#request)}' | no property 'tariff' | a bean as @name
			'#{#request.getParameter(name)}' | no property 'name' | a bean as @name
			'#{price()}' | no method 'price' | a bean as @name
			""")
	void whenExpressionRefersToNothingThenFails(String price, String problem, String remedy) {
		FailureAnalysis analysis = failure(Free.class, "x402.routes[0].path=/free", "x402.routes[0].price=" + price);
		assertThat(analysis.getDescription()).contains("price", "route /free", price, problem);
		assertThat(analysis.getAction()).contains(remedy);
	}

	@ParameterizedTest
	@ValueSource(strings = { "#{{low: 1, high: 2}[low]}", "#{{1, 2}.?[intValue() > 1][0]}",
			"#{{'1', '2'}.![length()][0]}", "#{T(java.math.BigDecimal).valueOf(1).negate().abs()}" })
	void whenNamesInAnExpressionMeanOtherThingsThenStarts(String price) {
		start(Free.class, "x402.routes[0].path=/free", "x402.routes[0].price=" + price);
	}

	@ParameterizedTest
	@ValueSource(classes = { TwoIdenticalOffers.class, OneNetworkTwice.class, TwoIdenticalExpressions.class })
	void whenTwoOffersAreIdenticalThenFails(Class<?> configuration) {
		FailureAnalysis analysis = failure(configuration);
		assertThat(analysis.getDescription()).contains("price", configuration.getSimpleName() + "#sold",
				"two offers on Base Sepolia are identical");
		assertThat(analysis.getAction()).contains("Remove one of them");
	}

	@Test
	void whenRouteMatchesNoMappingThenSuggestsTheLikelyOne(CapturedOutput output) {
		start(Free.class, "x402.routes[0].path=/fre", "x402.routes[0].price=$0.05");
		assertThat(output).contains("WARN")
			.contains("Route '/fre' under x402.routes prices no mapping", "did you mean '/free'?");
	}

	@Test
	void whenRouteMeetsAnnotatedHandlersOnlyThenWarns(CapturedOutput output) {
		start(PricedController.class, "x402.routes[0].path=/sold", "x402.routes[0].price=$0.50");
		assertThat(output).contains("Route '/sold' under x402.routes prices no mapping",
				"handlers with @PaymentRequired and routes listed before it take precedence");
	}

	@Test
	void whenRouteComesAfterOneThatCoversItThenWarns(CapturedOutput output) {
		start(Free.class, "x402.routes[0].path=/**", "x402.routes[0].price=$0.05", "x402.routes[1].path=/free",
				"x402.routes[1].price=$0.50");
		assertThat(output).contains("Route '/free' under x402.routes prices no mapping").doesNotContain("Route '/**'");
	}

	@Test
	void whenRouteIsForAnotherMethodThanItsMappingThenWarns(CapturedOutput output) {
		start(Free.class, "x402.routes[0].path=/free", "x402.routes[0].method=POST", "x402.routes[0].price=$0.05");
		assertThat(output).contains("Route '/free' under x402.routes prices no mapping", "Correct");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD" })
	void whenRouteIsForMethodOfItsMappingThenIsSilent(String method, CapturedOutput output) {
		start(Free.class, "x402.routes[0].path=/free", "x402.routes[0].method=" + method, "x402.routes[0].price=$0.05");
		assertThat(output).doesNotContain("prices no mapping");
	}

	@Test
	void whenRouteHasTheContextPathThenWarns(CapturedOutput output) {
		start(Free.class, "server.servlet.context-path=/api", "x402.routes[0].path=/api/free",
				"x402.routes[0].price=$0.05");
		assertThat(output).contains("Route '/api/free' under x402.routes prices no mapping", "did you mean '/free'?");
	}

	@ParameterizedTest
	@CsvSource({ "50000, true", "1000, true", "$50000, false", "50000 USDC, false", "999, false", "1000.0, false" })
	void whenPriceLooksLikeSmallestUnitsThenWarns(String price, boolean warned, CapturedOutput output) {
		start(Free.class, "x402.routes[0].path=/free", "x402.routes[0].price=" + price);
		assertThat(output.getAll()
			.contains("The price '" + price + "' of route /free is " + price + " tokens, not " + price
					+ " of their smallest units. Write a decimal number such as 0.05"))
			.isEqualTo(warned);
	}

	@ParameterizedTest
	@ValueSource(classes = { PricedServiceMethod.class, UnpricedPayment.class, TwoIdenticalOffers.class })
	void whenBeansAreCreatedLazilyThenStartFailsAllTheSame(Class<?> configuration) {
		Startup.with(configuration)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withPropertyValues(Startup.PAY_TO)
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains(configuration.getSimpleName()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free", "/f*", "/{name}", "/spring/**" })
	void whenRouteMatchesMappingThenIsSilent(String path, CapturedOutput output) {
		start(Free.class, "spring.web.resources.static-locations=classpath:/META-INF/", "x402.routes[0].path=" + path,
				"x402.routes[0].price=$0.05");
		assertThat(output).doesNotContain("prices no mapping");
	}

	@Test
	void whenThereAreFunctionsThenRouteMayBeTheirs(CapturedOutput output) {
		start(Functions.class, "x402.routes[0].path=/function", "x402.routes[0].price=$0.05");
		assertThat(output).doesNotContain("prices no mapping");
	}

	@Test
	void whenRouteLacksItsSlashThenPricesThePathAllTheSame() {
		Startup.with(Free.class)
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=free", "x402.routes[0].price=$0.05")
			.run((context) -> {
				MockMvc mvc = MockMvcBuilders.webAppContextSetup(context).build();
				mvc.perform(get("/free")).andExpect(status().isPaymentRequired());
			});
	}

	@Test
	void whenPaymentsAreDisabledThenWarnsHowManyHandlersAreClosed(CapturedOutput output) {
		start(PricedController.class, "x402.enabled=false");
		assertThat(output).contains("WARN")
			.contains("Payments are disabled by x402.enabled=false: 1 priced mappings respond with 503");
	}

	private static void start(Class<?> configuration, String... properties) {
		Startup.with(configuration)
			.withPropertyValues(Startup.PAY_TO)
			.withPropertyValues(properties)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static FailureAnalysis failure(Class<?> configuration, String... properties) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		Startup.with(configuration)
			.withPropertyValues(Startup.PAY_TO)
			.withPropertyValues(properties)
			.run((context) -> analysis[0] = Startup.failure(context));
		assertThat(analysis[0].getDescription() + analysis[0].getAction()).doesNotContain("null")
			.doesNotContain("Exception:");
		return analysis[0];
	}

	@Configuration(proxyBeanMethods = false)
	static class ReactivePolicy {

		@Bean
		ServerProtectedRequestPolicy asked() {
			return (exchange, offers) -> Mono.empty();
		}

	}

	@Service
	@PaymentRequired(price = "0.05")
	static class PricedService {

	}

	@Service
	static class PricedServiceMethod {

		@PaymentRequired(price = "0.05")
		String sold() {
			return "";
		}

	}

	@Service
	static class TwoPrices {

		@PaymentRequired(price = "0.05")
		@PaymentRequired(price = "0.05", network = "base")
		String sold() {
			return "";
		}

	}

	@RestController
	static class PricedExceptionHandler {

		@PaymentRequired(price = "0.05")
		@ExceptionHandler(IllegalStateException.class)
		String sold() {
			return "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PricedBeanMethod {

		@Bean
		@PaymentRequired(price = "0.05")
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route().GET("/function", (request) -> ServerResponse.ok().build()).build();
		}

	}

	@Component("unmapped")
	@PaymentRequired(price = "0.05")
	static class UnmappedHandler implements HttpRequestHandler {

		@Override
		public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
		}

	}

	@Component("/mapped")
	@PaymentRequired(price = "0.05")
	static class MappedHandler extends UnmappedHandler {

	}

	@RestController
	static class PricedController {

		@PaymentRequired(price = "0.05")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	@PaymentRequired(price = "0.05")
	static class InheritedController extends PricedController {

		@Override
		String sold() {
			return "";
		}

	}

	interface Contract {

		@PaymentRequired(price = "0.05")
		@GetMapping("/sold")
		String sold();

	}

	/** A buyer of what another application sells. */
	@Component
	static class SharedContract implements Contract {

		@Override
		public String sold() {
			return "";
		}

	}

	@RestController
	static class UnpricedPayment {

		@GetMapping("/sold")
		String sold(VerifiedPayment payment) {
			return payment.payer();
		}

	}

	@RestController
	static class OptionalPayment {

		@GetMapping("/a")
		String optional(Optional<VerifiedPayment> payment) {
			return "";
		}

		@GetMapping("/b")
		String nullable(@Nullable VerifiedPayment payment) {
			return "";
		}

	}

	@RestController
	static class TwoIdenticalOffers {

		@PaymentRequired(price = "$0.05")
		@PaymentRequired(price = "0.05 USDC")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class OneNetworkTwice {

		@PaymentRequired(price = "0.05", network = { "base-sepolia", "eip155:84532" })
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class TwoIdenticalExpressions {

		@PaymentRequired(price = "#{1 + 1}")
		@PaymentRequired(price = "#{1 + 1}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class Free {

		@GetMapping("/free")
		String free() {
			return "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route().GET("/function", (request) -> ServerResponse.ok().build()).build();
		}

	}

}
