/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.edge.Container;
import io.x402.spring.web.settlement.Buyer;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What is offered for which price.
 */
@SpringBootTest(classes = PricingTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
				"x402.base-url=https://api.example.com", "test.price=0.07 USDC", "test.tier=gold", "test.timeout=90s",
				"test.networks=arbitrum-sepolia", "x402.assets[0].network=base-sepolia", "x402.assets[0].symbol=PLAY",
				"x402.assets[0].address=0x1111111111111111111111111111111111111111", "x402.assets[0].decimals=2",
				"x402.assets[0].eip712-name=Play Money", "x402.assets[0].eip712-version=3",
				"x402.assets[1].network=eip155:31337", "x402.assets[1].symbol=LAB",
				"x402.assets[1].address=0x2222222222222222222222222222222222222222", "x402.assets[1].decimals=18",
				"x402.assets[1].transfer-method=permit2", "x402.routes[0].path=/routed/several",
				"x402.routes[0].price=0.01", "x402.routes[0].description=first", "x402.routes[1].path=/routed/several",
				"x402.routes[1].price=0.02 PLAY", "x402.routes[2].path=/routed/several", "x402.routes[2].price=0.03",
				"x402.routes[2].network=polygon-amoy,avalanche-fuji", "x402.routes[2].flow=upfront",
				"x402.routes[2].max-timeout=2m", "x402.routes[3].path=/routed/methods", "x402.routes[3].method=get",
				"x402.routes[3].price=0.01", "x402.routes[4].path=/routed/methods", "x402.routes[4].method=post,put",
				"x402.routes[4].price=0.02", "x402.routes[5].path=/routed/tier/*",
				"x402.routes[5].price=#{#path['tier'] == 'gold' ? '0.05' : '0.01'}", "x402.routes[5].pay-to=@receiver",
				"x402.routes[6].path=/routed/function/{tier}",
				"x402.routes[6].price=#{#path['tier'] == 'gold' ? '0.05' : '0.01'}" })
class PricingTests {

	private static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private Controllers controllers;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private AtomicReference<String> quote;

	private final Buyer buyer = new Buyer();

	private int settledBefore;

	private int runsBefore;

	@BeforeEach
	void remember() {
		this.settledBefore = this.facilitator.settled();
		this.runsBefore = this.controllers.runs.get();
	}

	@ParameterizedTest
	@CsvSource({ "/static/dollar, 50000", "/static/plain, 50000", "/static/ticker, 50000", "/static/usd, 1000000",
			"/static/placeholder, 70000", "/static/blanks, 50000", "/static/smallest, 1" })
	void whenPriceIsStaticThenIsOfferedExactly(String path, BigInteger amount)
			throws IOException, InterruptedException {
		assertThat(offers(path)).containsExactly(new PaymentRequirements("exact", "eip155:84532", amount, USDC, PAY_TO,
				300, Map.of("name", "USDC", "version", "2")));
	}

	@ParameterizedTest
	@CsvSource({ "/dynamic/request?n=3, 30000", "/dynamic/request?n=70, 700000", "/dynamic/path/gold, 50000",
			"/dynamic/path/silver, 10000", "/dynamic/bean/gold, 90000", "/dynamic/bean/silver, 20000",
			"/dynamic/bean-placeholder, 90000", "/dynamic/resolver?p=0.11, 110000", "/dynamic/mixed?n=5, 150000",
			"/routed/tier/gold, 50000", "/routed/tier/silver, 10000", "/routed/function/gold, 50000",
			"/routed/function/silver, 10000" })
	void whenPriceIsDynamicThenRequestDecidesAndIsPaid(String path, BigInteger amount)
			throws IOException, InterruptedException {
		List<PaymentRequirements> offers = offers(path);
		assertThat(offers).singleElement().extracting(PaymentRequirements::amount).isEqualTo(amount);
		HttpResponse<String> paid = get(path, "PAYMENT-SIGNATURE", this.buyer.pay(offers.get(0)));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
	}

