/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RoutePricingTests {

	private static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	@ParameterizedTest
	@CsvSource({ "/docs/a, 1", "/docs/a/, 1", "/docs//a, 1", "/%64ocs/a, 1", "/docs/x/../a, 1", "/docs/./a, 1",
			"/docs;v=1/a;w=2, 1", "/docs%252Fa, 1", "/%2564ocs/a, 1", "/docs/a%2525, 0", "/docs%3Bv=1/a, 1",
			"/docs%2Fa, 1", "/docs%5Ca, 1", "/x/%2e%2e/docs/a, 1", "/docs/a/., 1", "/docs/b, 0", "/docs, 0",
			"/DOCS/a, 0", "/docs/aa, 0", "/docs/%61%61, 0", "/, 0" })
	void whenPathIsMatchedThenEverySpellingCounts(String path, int amount) {
		assertThat(amount("GET", path, route("/docs/a", "1"))).isEqualTo(amount);
	}

	@ParameterizedTest
	@CsvSource({ "/a/b, 1", "/a/c, 2", "/a/b/c, 2", "/a, 2" })
	void whenSeveralRoutesMatchThenTheFirstCounts(String path, int amount) {
		assertThat(amount("GET", path, route("/a/b", "1"), route("/a/**", "2"), route("/a/c", "3"))).isEqualTo(amount);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a/free/../paid", "/a/free/%2e%2e/paid", "/a/free%2F..%2Fpaid", "/a/free\\..\\paid",
			"/a/free/..;/paid", "/a//free/../paid", "/a/free/%252e%252e/paid", "/a/free/..%252fpaid",
			"/a/free/%25252e%25252e%25252Fpaid", "/a/free/..%253B/paid", "/a/free/..%255Cpaid" })
	void whenSpellingIsFreeInOneReadingThenTheOtherIsPaid(String path) {
		assertThat(amount("GET", path, route("/a/free/**", "free"), route("/a/**", "1"))).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a/cheap/../dear", "/a/cheap/%2e%2e/dear", "/a/dear/%2e%2e/cheap/x",
			"/a/cheap/%252e%252e/dear" })
	void whenReadingsHaveDifferentPricesThenIsNotSold(String path) {
		HandlerPricing pricing = pricing(route("/a/cheap/**", "1"), route("/a/**", "2"));
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> find(pricing, "GET", path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a/x%2F..%2Fgold", "/a/x%5C..%5Cgold", "/a/gold%3Bx" })
	void whenReadingsHaveDifferentVariablesThenDynamicPriceIsNotTold(String path) {
		HandlerPricing dynamic = pricing(route("/a/{tier}", "#{#path['tier'] == 'gold' ? '2' : '1'}"));
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> find(dynamic, "GET", path));
		assertThat(amount("GET", path, route("/a/{tier}", "1"))).isOne();
	}

	@Test
	void whenRouteMatchesThenItsVariablesAreKnown() {
		AtomicReference<PricingRequest> seen = new AtomicReference<>();
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerSingleton("tariff", (PaymentValueResolver) (request) -> {
			seen.set(request);
			return "1";
		});
		HandlerPricing pricing = HandlerPricing.builder(Offers.NETWORKS, beans, Offers.CODEC)
			.payTo(PAY_TO)
			.networks(List.of("base-sepolia"))
			.routes(List.of(route("/a/{tier}/{*rest}", "@tariff")), new PathPatternParser())
			.build();
		PricedRequest priced = pricing.find(new PlainRequest("GET", PathContainer.parsePath("/a/g%6Fld;x=1/b"),
				Map.of("tier", "of the handler", "id", "7")), new Object());
		assertThat(priced).isNotNull();
		assertThat(priced.offers("https://api.example.com/a")).isNotNull();
		assertThat(seen.get().pathVariables()).isEqualTo(Map.of("tier", "gold", "rest", "/b", "id", "7"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a/%", "/a/%zz", "/a/%2", "/a/b%", "/%/%zz/../a/b", "/a/b;x=%zz" })
	void whenPathCannotBeDecodedThenHasNoPriceButAnError(String path) {
		HandlerPricing pricing = pricing(route("/a/b", "1"));
		assertThatIllegalArgumentException().isThrownBy(() -> find(pricing, "GET", path));
	}

	@Test
	void whenNameHoldsWhatHasAMeaningInPathsThenRouteCanNameIt() {
		for (String name : new String[] { "a;b", "a%b", "100%", "a b" }) {
			HandlerPricing pricing = pricing(route("/files/" + name, "1"));
			String encoded = name.replace("%", "%25").replace(";", "%3B").replace(" ", "%20");
			assertThat(find(pricing, "GET", "/files/" + encoded)).as(name).isNotNull();
			assertThat(find(pricing, "GET", "//files/./" + encoded)).as(name).isNotNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "GET, 1", "HEAD, 1", "POST, 0", "OPTIONS, 0", "DELETE, 0", "get, 1", "FOO, 1", "PROPFIND, 1" })
	void whenRouteNamesGetThenHeadAndUnknownMethodsAreIncluded(String method, int amount) {
		PaymentRoute route = new PaymentRoute("/a", Set.of(HttpMethod.GET), List.of(offer("1")));
		assertThat(amount(method, "/a", route)).isEqualTo(amount);
	}

	@Test
	void whenThereAreNoRoutesThenNothingIsPriced() {
		assertThat(amount("GET", "/a")).isZero();
	}

	@Test
	void whenPatternHasNoSlashAtTheBeginningThenGetsOne() {
		assertThat(amount("GET", "/a/b", route("a/*", "1"))).isOne();
	}

	@Test
	void whenRequestHasNoPathThenNoRoutePricesIt() {
		HandlerPricing pricing = pricing(route("/**", "1"));
		assertThat(pricing.find(new PlainRequest("GET", null, Map.of()), new Object())).isNull();
	}

	private static int amount(String method, String path, PaymentRoute... routes) {
		PricedRequest priced = find(pricing(routes), method, path);
		return (priced == null) ? 0
				: priced.pricing()
					.staticOffers()
					.stream()
					.map(PaymentRequirements::amount)
					.findFirst()
					.orElseThrow()
					.intValue() / 1_000_000;
	}

	private static @Nullable PricedRequest find(HandlerPricing pricing, String method, String path) {
		return pricing.find(PlainRequest.of(method, path), new Object());
	}

	private static HandlerPricing pricing(PaymentRoute... routes) {
		return Offers.pricing(PAY_TO, "base-sepolia", 6144)
			.routes(Arrays.asList(routes), new PathPatternParser())
			.build();
	}

	private static PaymentRoute route(String pattern, String price) {
		return new PaymentRoute(pattern, Set.of(), List.of(offer(price)));
	}

	private static OfferDefinition offer(String price) {
		return OfferDefinition.price(price).build();
	}

}
