/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.FailoverFacilitator;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.facilitator.http.FacilitatorAuthentication;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SupportedResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How remote facilitators are configured, and what the application knows about them.
 */
class RemoteFacilitatorTests {

	private static final String KINDS = """
			{"kinds":[{"x402Version":2,"scheme":"exact","network":"eip155:84532"}]}""";

	private final ApplicationContextRunner runner = Startup.engine()
		.withConfiguration(AutoConfigurations.of(WebClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
				X402FacilitatorHealthAutoConfiguration.class, ClassUtils
					.resolveClassName("io.x402.spring.autoconfigure.actuate.X402SanitizingAutoConfiguration", null)));

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final List<String> upgrades = new CopyOnWriteArrayList<>();

	private volatile int status = 200;

	private volatile String kinds = KINDS;

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			exchange.getRequestBody().readAllBytes();
			String path = exchange.getRequestURI().toString();
			this.upgrades.addAll(exchange.getRequestHeaders().getOrDefault("Upgrade", List.of()));
			this.requests.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
			byte[] body = (path.endsWith("/supported") ? this.kinds
					: "{\"isValid\":true,\"success\":true,\"transaction\":\"0x01\",\"network\":\"eip155:84532\"}")
				.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(path.startsWith("/first") ? this.status : 200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void whenTokenIsConfiguredThenItIsSent() {
		this.runner.withPropertyValues(url("/first"), "x402.facilitator.auth.bearer-token=hunter2").run((context) -> {
			context.getBean(Facilitator.class).supported();
			assertThat(this.requests).containsExactly("/first/supported Bearer hunter2");
		});
	}

	@Test
	void whenManyReadWhatIsSupportedThenEachFacilitatorIsAskedOnce() {
		this.runner.withPropertyValues(url("/first"), "x402.facilitator.fallbacks[0].url=" + uri("/second"))
			.run((context) -> {
				SupportedKinds kinds = context.getBean(SupportedKinds.class);
				SupportedResponse supported = kinds.get();
				assertThat(context.getBean(Facilitator.class).supported()).isSameAs(supported);
				assertThat(kinds.known()).isSameAs(supported);
				context.getBean(HealthIndicator.class).health();
				assertThat(this.requests).containsExactly("/first/supported null", "/second/supported null");
			});
	}

	@Test
	void whenFacilitatorIsCalledThenNoUpgradeIsOffered() {
		this.runner.withPropertyValues(url("/first")).run((context) -> {
			assertThat(context.getBean(Facilitator.class).verify(request())).isInstanceOf(Valid.class);
			assertThat(context.getBean(Facilitator.class).settle(request())).isInstanceOf(Settled.class);
			assertThat(this.upgrades).isEmpty();
		});
	}

	@Test
	void whenPasswordIsConfiguredThenItIsSent() {
		this.runner
			.withPropertyValues(url("/first"), "x402.facilitator.auth.basic.username=shop",
					"x402.facilitator.auth.basic.password=hunter2")
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(this.requests).containsExactly("/first/supported Basic c2hvcDpodW50ZXIy");
			});
	}

	@Test
	void whenKeyOfCoinbaseIsConfiguredThenTokenIsSignedWithIt() throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
		generator.initialize(new ECGenParameterSpec("secp256r1"));
		byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
		this.runner
			.withPropertyValues(url("/first"), "x402.facilitator.auth.coinbase.key-id=key",
					"x402.facilitator.auth.coinbase.key-secret=-----BEGIN PRIVATE KEY-----\\n"
							+ Base64.getEncoder().encodeToString(encoded) + "\\n-----END PRIVATE KEY-----")
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(this.requests).singleElement()
					.asString()
					.matches("/first/supported Bearer [\\w-]+\\.[\\w-]+\\.[\\w-]{86}");
			});
	}

	@Test
	void whenAuthenticationIsABeanThenItWinsAndIsNotForFallbacks() {
		this.status = 503;
		this.runner.withBean(FacilitatorAuthentication.class, () -> FacilitatorAuthentication.bearer(() -> "from-bean"))
			.withPropertyValues(url("/first"), "x402.facilitator.auth.bearer-token=hunter2",
					"x402.facilitator.retry.max-retries=0", "x402.facilitator.fallbacks[0].url=" + uri("/second"))
			.run((context) -> {
				assertThat(context.getBean(Facilitator.class).verify(request())).isInstanceOf(Valid.class);
				assertThat(verifications()).containsExactly("/first/verify Bearer from-bean", "/second/verify null");
			});
	}

	@Test
	void whenFallbackIsConfiguredThenItHasItsOwnCredentialsAndSettlesWhatItVerified() {
		this.status = 503;
		this.runner
			.withPropertyValues(url("/first"), "x402.facilitator.retry.max-retries=0",
					"x402.facilitator.auth.bearer-token=one", "x402.facilitator.fallbacks[0].url=" + uri("/second"),
					"x402.facilitator.fallbacks[0].auth.bearer-token=two")
			.run((context) -> {
				Facilitator facilitator = context.getBean(Facilitator.class);
				assertThat(facilitator).isInstanceOf(FailoverFacilitator.class);
				assertThat(facilitator.verify(request())).isInstanceOf(Valid.class);
				assertThat(facilitator.settle(request())).isInstanceOf(Settled.class);
				assertThat(verifications()).containsExactly("/first/verify Bearer one", "/second/verify Bearer two",
						"/second/settle Bearer two");
			});
	}

	@Test
	void whenNetworksAreConfiguredThenOthersAreLeftToTheFallback() {
		this.runner
			.withPropertyValues(url("/first"), "x402.facilitator.networks=solana-devnet",
					"x402.facilitator.fallbacks[0].url=" + uri("/second"),
					"x402.facilitator.fallbacks[0].networks=base-sepolia")
			.run((context) -> {
				assertThat(context.getBean(Facilitator.class).verify(request())).isInstanceOf(Valid.class);
				assertThat(verifications()).containsExactly("/second/verify null");
			});
	}

	@Test
	void whenVerificationFailsInPassingThenItIsRepeated() {
		this.status = 503;
		this.runner.withPropertyValues(url("/first"), "x402.facilitator.retry.max-retries=1").run((context) -> {
			assertThat(context.getBean(Facilitator.class).verify(request())).isInstanceOf(Unavailable.class);
			assertThat(verifications()).hasSize(2);
		});
	}

	@Test
	void whenSettlementFailsThenItIsNotRepeated() {
		this.status = 503;
		this.runner.withPropertyValues(url("/first")).run((context) -> {
			context.getBean(Facilitator.class).settle(request());
			assertThat(verifications()).hasSize(1);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			x402.facilitator.auth.coinbase.key-id=key,x402.facilitator.auth.coinbase.key-secret=hunter2 | \
			x402.facilitator.auth.coinbase.key-secret
			x402.facilitator.auth.coinbase.key-secret=hunter2 | x402.facilitator.auth.coinbase.key-id
			x402.facilitator.auth.basic.username=hunter2 | x402.facilitator.auth.basic.password
			x402.facilitator.auth.bearer-token= | x402.facilitator.auth.bearer-token
			x402.facilitator.fallbacks[0].networks=base | x402.facilitator.fallbacks[0].url
			x402.facilitator.fallbacks[0].url=http://hunter2@example.com | x402.facilitator.fallbacks[0].url
			x402.facilitator.fallbacks[0].url=https://a.example,x402.facilitator.fallbacks[0].networks=bass | \
			x402.facilitator.fallbacks[0].networks
			x402.facilitator.fallbacks[0].url=https://a.example,x402.facilitator.fallbacks[0].ssl-bundle=mine | \
			x402.facilitator.fallbacks[0].ssl-bundle
			x402.facilitator.networks=bass | x402.facilitator.networks
			x402.facilitator.retry.max-retries=-1 | x402.facilitator.retry.max-retries
			x402.facilitator.limits.max-concurrent-settlements=0 | \
			x402.facilitator.limits.max-concurrent-settlements
			x402.facilitator.circuit-breaker.failure-threshold=0 | x402.facilitator.circuit-breaker.failure-threshold
			x402.facilitator.circuit-breaker.open-duration=0 | x402.facilitator.circuit-breaker.open-duration
			x402.facilitator.limits.min-amount=-1 | x402.facilitator.limits.min-amount
			x402.facilitator.limits.max-description-length=0 | x402.facilitator.limits.max-description-length
			""")
	void whenConfigurationIsWrongThenPropertyIsNamedAndNoSecretShown(String properties, String named) {
		List<FailureAnalysis> analyses = new ArrayList<>();
		this.runner.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues(properties.split(","))
			.run((context) -> analyses.add(Startup.failure(context)));
		String text = analyses.get(0).getDescription() + analyses.get(0).getAction();
		assertThat(text).contains("'" + named + "'").doesNotContain("hunter2", "Exception");
	}

	@Test
	void whenTwoWaysToAuthenticateAreConfiguredThenDoesNotChoose() {
		this.runner
			.withPropertyValues("x402.facilitator.auth.bearer-token=hunter2",
					"x402.facilitator.auth.basic.username=shop", "x402.facilitator.auth.basic.password=hunter2")
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("single way to authenticate"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.facilitator.auth.bearer-token", "x402.facilitator.auth.headers.X-Api-Key",
			"x402.facilitator.auth.basic.password", "x402.facilitator.auth.coinbase.keySecret",
			"x402.facilitator.fallbacks[1].auth.bearer-token", "X402_FACILITATOR_AUTH_BEARERTOKEN",
			"X402_FACILITATOR_AUTH_COINBASE_KEY_SECRET", "x402.facilitator.server.tokens[0]",
			"x402.facilitator.onchain.keys.private-keys[0]", "x402.facilitator.onchain.rpc.url",
			"x402.facilitator.onchain.keys.keystore-password", "X402_FACILITATOR_ONCHAIN_KEYS_KEYSTOREPASSWORD" })
	void whenActuatorShowsPropertiesThenCredentialsAreNot(String name) {
		this.runner.run((context) -> {
			SanitizingFunction function = context.getBean(SanitizingFunction.class);
			assertThat(function.apply(new SanitizableData(null, name, "hunter2")).getValue())
				.isEqualTo(SanitizableData.SANITIZED_VALUE);
			assertThat(function.apply(new SanitizableData(null, "x402.facilitator.url", "url")).getValue())
				.isEqualTo("url");
			assertThat(function.apply(new SanitizableData(null, "spring.token", "mine")).getValue()).isEqualTo("mine");
		});
	}

	@Test
	void whenPropertiesAreShownThenCredentialsAreNot() {
		this.runner
			.withPropertyValues("x402.facilitator.auth.basic.username=shop",
					"x402.facilitator.auth.basic.password=hunter2", "x402.facilitator.auth.headers.X-Key=hunter2",
					"x402.facilitator.fallbacks[0].url=https://a.example",
					"x402.facilitator.fallbacks[0].auth.bearer-token=hunter2",
					"x402.facilitator.fallbacks[1].url=https://b.example",
					"x402.facilitator.fallbacks[1].auth.coinbase.key-id=a")
			.run((context) -> assertThat(context.getStartupFailure()).isNotNull());
		assertThat(new X402FacilitatorProperties.Auth(Map.of("X-Key", "hunter2"), "hunter2",
				new X402FacilitatorProperties.Basic("shop", "hunter2"),
				new X402FacilitatorProperties.Coinbase("id", "hunter2")) + " "
				+ new X402FacilitatorProperties.Basic("shop", "hunter2")
				+ new X402FacilitatorProperties.Coinbase("id", "hunter2"))
			.doesNotContain("hunter2");
	}

	@Test
	void whenNothingWasCalledThenHealthCallsNobodyAndIsUp() {
		this.runner.withPropertyValues(url("/first")).run((context) -> {
			Health health = health(context.getBean(HealthIndicator.class));
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("facilitators", Map.of(uri("/first"), "usable"));
			assertThat(this.requests).isEmpty();
		});
	}

	@Test
	void whenSeveralCallsInARowFailThenHealthSaysWhyWithoutACall() {
		this.status = 401;
		this.runner.withPropertyValues(url("/first")).run((context) -> {
			for (int i = 0; i < 5; i++) {
				context.getBean(Facilitator.class).verify(request());
			}
			assertThat(this.requests).hasSize(5);
			Health health = health(context.getBean(HealthIndicator.class));
			assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(health.getDetails().toString()).contains("not usable", "401");
			assertThat(context.getBean(Facilitator.class).verify(request())).isInstanceOfSatisfying(Unavailable.class,
					(unavailable) -> assertThat(unavailable.detail()).contains("down"));
			assertThat(this.requests).as("none while it is down").hasSize(5);
		});
	}

	@Test
	void whenFallbackIsUsableThenHealthIsUp() {
		this.status = 401;
		this.runner.withPropertyValues(url("/first"), "x402.facilitator.fallbacks[0].url=" + uri("/second"))
			.run((context) -> {
				for (int i = 0; i < 5; i++) {
					context.getBean(Facilitator.class).verify(request());
				}
				Health health = health(context.getBean(HealthIndicator.class));
				assertThat(health.getStatus()).isEqualTo(Status.UP);
				assertThat(health.getDetails().toString()).contains("not usable", uri("/second") + "=usable");
			});
	}

	@Test
	void whenHealthIsSwitchedOffOrFacilitatorIsLocalThenThereIsNoIndicator() {
		this.runner.withPropertyValues("management.health.x402.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
		this.runner.withPropertyValues("x402.facilitator.type=simulated")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void whenOfferIsNotSupportedThenApplicationStartsAndHealthSaysSo() {
		shop().withPropertyValues("x402.network=avalanche-fuji").run((context) -> {
			assertThat(context).hasNotFailed();
			HealthIndicator indicator = context.getBean(HealthIndicator.class);
			await().atMost(Duration.ofMinutes(1))
				.until(() -> health(indicator).getStatus().equals(Status.OUT_OF_SERVICE));
			assertThat(health(indicator).getDetails()).containsEntry("unsupported", List.of("exact on eip155:43113"));
		});
	}

	@Test
	void whenOfferIsNotSupportedAndStartupAsksThenApplicationDoesNotStart() {
		shop().withPropertyValues("x402.network=avalanche-fuji", "x402.facilitator.supported.verify-on-startup=true")
			.run((context) -> {
				FailureAnalysis analysis = Startup.failure(context);
				assertThat(analysis.getDescription()).contains("eip155:43113", "Priced#sold");
				assertThat(analysis.getAction()).contains("x402.facilitator.supported.verify-on-startup");
			});
	}

	@Test
	void whenFacilitatorIsDownAndStartupAsksThenApplicationDoesNotStart() {
		this.status = 500;
		shop().withPropertyValues("x402.facilitator.supported.verify-on-startup=true").run((context) -> {
			FailureAnalysis analysis = Startup.failure(context);
			assertThat(analysis.getDescription()).contains("x402.facilitator.supported.verify-on-startup", "500");
		});
	}

	@Test
	void whenOfferIsSupportedAndStartupAsksThenApplicationStarts() {
		shop().withPropertyValues("x402.facilitator.supported.verify-on-startup=true").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.requests).containsExactly("/first/supported null");
		});
	}

	@Test
	void whenPriceIsBelowWhatFacilitatorTakesThenApplicationDoesNotStart() {
		shop().withPropertyValues("x402.facilitator.limits.min-amount=0.06").run((context) -> {
			FailureAnalysis analysis = Startup.failure(context);
			assertThat(analysis.getDescription()).contains("price", "0.05", "0.06", "Priced#sold");
			assertThat(analysis.getAction()).contains("x402.facilitator.limits.min-amount");
		});
		shop().withPropertyValues("x402.facilitator.limits.min-amount=0.05")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenFacilitatorIsThatOfCoinbaseThenItsLeastPriceIsKnown() {
		WebApplicationContextRunner coinbase = Startup.with(Priced.class)
			.withPropertyValues(Startup.PAY_TO, "x402.base-url=https://api.example.com",
					"x402.facilitator.url=https://api.cdp.coinbase.com/platform/v2/x402", "price=0.0009");
		coinbase.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("0.0009", "0.001"));
		coinbase.withPropertyValues("x402.facilitator.limits.min-amount=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenDescriptionIsLongerThanFacilitatorTakesThenApplicationDoesNotStart() {
		shop().withPropertyValues("x402.facilitator.limits.max-description-length=5").run((context) -> {
			FailureAnalysis analysis = Startup.failure(context);
			assertThat(analysis.getDescription()).contains("description", "more than 5", "Priced#sold");
			assertThat(analysis.getAction()).contains("x402.facilitator.limits.max-description-length");
		});
	}

	private WebApplicationContextRunner shop() {
		return Startup.with(Priced.class)
			.withConfiguration(
					AutoConfigurations.of(WebClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
							HttpClientAutoConfiguration.class, X402FacilitatorHealthAutoConfiguration.class))
			.withPropertyValues(Startup.PAY_TO, url("/first"), "x402.facilitator.retry.max-retries=0");
	}

	private List<String> verifications() {
		return this.requests.stream().filter((request) -> !request.contains("/supported")).toList();
	}

	private static Health health(HealthIndicator indicator) {
		Health health = indicator.health();
		assertThat(health).isNotNull();
		return health;
	}

	private String url(String path) {
		return "x402.facilitator.url=" + uri(path);
	}

	private String uri(String path) {
		return "http://localhost:" + this.server.getAddress().getPort() + path;
	}

	private static FacilitatorRequest request() {
		String payer = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";
		String payTo = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
		Map<String, Object> authorization = Map.of("from", payer, "to", payTo, "value", "50000", "validAfter", "0",
				"validBefore", "1900000000", "nonce", "0x" + "ab".repeat(32));
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, Map.of(),
						Map.of("signature", "0x" + "11".repeat(65), "authorization", authorization), null),
				new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(50_000),
						"0x036CbD53842c5426634e7929541eC2318f3dCF7e", payTo, 60, Map.of()),
				new ResourceInfo("https://api.example.test", null, null));
	}

	@RestController
	static class Priced {

		@PaymentRequired(price = "${price:0.05}", description = "a forecast")
		@GetMapping("/sold")
		String sold() {
			return "sold";
		}

	}

}
