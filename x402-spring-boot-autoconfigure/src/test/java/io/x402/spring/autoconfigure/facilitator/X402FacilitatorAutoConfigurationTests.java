/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.facilitator.http.HttpFacilitator;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which facilitator is asked, where, and how.
 */
@ExtendWith(OutputCaptureExtension.class)
class X402FacilitatorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
				X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
				WebClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
				HttpClientAutoConfiguration.class, SslAutoConfiguration.class));

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			this.requests.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-Api-Key") + " "
					+ exchange.getRequestHeaders().getFirst("X-Customized"));
			byte[] body = "{\"kinds\":[]}".getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, body.length);
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
	void whenNothingIsConfiguredThenRemoteOneIsAsked() {
		this.runner.run((context) -> {
			assertThat(context).getBean(Facilitator.class).isInstanceOf(HttpFacilitator.class);
			assertThat(context.getBean(FacilitatorConnectionDetails.class).getUri())
				.hasToString("https://www.x402.org/facilitator");
		});
	}

	@Test
	void whenUrlAndHeadersAreConfiguredThenTheyAreUsed() {
		this.runner
			.withPropertyValues("x402.facilitator.url=" + uri("/base/"), "x402.facilitator.auth.headers.X-Api-Key=key")
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(this.requests).containsExactly("/base/supported key null");
			});
	}

	@Test
	void whenConnectionDetailsAreDeclaredThenTheyWinOverTheUrl() {
		this.runner.withBean(FacilitatorConnectionDetails.class, () -> () -> uri("/container"))
			.withPropertyValues("x402.facilitator.url=http://not.used.example")
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(this.requests).containsExactly("/container/supported null null");
			});
	}

	@Test
	void whenWebClientIsCustomizedThenCallsAreToo() {
		this.runner.withBean(WebClientCustomizer.class, () -> (builder) -> builder.defaultHeader("X-Customized", "yes"))
			.withPropertyValues("x402.facilitator.url=" + uri(""))
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(this.requests).containsExactly("/supported null yes");
			});
	}

	@Test
	void whenCallsAreMadeThenNoRedirectIsFollowedAndTimesAreLimited() {
		this.runner.withUserConfiguration(Connectors.class)
			.withPropertyValues("x402.facilitator.url=" + uri(""), "x402.facilitator.connect-timeout=3s",
					"x402.facilitator.settle-timeout=70s", "spring.http.clients.redirects=follow")
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(context.getBean(Connectors.class).settings).last().satisfies((settings) -> {
					assertThat(settings.redirects()).isEqualTo(HttpRedirects.DONT_FOLLOW);
					assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
					assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(70));
					assertThat(settings.sslBundle()).isNull();
				});
			});
	}

	@Test
	void whenSslBundleIsNamedThenCallsUseIt() {
		this.runner.withUserConfiguration(Connectors.class)
			.withPropertyValues("x402.facilitator.ssl-bundle=mine",
					"spring.ssl.bundle.jks.mine.truststore.location=file:" + System.getProperty("java.home")
							+ "/lib/security/cacerts")
			.run((context) -> assertThat(context.getBean(Connectors.class).settings).last()
				.satisfies((settings) -> assertThat(settings.sslBundle()).isNotNull()));
	}

	@Test
	void whenTypeIsSimulatedThenSaysLoudlyThatNoMoneyMovesAndSellsOnTestNetworksOnly(CapturedOutput output) {
		this.runner.withPropertyValues("x402.facilitator.type=simulated").run((context) -> {
			assertThat(context).hasSingleBean(Facilitator.class)
				.hasSingleBean(SimulatedFacilitator.class)
				.doesNotHaveBean(FacilitatorConnectionDetails.class);
			assertThat(context.getBean(Facilitator.class).supported().kinds()).extracting(Kind::network)
				.contains("eip155:84532", "base-sepolia")
				.doesNotContain("eip155:8453", "base");
		});
		assertThat(output).contains("SIMULATED");
	}

	@Test
	void whenFacilitatorIsDeclaredThenNoOtherIsMade() {
		for (String type : List.of("http", "simulated")) {
			this.runner.withBean(FacilitatorDouble.class)
				.withPropertyValues("x402.facilitator.type=" + type)
				.run((context) -> assertThat(context).getBean(Facilitator.class).isInstanceOf(FacilitatorDouble.class));
		}
	}

	@Test
	void whenWebClientIsAbsentThenSimulatedOneStillWorks() {
		ApplicationContextRunner without = this.runner.withClassLoader(new FilteredClassLoader(WebClient.class));
		without.withPropertyValues("x402.facilitator.type=simulated")
			.run((context) -> assertThat(context).hasSingleBean(SimulatedFacilitator.class));
		without.run((
				context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("x402.facilitator.type"));
	}

	@Test
	void whenDisabledThenThereIsNoFacilitator() {
		this.runner.withPropertyValues("x402.enabled=false", "x402.facilitator.url=nonsense")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Facilitator.class));
	}

	@Test
	void whenConnectorIsConfiguredThenItCallsInsteadOfTheOneOfTheApplication() {
		this.runner.withUserConfiguration(Connectors.class)
			.withPropertyValues("x402.facilitator.connector=jdk", "x402.facilitator.url=" + uri(""))
			.run((context) -> {
				context.getBean(Facilitator.class).supported();
				assertThat(this.requests).containsExactly("/supported null null");
				assertThat(context.getBean(Connectors.class).settings).extracting(HttpClientSettings::redirects)
					.as("clients of the facilitator")
					.doesNotContain(HttpRedirects.DONT_FOLLOW);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jetty", "http-components" })
	void whenLibraryOfConnectorIsAbsentThenStartFailsWithItsName(String connector) {
		this.runner.withPropertyValues("x402.facilitator.connector=" + connector)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageContaining("x402.facilitator.connector: must be a library on the class path"));
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.server.getAddress().getPort() + path);
	}

	@Configuration(proxyBeanMethods = false)
	static class Connectors {

		private final List<HttpClientSettings> settings = new ArrayList<>();

		@Bean
		ClientHttpConnectorBuilder<ClientHttpConnector> connectorBuilder() {
			return (settings) -> {
				this.settings.add(settings);
				return new JdkClientHttpConnector();
			};
		}

	}

}
