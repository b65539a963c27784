/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CoinbaseTokens} against a server that checks tokens as Coinbase does.
 */
class CoinbaseTokensTests {

	private static final String KEY_ID = "organizations/1/apiKeys/2";

	private static final JsonMapper JSON = new JsonMapper();

	private final List<JsonNode> headers = new CopyOnWriteArrayList<>();

	private final List<String> refusals = new CopyOnWriteArrayList<>();

	private HttpServer server;

	private KeyPair keys;

	private Kind kind;

	@BeforeEach
	void start() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/platform/v2/x402", this::handle);
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@ParameterizedTest
	@EnumSource
	void whenKeyIsGivenThenEveryCallIsAuthenticatedForItself(Kind kind) throws Exception {
		use(kind);
		HttpFacilitator facilitator = facilitator(Clock.systemUTC());
		assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Valid.class);
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(SettlementOutcome.Settled.class);
		assertThat(facilitator.supported().kinds()).isEmpty();
		assertThat(this.refusals).isEmpty();
		Set<String> nonces = new HashSet<>();
		this.headers.forEach((header) -> nonces.add(header.get("nonce").asString()));
		assertThat(nonces).hasSize(3).allMatch((nonce) -> nonce.matches("[0-9a-f]{32}"));
	}

	@ParameterizedTest
	@ValueSource(longs = { -121, 121 })
	void whenClockIsWrongThenTokenIsRefusedAndFacilitatorIsUnavailable(long drift) throws Exception {
		use(Kind.ED25519);
		Clock wrong = Clock.fixed(Instant.now().plusSeconds(drift), ZoneOffset.UTC);
		assertThat(facilitator(wrong).verify(FacilitatorRequests.v2())).isInstanceOfSatisfying(Unavailable.class,
				(unavailable) -> assertThat(unavailable.detail()).contains("401"));
		assertThat(this.refusals).hasSize(1);
	}

	@Test
	void whenTokenIsForAnotherCallThenItIsRefused() throws Exception {
		use(Kind.ED25519);
		CoinbaseTokens honest = authentication(Clock.systemUTC());
		FacilitatorAuthentication reusing = (call) -> honest
			.headers(new FacilitatorCall(call.method(), call.uri().resolve("other")));
		HttpFacilitator facilitator = facilitator(reusing);
		assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		assertThat(this.refusals).containsExactly("uris");
	}

	@ParameterizedTest
	@EnumSource
	void whenShownThenNothingOfTheKeyIs(Kind kind) throws Exception {
		use(kind);
		String text = authentication(Clock.systemUTC()).toString() + TokenKey.parse(kind.secret(this.keys));
		assertThat(text).isEqualTo("CoinbaseTokens[" + kind.algorithm + "]TokenKey[" + kind.algorithm + "]");
	}

	@Test
	void whenLineBreaksAreEscapedThenKeyIsReadAllTheSame() throws Exception {
		use(Kind.P256);
		String secret = Kind.P256.secret(this.keys);
		assertThat(TokenKey.parse(secret.replace("\n", "\\n")).algorithm()).isEqualTo("ES256");
	}

	static List<String> wrongSecrets() throws GeneralSecurityException {
		byte[] mixed = Base64.getDecoder().decode(Kind.ED25519.secret(Kind.ED25519.generate()));
		mixed[40] ^= 1;
		KeyPairGenerator otherCurve = KeyPairGenerator.getInstance("EC");
		otherCurve.initialize(new ECGenParameterSpec("secp384r1"));
		return List.of("", "hunter2", "AAAA", Base64.getEncoder().encodeToString(mixed),
				"-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
				Kind.pem("PRIVATE KEY", otherCurve.generateKeyPair().getPrivate().getEncoded()));
	}

	@ParameterizedTest
	@MethodSource("wrongSecrets")
	void whenSecretIsNoKeyThenMessageDoesNotRepeatIt(String secret) {
		assertThatIllegalArgumentException().isThrownBy(() -> new CoinbaseTokens(KEY_ID, secret, Clock.systemUTC()))
			.withMessageContaining("Ed25519")
			.withMessageNotContaining("hunter2")
			.withNoCause();
	}

	private void use(Kind kind) throws GeneralSecurityException {
		this.kind = kind;
		this.keys = kind.generate();
	}

	private CoinbaseTokens authentication(Clock clock) {
		return new CoinbaseTokens(KEY_ID, this.kind.secret(this.keys), clock);
	}

	private HttpFacilitator facilitator(Clock clock) {
		return facilitator(authentication(clock)::headers);
	}

	private HttpFacilitator facilitator(FacilitatorAuthentication authentication) {
		WebClient client = WebClient.builder().clientConnector(new JdkClientHttpConnector()).build();
		return new HttpFacilitator(() -> client, new PaymentCodec(),
				HttpFacilitatorSettings
					.of("http://localhost:" + this.server.getAddress().getPort() + "/platform/v2/x402"),
				authentication, ResilienceSettings.none());
	}

	private void handle(HttpExchange exchange) {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			String refusal = check(exchange);
			if (refusal != null) {
				this.refusals.add(refusal);
			}
			byte[] body = ((refusal != null) ? "{\"error\":\"unauthorized\"}"
					: "{\"isValid\":true,\"success\":true,\"transaction\":\"0x01\",\"network\":\"eip155:84532\","
							+ "\"kinds\":[]}")
				.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders((refusal != null) ? 401 : 200, body.length);
			exchange.getResponseBody().write(body);
		}
		catch (Exception ex) {
			this.refusals.add(ex.toString());
		}
	}

	/**
	 * Check a token as Coinbase does.
	 * @return what is wrong, or {@code null}
	 */
	private String check(HttpExchange exchange) throws GeneralSecurityException {
		String authorization = exchange.getRequestHeaders().getFirst("Authorization");
		String[] parts = authorization.substring("Bearer ".length()).split("\\.", -1);
		Base64.Decoder base64 = Base64.getUrlDecoder();
		JsonNode header = JSON.readTree(base64.decode(parts[0]));
		JsonNode claims = JSON.readTree(base64.decode(parts[1]));
		this.headers.add(header);
		Signature signature = Signature.getInstance(this.kind.signature);
		signature.initVerify(this.keys.getPublic());
		signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
		if (!signature.verify(base64.decode(parts[2])) || authorization.contains("=")) {
			return "signature";
		}
		if (!header.get("alg").asString().equals(this.kind.algorithm) || !header.get("typ").asString().equals("JWT")
				|| !header.get("kid").asString().equals(KEY_ID)) {
			return "header";
		}
		if (!claims.get("sub").asString().equals(KEY_ID) || !claims.get("iss").asString().equals("cdp")
				|| claims.has("aud") || claims.size() != 6) {
			return "claims";
		}
		String uri = exchange.getRequestMethod() + " localhost:" + this.server.getAddress().getPort()
				+ exchange.getRequestURI().getPath();
		if (claims.get("uris").size() != 1 || !claims.get("uris").get(0).asString().equals(uri)) {
			return "uris";
		}
		long now = Instant.now().getEpochSecond();
		long issued = claims.get("iat").asLong();
		boolean inTime = claims.get("nbf").asLong() == issued && claims.get("exp").asLong() == issued + 120
				&& issued <= now && now < issued + 120;
		return inTime ? null : "time";
	}

	private enum Kind {

		ED25519("EdDSA", "Ed25519"), P256("ES256", "SHA256withECDSAinP1363Format"),
		P256_SEC1("ES256", "SHA256withECDSAinP1363Format");

		private final String algorithm;

		private final String signature;

		Kind(String algorithm, String signature) {
			this.algorithm = algorithm;
			this.signature = signature;
		}

		KeyPair generate() throws GeneralSecurityException {
			if (this == ED25519) {
				return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
			}
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			return generator.generateKeyPair();
		}

		String secret(KeyPair keys) {
			byte[] encoded = keys.getPrivate().getEncoded();
			return switch (this) {
				case ED25519 -> Base64.getEncoder()
					.encodeToString(join(Arrays.copyOfRange(encoded, 16, 48), raw(keys.getPublic())));
				case P256 -> pem("PRIVATE KEY", encoded);
				case P256_SEC1 -> pem("EC PRIVATE KEY", Arrays.copyOfRange(encoded, sec1(encoded), encoded.length));
			};
		}

		static String pem(String label, byte[] der) {
			return "-----BEGIN " + label + "-----\n"
					+ Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(der) + "\n-----END " + label
					+ "-----\n";
		}

		/** The octet string at the end of PKCS#8 is the SEC1 form. */
		private static int sec1(byte[] pkcs8) {
			List<Integer> places = new ArrayList<>();
			for (int i = 0; i < pkcs8.length - 2; i++) {
				if (pkcs8[i] == 0x04 && (pkcs8[i + 1] & 0xff) == pkcs8.length - i - 2 && pkcs8[i + 2] == 0x30) {
					places.add(i + 2);
				}
			}
			return places.get(0);
		}

		private static byte[] raw(PublicKey key) {
			byte[] encoded = key.getEncoded();
			return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
		}

		private static byte[] join(byte[] first, byte[] second) {
			byte[] both = Arrays.copyOf(first, first.length + second.length);
			System.arraycopy(second, 0, both, first.length, second.length);
			return both;
		}

	}

}
