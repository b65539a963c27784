/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a site says about itself: who owns it, and what language models read.
 */
class SiteDocumentsTests {

	private static final PrivateKeySigner SELLER = new PrivateKeySigner("0x" + "1".repeat(64));

	private static final PrivateKeySigner OTHER = new PrivateKeySigner("0x" + "2".repeat(64));

	private static final String ORIGIN = "https://shop.example";

	private static final JsonMapper MAPPER = new JsonMapper();

	@Test
	void whenTheKeyOfARecipientIsThereThenItSignsTheOriginOnce() throws Exception {
		try (ConfigurableApplicationContext shop = start("x402.base-url=https://SHOP.example/api")) {
			JsonNode proofs = json(shop, "/.well-known/x402").path("ownershipProofs");
			assertThat(proofs).hasSize(1);
			assertThat(PersonalMessage.isSignedBy(SELLER.address(), ORIGIN, proofs.path(0).asString())).isTrue();
			assertThat(json(shop, "/openapi.json").path("x-discovery").path("ownershipProofs")).isEqualTo(proofs);
			assertThat(shop.getBean("sellerKey", CountingSigner.class).signed).hasSize(1);
			assertThat(shop.getBean("otherKey", CountingSigner.class).signed).isEmpty();
		}
	}

	@Test
	void whenTheOriginIsOnlyThatOfTheRequestThenNothingIsSigned() throws Exception {
		try (ConfigurableApplicationContext shop = start()) {
			assertThat(json(shop, "/.well-known/x402").has("ownershipProofs")).isFalse();
			assertThat(json(shop, "/openapi.json").has("x-discovery")).isFalse();
			assertThat(shop.getBean("sellerKey", CountingSigner.class).signed).isEmpty();
		}
	}

	@Test
	void whenAProofWasSignedElsewhereThenItIsListedAndTheKeyRests() throws Exception {
		String proof = "0x" + HexFormat.of().formatHex(SELLER.sign(PersonalMessage.digest(ORIGIN)));
		String onSolana = "3".repeat(87);
		try (ConfigurableApplicationContext shop = start("x402.base-url=" + ORIGIN,
				"x402.discovery.ownership-proofs=" + proof + "," + onSolana)) {
			assertThat(json(shop, "/.well-known/x402").path("ownershipProofs").toString())
				.isEqualTo("[\"" + proof + "\",\"" + onSolana + "\"]");
			assertThat(shop.getBean("sellerKey", CountingSigner.class).signed).isEmpty();
		}
	}

	@Test
	void whenTheKeyFailsThenTheDocumentsAreServedAndItIsAskedAgain() throws Exception {
		try (ConfigurableApplicationContext shop = start("x402.base-url=" + ORIGIN)) {
			CountingSigner key = shop.getBean("sellerKey", CountingSigner.class);
			key.failing = true;
			assertThat(json(shop, "/.well-known/x402").path("resources")).isNotEmpty();
			key.failing = false;
			assertThat(json(shop, "/.well-known/x402").path("ownershipProofs")).hasSize(1);
		}
	}

	@Test
	void whenAProofIsNoSignatureThenTheApplicationDoesNotStart() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> start("x402.discovery.ownership-proofs=0x1234").close())
			.havingRootCause()
			.withMessageContaining("x402.discovery.ownership-proofs");
	}

	@Test
	void whenTheTextForModelsIsEnabledThenItListsWhatIsPaid() throws Exception {
		try (ConfigurableApplicationContext shop = start("x402.discovery.llms-text=true", "x402.base-url=" + ORIGIN,
				"x402.discovery.service-name=Forecasts")) {
			HttpResponse<String> response = send(shop, "/llms.txt");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("Content-Type"))
				.hasValueSatisfying((type) -> assertThat(type).isEqualToIgnoringCase("text/plain;charset=UTF-8"));
			assertThat(response.body()).startsWith("# Forecasts\n")
				.contains("\n- [POST /ask](https://shop.example/ask): $0.05\n",
						"\n- [GET /forecast/{city}/{days}](https://shop.example/forecast/city/days): $0.05\n")
				.doesNotContain("hidden", "*");
			JsonNode openApi = json(shop, "/openapi.json");
			assertThat(openApi.path("components").path("securitySchemes").path("x402").path("name").asString())
				.isEqualTo("PAYMENT-SIGNATURE");
			assertThat(openApi.path("paths").toString()).doesNotContain("\"security\"");
			assertThat(openApi.path("x-discovery").path("llmsTxtUrl").asString()).isEqualTo(ORIGIN + "/llms.txt");
			assertThat(openApi.path("x-service-info").path("docs").path("llms").asString())
				.isEqualTo(ORIGIN + "/llms.txt");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/.well-known/x402", "/openapi.json", "/llms.txt" })
	void whenADocumentNamesTheHostOfTheRequestThenNoCacheKeepsIt(String path) throws Exception {
		try (ConfigurableApplicationContext shop = start("x402.discovery.llms-text=true")) {
			HttpResponse<String> response = send(shop, path);
			assertThat(response.body()).contains("http://127.0.0.1:");
			assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
		}
		try (ConfigurableApplicationContext shop = start("x402.discovery.llms-text=true", "x402.base-url=" + ORIGIN)) {
			assertThat(send(shop, path).headers().allValues("Cache-Control")).isEmpty();
		}
	}

	@Test
	void whenTheTextForModelsIsNotEnabledThenTheApplicationHasThePathForItself() throws Exception {
		try (ConfigurableApplicationContext shop = start()) {
			assertThat(send(shop, "/llms.txt").statusCode()).isEqualTo(404);
		}
	}

	private static ConfigurableApplicationContext start(String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "x402.pay-to=" + SELLER.address(),
				"x402.facilitator.type=simulated", "x402.discovery.documents=true"));
		all.addAll(Arrays.asList(properties));
		return new SpringApplicationBuilder(DeclarationTests.Shop.class, Keys.class)
			.properties(all.toArray(String[]::new))
			.run();
	}

	private static JsonNode json(ConfigurableApplicationContext shop, String path) throws Exception {
		return MAPPER.readTree(send(shop, path).body());
	}

	private static HttpResponse<String> send(ConfigurableApplicationContext shop, String path) throws Exception {
		String port = shop.getEnvironment().getRequiredProperty("local.server.port");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	static class Keys {

		@Bean
		CountingSigner sellerKey() {
			return new CountingSigner(SELLER);
		}

		@Bean
		CountingSigner otherKey() {
			return new CountingSigner(OTHER);
		}

	}

	static final class CountingSigner implements Signer {

		private final Signer signer;

		private final List<byte[]> signed = new ArrayList<>();

		private boolean failing;

		CountingSigner(Signer signer) {
			this.signer = signer;
		}

		@Override
		public String address() {
			return this.signer.address();
		}

		@Override
		public byte[] sign(byte[] digest) {
			if (this.failing) {
				throw new IllegalStateException("The key management service does not respond");
			}
			this.signed.add(digest);
			return this.signer.sign(digest);
		}

	}

}