	@Test
	void whenDynamicPriceIsFreeThenIsFree() throws IOException, InterruptedException {
		HttpResponse<String> free = get("/dynamic/resolver?p=free");
		assertThat(free.statusCode()).isEqualTo(200);
		assertThat(free.headers().map()).doesNotContainKeys("payment-required", "payment-response");
		assertThat(get("/dynamic/expression?value='free'").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "0", "0.00", "-1", "", "FREE", "Free", "%20free", "null", "1e-2", "0.0000001",
			"0.05%20DOGE", "%D9%A1", "throw" })
	void whenDynamicPriceCannotBeAskedForThenNothingIsSold(String price) throws IOException, InterruptedException {
		assertUnavailable(get("/dynamic/resolver?p=" + price));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/dynamic/throws", "/dynamic/null", "/dynamic/pay-to?to=nobody", "/dynamic/pay-to?to=",
			"/dynamic/pay-to?to=0x0000000000000000000000000000000000000000", "/dynamic/asset?a=DOGE",
			"/dynamic/request?n=x", "/dynamic/request" })
	void whenDynamicValueFailsThenNothingIsSold(String path) throws IOException, InterruptedException {
		assertUnavailable(get(path));
		assertUnavailable(get(path, "PAYMENT-SIGNATURE", this.buyer.pay(offers("/static/plain").get(0))));
	}

	@Test
	void whenReceiverAndAssetAreDynamicThenRequestDecides() throws IOException, InterruptedException {
		assertThat(offers("/dynamic/pay-to?to=0x1111111111111111111111111111111111111111")).singleElement()
			.extracting(PaymentRequirements::payTo)
			.isEqualTo("0x1111111111111111111111111111111111111111");
		assertThat(offers("/dynamic/asset?a=PLAY")).singleElement()
			.extracting(PaymentRequirements::asset, PaymentRequirements::amount)
			.containsExactly("0x1111111111111111111111111111111111111111", BigInteger.valueOf(150));
		assertThat(offers("/dynamic/asset?a=")).singleElement().extracting(PaymentRequirements::asset).isEqualTo(USDC);
	}

	@Test
	void whenPriceMovesBetweenOfferAndPaymentThenIsOfferedAnewAndNotCharged() throws IOException, InterruptedException {
		this.quote.set("0.10");
		PaymentRequirements offer = offers("/dynamic/quote").get(0);
		this.quote.set("0.20");
		HttpResponse<String> answer = get("/dynamic/quote", "PAYMENT-SIGNATURE", this.buyer.pay(offer));
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(answer.body()).contains("requirements_mismatch");
		assertThat(Buyer.offers(answer.headers())).singleElement()
			.extracting(PaymentRequirements::amount)
			.isEqualTo(BigInteger.valueOf(200000));
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
	}

	@Test
	void whenPaymentIsForASmallerRequestThenIsRefused() throws IOException, InterruptedException {
		PaymentRequirements offer = offers("/dynamic/request?n=1").get(0);
		HttpResponse<String> answer = get("/dynamic/request?n=100", "PAYMENT-SIGNATURE", this.buyer.pay(offer));
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(this.controllers.runs).hasValue(this.runsBefore);
	}

	@Test
	void whenSeveralNetworksAreNamedThenEachIsAnOffer() throws IOException, InterruptedException {
		assertThat(offers("/static/networks")).extracting(PaymentRequirements::network)
			.containsExactly("eip155:8453", "eip155:84532", "eip155:421614");
		assertThat(offers("/static/networks").get(0).extra()).containsEntry("name", "USD Coin");
	}

	@Test
	void whenAssetIsNamedThenIsOffered() throws IOException, InterruptedException {
		PaymentRequirements play = new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(150),
				"0x1111111111111111111111111111111111111111", PAY_TO, 300,
				Map.of("name", "Play Money", "version", "3"));
		assertThat(offers("/static/asset-ticker")).containsExactly(play);
		assertThat(offers("/static/asset-in-price")).containsExactly(play);
		assertThat(offers("/static/asset-address")).containsExactly(play);
	}

	@Test
	void whenNetworkIsOnlyKnownByItsAssetThenIsOffered() throws IOException, InterruptedException {
		assertThat(offers("/static/lab")).containsExactly(new PaymentRequirements("exact", "eip155:31337",
				new BigInteger("500000000000000000"), "0x2222222222222222222222222222222222222222", PAY_TO, 300,
				Map.of("assetTransferMethod", "permit2")));
	}

	@ParameterizedTest
	@CsvSource({ "/static/timeout-simple, 60", "/static/timeout-iso, 120", "/static/timeout-placeholder, 90",
			"/static/timeout-minutes, 600", "/static/plain, 300" })
	void whenTimeoutIsWrittenThenIsOffered(String path, int seconds) throws IOException, InterruptedException {
		assertThat(offers(path)).singleElement().extracting(PaymentRequirements::maxTimeoutSeconds).isEqualTo(seconds);
	}

	@Test
	void whenFlowIsUpfrontThenIsAnnouncedAndSettledBeforeTheHandler() throws IOException, InterruptedException {
		PaymentRequirements offer = offers("/static/upfront").get(0);
		assertThat(offer.extra()).containsEntry("paymentFlow", "upfront");
		HttpResponse<String> paid = get("/static/upfront", "PAYMENT-SIGNATURE", this.buyer.pay(offer));
		assertThat(paid.body()).isEqualTo("settled " + (this.settledBefore + 1));
		assertThat(this.facilitator.verified()).as("verified before").isLessThanOrEqualTo(this.facilitator.settled());
		assertThat(offers("/static/plain").get(0).extra()).doesNotContainKey("paymentFlow");
	}

	@Test
	void whenRoutesHaveTheSamePathThenTheyAreSeveralOffers() throws IOException, InterruptedException {
		assertThat(offers("/routed/several"))
			.extracting(PaymentRequirements::network, (offer) -> offer.amount().intValue(),
					PaymentRequirements::maxTimeoutSeconds, (offer) -> PaymentFlow.of(offer))
			.containsExactly(tuple("eip155:84532", 10000, 300, PaymentFlow.AUTHORIZATION),
					tuple("eip155:84532", 2, 300, PaymentFlow.AUTHORIZATION),
					tuple("eip155:80002", 30000, 120, PaymentFlow.UPFRONT),
					tuple("eip155:43113", 30000, 120, PaymentFlow.UPFRONT));
		for (PaymentRequirements offer : offers("/routed/several")) {
			assertThat(get("/routed/several", "PAYMENT-SIGNATURE", this.buyer.pay(offer)).statusCode()).isEqualTo(200);
		}
		assertThat(this.facilitator.settled() - this.settledBefore).isEqualTo(4);
	}

	@Test
	void whenRoutesOfOnePathNameMethodsThenEachHasItsPrice() throws IOException, InterruptedException {
		assertThat(offers("/routed/methods").get(0).amount()).isEqualTo(10000);
		HttpResponse<String> post = CLIENT.send(
				request("/routed/methods").method("POST", HttpRequest.BodyPublishers.noBody()).build(),
				BodyHandlers.ofString());
		assertThat(Buyer.offers(post.headers()).get(0).amount()).isEqualTo(20000);
		HttpResponse<String> delete = CLIENT.send(request("/routed/methods").DELETE().build(), BodyHandlers.ofString());
		assertThat(delete.statusCode()).isEqualTo(200);
	}

	@Test
	void whenBuyerIsALegacyOneThenPaysByTheBody() throws IOException, InterruptedException {
		HttpResponse<String> unpaid = get("/static/networks");
		JsonNode body = new JsonMapper().readTree(unpaid.body());
		assertThat(body.path("x402Version").asInt()).isOne();
		assertThat(body.path("accepts")).extracting((offer) -> offer.path("network").asString())
			.containsExactly("base", "base-sepolia");
		PaymentRequirements offer = Buyer.offers(unpaid.headers()).get(1);
		HttpResponse<String> paid = get("/static/networks", "X-PAYMENT", this.buyer.payV1(offer));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("X-PAYMENT-RESPONSE")).isPresent();
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
	}

	private void assertUnavailable(HttpResponse<String> answer) {
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.body()).contains("payments_unavailable");
		assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(this.controllers.runs).hasValue(this.runsBefore);
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
	}

	private List<PaymentRequirements> offers(String path) throws IOException, InterruptedException {
		HttpResponse<String> answer = get(path);
		assertThat(answer.statusCode()).as(path).isEqualTo(402);
		return Buyer.offers(answer.headers());
	}

	private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = request(path);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return CLIENT.send(request.build(), BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Controllers.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		AtomicReference<String> quote() {
			return new AtomicReference<>("0.10");
		}

		@Bean
		Tariff tariff() {
			return new Tariff();
		}

		@Bean
		PaymentValueResolver priceParameter() {
			return (request) -> {
				String price = parameter(request, "p");
				if ("throw".equals(price)) {
					throw new IllegalStateException("as intended by this test");
				}
				return price;
			};
		}

		@Bean
		PaymentValueResolver quoted(AtomicReference<String> quote) {
			return (request) -> quote.get();
		}

		@Bean
		PaymentValueResolver receiver() {
			return (request) -> Objects.requireNonNullElse(parameter(request, "to"), PAY_TO);
		}

		@Bean
		PaymentValueResolver token() {
			return (request) -> parameter(request, "a");
		}

		private static @Nullable String parameter(PricingRequest request, String name) {
			return request.nativeRequest(HttpServletRequest.class).getParameter(name);
		}

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route()
				.GET("/routed/function/{tier}", (request) -> ServerResponse.ok().body("goods"))
				.build();
		}

	}

	static class Tariff {

		public String price(String tier) {
			return "gold".equals(tier) ? "$0.09" : "0.02 USDC";
		}

		public String fail() {
			throw new IllegalStateException("as intended by this test");
		}

	}

	@RestController
	static class Controllers {

		private final AtomicInteger runs = new AtomicInteger();

		private final FacilitatorDouble facilitator;

		Controllers(FacilitatorDouble facilitator) {
			this.facilitator = facilitator;
		}

		private String goods() {
			this.runs.incrementAndGet();
			return "goods";
		}

		@PaymentRequired(price = "$0.05")
		@GetMapping("/static/dollar")
		String dollar() {
			return goods();
		}

		@PaymentRequired(price = "0.05")
		@GetMapping("/static/plain")
		String plain() {
			return goods();
		}

		@PaymentRequired(price = "0.05 usdc")
		@GetMapping("/static/ticker")
		String ticker() {
			return goods();
		}

		@PaymentRequired(price = "$1 USD")
		@GetMapping("/static/usd")
		String usd() {
			return goods();
		}

		@PaymentRequired(price = "${test.price}")
		@GetMapping("/static/placeholder")
		String placeholder() {
			return goods();
		}

		@PaymentRequired(price = "  $ 0.050000  ")
		@GetMapping("/static/blanks")
		String blanks() {
			return goods();
		}

		@PaymentRequired(price = "0.000001")
		@GetMapping("/static/smallest")
		String smallest() {
			return goods();
		}

		@PaymentRequired(price = "0.05", network = { "base", "base-sepolia", "${test.networks}" })
		@GetMapping("/static/networks")
		String networks() {
			return goods();
		}

		@PaymentRequired(price = "1.50", asset = "play")
		@GetMapping("/static/asset-ticker")
		String assetTicker() {
			return goods();
		}

		@PaymentRequired(price = "1.50 PLAY")
		@GetMapping("/static/asset-in-price")
		String assetInPrice() {
			return goods();
		}

		@PaymentRequired(price = "$1.50", asset = "0x1111111111111111111111111111111111111111")
		@GetMapping("/static/asset-address")
		String assetAddress() {
			return goods();
		}

		@PaymentRequired(price = "0.5", network = "eip155:31337")
		@GetMapping("/static/lab")
		String lab() {
			return goods();
		}

		@PaymentRequired(price = "0.05", maxTimeout = "60s")
		@GetMapping("/static/timeout-simple")
		String timeoutSimple() {
			return goods();
		}

		@PaymentRequired(price = "0.05", maxTimeout = "PT2M")
		@GetMapping("/static/timeout-iso")
		String timeoutIso() {
			return goods();
		}

		@PaymentRequired(price = "0.05", maxTimeout = "${test.timeout}")
		@GetMapping("/static/timeout-placeholder")
		String timeoutPlaceholder() {
			return goods();
		}

		@PaymentRequired(price = "0.05", maxTimeout = "10m")
		@GetMapping("/static/timeout-minutes")
		String timeoutMinutes() {
			return goods();
		}

		@PaymentRequired(price = "0.05", flow = PaymentFlow.UPFRONT)
		@GetMapping("/static/upfront")
		String upfront() {
			return "settled " + this.facilitator.settled();
		}

		@PaymentRequired(price = "#{T(java.math.BigDecimal).valueOf(T(Long).parseLong(#request.getParameter('n')), 2)}")
		@GetMapping("/dynamic/request")
		String request() {
			return goods();
		}

		@PaymentRequired(price = "#{#path['tier'] == 'gold' ? '0.05' : '0.01'}")
		@GetMapping("/dynamic/path/{tier}")
		String path() {
			return goods();
		}

		@PaymentRequired(price = "#{@tariff.price(#path['tier'])}")
		@GetMapping("/dynamic/bean/{tier}")
		String bean() {
			return goods();
		}

		@PaymentRequired(price = "#{@tariff.price('${test.tier}')}")
		@GetMapping("/dynamic/bean-placeholder")
		String beanPlaceholder() {
			return goods();
		}

		@PaymentRequired(price = "$0.1#{#request.getParameter('n')} USDC")
		@GetMapping("/dynamic/mixed")
		String mixed() {
			return goods();
		}

		@PaymentRequired(price = "@priceParameter")
		@GetMapping("/dynamic/resolver")
		String resolver() {
			return goods();
		}

		@PaymentRequired(price = "#{'free'}")
		@GetMapping("/dynamic/expression")
		String expression() {
			return goods();
		}

		@PaymentRequired(price = "@quoted")
		@GetMapping("/dynamic/quote")
		String quote() {
			return goods();
		}

		@PaymentRequired(price = "#{@tariff.fail()}")
		@GetMapping("/dynamic/throws")
		String throwing() {
			return goods();
		}

		@PaymentRequired(price = "#{null}")
		@GetMapping("/dynamic/null")
		String nothing() {
			return goods();
		}

		@PaymentRequired(price = "0.05", payTo = "@receiver")
		@GetMapping("/dynamic/pay-to")
		String payTo() {
			return goods();
		}

		@PaymentRequired(price = "1.5", asset = "@token")
		@GetMapping("/dynamic/asset")
		String asset() {
			return goods();
		}

		@RequestMapping({ "/routed/several", "/routed/methods", "/routed/tier/{tier}" })
		String routed() {
			return goods();
		}

	}

}
