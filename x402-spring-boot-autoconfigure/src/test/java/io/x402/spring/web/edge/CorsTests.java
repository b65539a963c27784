/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Browser buyers may send payments and read offers and receipts wherever the application
 * lets their origin in, in whichever way it does that, and nowhere else.
 */
class CorsTests {

	private static final String SHOP = "Origin: https://shop.example\r\n";

	private static final String EVIL = "Origin: https://evil.example\r\n";

	/** What the official browser buyers make the browser ask for. */
	private static final String PREFLIGHT = "Access-Control-Request-Method: GET\r\n"
			+ "Access-Control-Request-Headers: access-control-expose-headers,payment-signature,"
			+ "accept-payment,payment-authorization\r\n";

	@Nested
	@EdgeTest
	class OfSpringMvc extends Exchange {

		@ParameterizedTest
		@ValueSource(strings = { "/cors/annotated", "/cors/mapped" })
		void whenOriginIsLetInThenItCanBuy(String path) throws IOException {
			assertBuys(path);
			assertThat(values(get(path, SHOP), "Access-Control-Expose-Headers")).contains("x-own");
		}

		@ParameterizedTest
		@ValueSource(strings = { "/cors/annotated", "/cors/mapped" })
		void whenOriginIsNotLetInThenNothingIsAdded(String path) throws IOException {
			assertRefuses(path);
		}

		@Test
		void whenApplicationHasNoCorsThenNothingIsAdded() throws IOException {
			assertThat(preflight("/plain", SHOP + PREFLIGHT)).doesNotContainIgnoringCase("Access-Control-");
			assertThat(get("/plain", SHOP)).doesNotContainIgnoringCase("Access-Control-");
			assertThat(get("/plain", "")).doesNotContainIgnoringCase("Access-Control-");
		}

		@Test
		void whenPreflightAsksForMoreThenApplicationDecides() throws IOException {
			String answer = preflight("/cors/mapped", SHOP + "Access-Control-Request-Method: POST\r\n"
					+ "Access-Control-Request-Headers: content-type, PAYMENT-SIGNATURE , x-payment\r\n");
			assertThat(answer).startsWith("HTTP/1.1 200");
			assertThat(values(answer, "Access-Control-Allow-Headers")).contains("content-type", "payment-signature",
					"x-payment");
			assertThat(preflight("/cors/mapped",
					SHOP + "Access-Control-Request-Method: DELETE\r\n"
							+ "Access-Control-Request-Headers: payment-signature\r\n"))
				.startsWith("HTTP/1.1 403")
				.doesNotContainIgnoringCase("Access-Control-Allow-Headers");
		}

		@Test
		void whenPreflightAsksForNoHeaderOfPaymentsThenNoneIsAllowed() throws IOException {
			String answer = preflight("/cors/mapped", SHOP + "Access-Control-Request-Method: GET\r\n"
					+ "Access-Control-Request-Headers: content-type\r\n");
			assertThat(values(answer, "Access-Control-Allow-Headers")).containsExactly("content-type");
		}

		@Test
		void whenRequestIsOfTheSameOriginThenNothingIsAdded() throws IOException {
			assertThat(get("/cors/mapped", "Origin: http://localhost:" + port() + "\r\n"))
				.doesNotContainIgnoringCase("\nAccess-Control-");
		}

	}

