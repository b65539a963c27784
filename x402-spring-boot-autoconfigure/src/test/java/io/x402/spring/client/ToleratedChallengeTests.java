/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Challenges that are not as the specification has them, and that official clients buy,
 * or whose readable part can be bought. What can not be read is skipped, never guessed.
 */
class ToleratedChallengeTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	static Stream<Case> bought() {
		Map<String, Object> offer = Offers.usdc(50_000);
		return Stream.of(accepts("a string among the offers", Arrays.asList("exact", offer)),
				accepts("null among the offers", Arrays.asList(null, offer)),
				accepts("a list and a number among the offers", Arrays.asList(List.of(offer), 7, offer)),
				accepts("an offer without a price first", List.of(without(offer, "amount"), offer)),
				accepts("an offer of an unknown kind first", List.of(Map.of("scheme", 1), offer)),
				accepts("maxTimeoutSeconds: 60.0", List.of(Offers.with(offer, "maxTimeoutSeconds", 60.0))),
				accepts("maxTimeoutSeconds: beyond 32 bits",
						List.of(Offers.with(offer, "maxTimeoutSeconds", 1L << 40))),
				accepts("extra: null", List.of(Offers.with(offer, "extra", null))),
				accepts("extra is missing", List.of(without(offer, "extra"))),
				accepts("members of extra are null",
						List.of(Offers.with(offer, "extra", map("name", null, "paymentFlow", null)))),
				accepts("members that nobody knows", List.of(Offers.with(offer, "colour", List.of(1, Map.of())))),
				accepts("a schema in an offer, 40 deep", List.of(Offers.with(offer, "outputSchema", deep(40)))),
				document("no resource and no error", without(without(document(), "resource"), "error")),
				document("resource: null, extensions: null",
						Offers.with(Offers.with(document(), "resource", null), "extensions", null)),
				document("resource is a text", Offers.with(document(), "resource", "https://shop.example/")),
				document("extensions are a list", Offers.with(document(), "extensions", List.of())),
				document("error is an object", Offers.with(document(), "error", Map.of())),
				document("a bazaar schema, 60 deep", Offers.with(document(), "extensions", Map.of("bazaar", deep(58)))),
				document("x402Version: 2.0", Offers.with(document(), "x402Version", 2.0)),
				text("a member twice", json(document()).replaceFirst("\\{", "{\"error\":\"a\",")),
				new Case("no padding", header(json(document())).replace("=", ""), "{}", null, "2"),
				new Case("a v1 document in the v2 header", header(Offers.bodyV1(50_000)), "{}", null, "1"),
				new Case("a broken header beside a v1 body", "!broken!", Offers.bodyV1(50_000), null, "1"),
				new Case("a header that is no JSON beside a v1 body", header("{"), Offers.bodyV1(50_000), null, "1"),
				new Case("a header without a readable offer beside a v1 body", header(json(Offers.document(List.of()))),
						Offers.bodyV1(50_000), null, "1"),
				new Case("a header of version 3 beside a v1 body",
						header(json(Offers.with(document(), "x402Version", 3))), Offers.bodyV1(50_000), null, "1"),
				new Case("both versions", header(json(document())), Offers.bodyV1(50_000), null, "2"),
				new Case("a v1 body compressed with gzip", null, Offers.bodyV1(50_000), "gzip", "1"),
				new Case("a v1 body compressed with deflate", null, Offers.bodyV1(50_000), "deflate", "1"),
				new Case("a v1 body with maxTimeoutSeconds: 60.0 and extra: null", null,
						v1("maxTimeoutSeconds", 60.0, "extra", null), null, "1"),
				new Case("a v1 body without description and mime type", null, v1("description", null, "mimeType", null),
						null, "1"),
				new Case("a v1 body with x402Version: 1.0", null,
						Offers.bodyV1(50_000).replace("\"x402Version\":1", "\"x402Version\":1.0"), null, "1"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("bought")
	void whenPartOfAChallengeCanBeReadThenItIsBought(Case challenge) throws IOException {
		for (ClientKind kind : List.of(ClientKind.REST_CLIENT, ClientKind.WEB_CLIENT)) {
			Buyers buyer = new Buyers();
			try (Shop shop = new Shop(challenge)) {
				assertThat(kind.client(buyer.payer()).get(shop.uri()).getBody()).isEqualTo("goods");
				assertThat(shop.paid).hasSize(1);
				assertThat(shop.paid.get(0).get("x402Version")).hasToString(challenge.version);
			}
		}
	}

	static Stream<Case> refused() {
		Map<String, Object> offer = Offers.usdc(50_000);
		return Stream.of(accepts("maxTimeoutSeconds: 60.5", List.of(Offers.with(offer, "maxTimeoutSeconds", 60.5))),
				accepts("maxTimeoutSeconds: 0", List.of(Offers.with(offer, "maxTimeoutSeconds", 0))),
				accepts("maxTimeoutSeconds: -60.0", List.of(Offers.with(offer, "maxTimeoutSeconds", -60.0))),
				accepts("maxTimeoutSeconds is a text", List.of(Offers.with(offer, "maxTimeoutSeconds", "60"))),
				text("maxTimeoutSeconds: 1e999999999",
						json(document()).replace("\"maxTimeoutSeconds\":60", "\"maxTimeoutSeconds\":1e999999999")),
				accepts("amount is a number", List.of(Offers.with(offer, "amount", 50_000))),
				accepts("amount: null", List.of(Offers.with(offer, "amount", null))),
				accepts("extra is a list", List.of(Offers.with(offer, "extra", List.of()))),
				accepts("nothing but texts", List.of("exact", "upto")),
				document("accepts is an object", Offers.with(document(), "accepts", offer)),
				document("no accepts", without(document(), "accepts")),
				text("JSON that goes on", json(document()) + "{}"),
				text("a schema, 200 deep", json(Offers.with(document(), "extensions", deep(200)))),
				new Case("base64 of nothing", "", "{}", null, "2"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refused")
	void whenNothingCanBeReadThenNothingIsSigned(Case challenge) throws IOException {
		for (ClientKind kind : List.of(ClientKind.REST_CLIENT, ClientKind.WEB_CLIENT)) {
			Buyers buyer = new Buyers();
			try (Shop shop = new Shop(challenge)) {
				assertThatExceptionOfType(PaymentRefusedException.class)
					.isThrownBy(() -> kind.client(buyer.payer()).get(shop.uri()))
					.satisfies((ex) -> assertThat(ex.reason()).isIn(RefusalReason.UNREADABLE_CHALLENGE,
							RefusalReason.UNREADABLE_OFFER));
				assertThat(buyer.signer.signatures()).isZero();
			}
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("echoed")
	void whenOfferIsPaidThenItIsRepeatedAsItWas(Case challenge) throws IOException {
		Buyers buyer = new Buyers();
		try (Shop shop = new Shop(challenge)) {
			ClientKind.REST_CLIENT.client(buyer.payer()).get(shop.uri());
			Map<?, ?> sent = JSON.readValue(Base64.getDecoder().decode(challenge.header), Map.class);
			assertThat(shop.paid.get(0).get("accepted")).isEqualTo(((List<?>) sent.get("accepts")).get(0));
			assertThat(shop.paid.get(0).get("extensions")).isEqualTo(sent.get("extensions"));
		}
	}

	static Stream<Case> echoed() {
		Map<String, Object> offer = Offers.usdc(50_000);
		return Stream.of(accepts("nothing special", List.of(offer)),
				accepts("null", List.of(Offers.with(offer, "extra", map("name", "USDC", "note", null)))),
				accepts("a list with null", List.of(Offers.with(offer, "list", Arrays.asList(null, 1, null)))),
				accepts("a fraction", List.of(Offers.with(offer, "rate", 0.25))),
				document("extensions", Offers.with(document(), "extensions", Map.of("bazaar", deep(30)))));
	}

	private static Map<String, Object> document() {
		return Offers.document(Offers.usdc(50_000));
	}

	private static Object deep(int depth) {
		Object schema = Map.of("type", "string");
		for (int i = 1; i < depth; i++) {
			schema = (i % 2 == 0) ? Map.of("properties", schema) : List.of(schema);
		}
		return Map.of("schema", schema);
	}

	private static Map<String, Object> without(Map<String, Object> object, String member) {
		Map<String, Object> changed = new LinkedHashMap<>(object);
		changed.remove(member);
		return changed;
	}

	private static Map<String, Object> map(Object... members) {
		Map<String, Object> map = new LinkedHashMap<>();
		for (int i = 0; i < members.length; i += 2) {
			map.put((String) members[i], members[i + 1]);
		}
		return map;
	}

	@SuppressWarnings("unchecked")
	private static String v1(Object... changes) {
		Map<String, Object> document = JSON.readValue(Offers.bodyV1(50_000), Map.class);
		((List<Map<String, Object>>) document.get("accepts")).get(0).putAll(map(changes));
		return json(document);
	}

	private static Case accepts(String name, List<?> accepts) {
		return document(name, Offers.with(document(), "accepts", accepts));
	}

	private static Case document(String name, Map<String, Object> document) {
		return text(name, json(document));
	}

	private static Case text(String name, String json) {
		return new Case(name, header(json), "{}", null, "2");
	}

	private static String json(Object value) {
		return JSON.writeValueAsString(value);
	}

	private static String header(String json) {
		return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * A challenge.
	 *
	 * @param name what is special about it
	 * @param header its v2 header, or {@code null}
	 * @param body its body
	 * @param encoding how the body is compressed, or {@code null}
	 * @param version version that is paid in
	 */
	record Case(String name, String header, String body, String encoding, String version) {

		byte[] bytes() {
			byte[] plain = this.body.getBytes(StandardCharsets.UTF_8);
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			try (var out = (this.encoding == null) ? bytes
					: this.encoding.equals("gzip") ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
				out.write(plain);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return bytes.toByteArray();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * Sells to everybody who sends a payment.
	 */
	private static final class Shop implements AutoCloseable {

		private final List<Map<?, ?>> paid = new ArrayList<>();

		private final HttpServer server;

		Shop(Case challenge) throws IOException {
			this.server = HttpServer
				.create(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
			this.server.createContext("/", (exchange) -> {
				String v2 = exchange.getRequestHeaders().getFirst("PAYMENT-SIGNATURE");
				String payment = (v2 != null) ? v2 : exchange.getRequestHeaders().getFirst("X-PAYMENT");
				byte[] body = (payment != null) ? "goods".getBytes(StandardCharsets.UTF_8) : challenge.bytes();
				if (payment != null) {
					this.paid.add(JSON.readValue(Base64.getDecoder().decode(payment), Map.class));
				}
				else if (challenge.header != null) {
					exchange.getResponseHeaders().set("PAYMENT-REQUIRED", challenge.header);
				}
				if (payment == null && challenge.encoding != null) {
					exchange.getResponseHeaders().set("Content-Encoding", challenge.encoding);
				}
				exchange.sendResponseHeaders((payment != null) ? 200 : 402, body.length);
				exchange.getResponseBody().write(body);
				exchange.close();
			});
			this.server.start();
		}

		java.net.URI uri() {
			return java.net.URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + "/");
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

}