	@Nested
	@SpringBootTest(classes = FilteredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO })
	class OfFilter extends Exchange {

		@Test
		void whenOriginIsLetInThenItCanBuy() throws IOException {
			assertBuys("/plain");
		}

		@Test
		void whenOriginIsNotLetInThenNothingIsAdded() throws IOException {
			assertRefuses("/plain");
		}

	}

	@Nested
	@SpringBootTest(classes = SecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.PAY_TO })
	class OfSecurity extends Exchange {

		@Test
		void whenOriginIsLetInThenItCanBuy() throws IOException {
			assertBuys("/plain");
		}

		@Test
		void whenOriginIsNotLetInThenNothingIsAdded() throws IOException {
			assertRefuses("/plain");
		}

	}

	abstract static class Exchange {

		@LocalServerPort
		private int port;

		int port() {
			return this.port;
		}

		void assertBuys(String path) throws IOException {
			String preflight = preflight(path, SHOP + PREFLIGHT);
			assertThat(preflight).startsWith("HTTP/1.1 200");
			assertThat(values(preflight, "Access-Control-Allow-Origin")).containsExactly("https://shop.example");
			assertThat(values(preflight, "Access-Control-Allow-Methods")).contains("get");
			assertThat(values(preflight, "Access-Control-Allow-Headers")).contains("payment-signature",
					"access-control-expose-headers", "accept-payment", "payment-authorization");
			String unpaid = get(path, SHOP + "Access-Control-Expose-Headers: PAYMENT-REQUIRED\r\n");
			assertThat(unpaid).startsWith("HTTP/1.1 402");
			assertExposes(unpaid);
			String paid = get(path, SHOP + "PAYMENT-SIGNATURE: " + pay(unpaid) + "\r\n");
			assertThat(paid).startsWith("HTTP/1.1 200").contains("goods", "PAYMENT-RESPONSE: ");
			assertExposes(paid);
			assertExposes(get(path, SHOP + "PAYMENT-SIGNATURE: e30=\r\n"));
		}

		void assertRefuses(String path) throws IOException {
			assertThat(preflight(path, EVIL + PREFLIGHT)).startsWith("HTTP/1.1 403")
				.doesNotContainIgnoringCase("Access-Control-Allow-Origin")
				.doesNotContainIgnoringCase("Access-Control-Allow-Headers");
			assertThat(get(path, EVIL)).doesNotContainIgnoringCase("Access-Control-Allow-Origin")
				.doesNotContainIgnoringCase("Access-Control-Expose-Headers");
		}

		String get(String path, String headers) throws IOException {
			return RawConnection.get(this.port, path, headers);
		}

		String preflight(String path, String headers) throws IOException {
			return RawConnection.send(this.port, "OPTIONS", path, headers);
		}

		private static void assertExposes(String answer) {
			assertThat(values(answer, "Access-Control-Allow-Origin")).containsExactly("https://shop.example");
			assertThat(values(answer, "Access-Control-Expose-Headers")).contains("payment-required", "payment-response",
					"x-payment-response", "www-authenticate", "payment-receipt", "retry-after");
			assertThat(values(answer, "Access-Control-Expose-Headers")).doesNotHaveDuplicates();
		}

		static List<String> values(String answer, String name) {
			return answer.lines()
				.takeWhile((line) -> !line.isEmpty())
				.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
				.flatMap((line) -> Arrays.stream(line.substring(name.length() + 1).split(",")))
				.map((value) -> value.trim().toLowerCase(Locale.ROOT))
				.toList();
		}

		private static String pay(String unpaid) {
			String header = unpaid.lines()
				.filter((line) -> line.startsWith("PAYMENT-REQUIRED: "))
				.findFirst()
				.orElseThrow()
				.substring("PAYMENT-REQUIRED: ".length());
			return new Buyer().pay(new PaymentCodec().decode(header, PaymentRequiredDocument.class).accepts().get(0));
		}

	}

	private static CorsConfigurationSource onlyTheShop() {
		CorsConfiguration configuration = new CorsConfiguration();
		configuration.setAllowedOrigins(List.of("https://shop.example"));
		configuration.setAllowedMethods(List.of("GET"));
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.registerCorsConfiguration("/**", configuration);
		return source;
	}

	static class FilteredShop extends EdgeShop {

		@Bean
		CorsFilter corsFilter() {
			return new CorsFilter(onlyTheShop());
		}

	}

	static class SecuredShop extends EdgeShop {

		@Bean
		CorsConfigurationSource corsConfigurationSource() {
			return onlyTheShop();
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.cors(Customizer.withDefaults())
				.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.build();
		}

	}

}
