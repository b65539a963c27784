/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.TlsServer;
import io.x402.spring.evm.onchain.OnChainFacilitator;
import io.x402.spring.facilitator.FacilitatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The clients that call nodes are those of the application, with its SSL bundles,
 * customizers and observations. None of them gets to know the URL of a node.
 */
class NodeClientsTests {

	private static final String SECRET = "c0ffee";

	@TempDir
	private Path folder;

	private TlsServer node;

	private ApplicationContextRunner plain;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() throws Exception {
		this.node = new TlsServer(this.folder, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x14a34\"}");
		this.plain = Startup.engine()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, X402OnChainAutoConfiguration.class,
					X402ReceiptCheckAutoConfiguration.class))
			.withPropertyValues(this.node.bundle())
			.withPropertyValues("x402.facilitator.type=onchain", "x402.facilitator.onchain.rpc.timeout=60s",
					"x402.facilitator.onchain.rpc.url=" + this.node.uri() + "/" + SECRET,
					"x402.facilitator.onchain.keys.private-keys=" + "07".repeat(32));
		this.runner = this.plain.withConfiguration(AutoConfigurations.of(RestClientAutoConfiguration.class));
	}

	@AfterEach
	void stop() {
		this.node.close();
	}

	@Test
	void whenBundleTrustsTheCertificateThenNodeIsCalled() {
		this.runner.withPropertyValues("x402.facilitator.onchain.rpc.ssl-bundle=mine").run((context) -> {
			assertThat(context.getBean(OnChainFacilitator.class).supported().kinds())
				.anyMatch((kind) -> kind.network().equals("eip155:84532"));
			assertThat(this.node.calls()).isEqualTo(1);
		});
	}

	@Test
	void whenBundleIsNotNamedThenNothingIsSent() {
		this.runner.run((context) -> {
			assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(OnChainFacilitator.class)::supported);
			assertThat(this.node.calls()).isZero();
		});
	}

	@Test
	void whenEachNodeHasItsBundleThenItIsForThatOneOnly() {
		this.runner
			.withPropertyValues("x402.facilitator.onchain.rpc.url=" + this.node.uri() + "," + this.node.uri(),
					"x402.facilitator.onchain.rpc.ssl-bundle=,mine")
			.run((context) -> {
				assertThat(context.getBean(OnChainFacilitator.class).supported().kinds()).isNotEmpty();
				assertThat(this.node.calls()).isEqualTo(1);
			});
	}

	@Test
	void whenSpringBootHasNoRestClientThenNodeIsCalledAllTheSame() {
		this.plain.withPropertyValues("x402.facilitator.onchain.rpc.ssl-bundle=mine")
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.restclient"))
			.run((context) -> {
				assertThat(context.getBean(OnChainFacilitator.class).supported().kinds()).isNotEmpty();
				assertThat(this.node.calls()).isEqualTo(1);
			});
	}

	@Test
	void whenCallsAreCustomizedAndObservedThenNoneOfThemShowsTheUrl() {
		List<String> seen = new ArrayList<>();
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new Observer(seen));
		this.runner.withBean("customizer", RestClientCustomizer.class,
				() -> (builder) -> builder.observationRegistry(observations)
					.requestInterceptor((request, body, execution) -> {
						seen.add("intercepted " + request.getURI());
						return execution.execute(request, body);
					}))
			.run((context) -> assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(OnChainFacilitator.class)::supported));
		assertThat(seen).contains("intercepted " + this.node.uri() + "/", "http.url=" + this.node.uri() + "/")
			.anyMatch((text) -> text.contains("I/O error"))
			.noneMatch((text) -> text.contains(SECRET));
	}

	@Test
	void whenCallsAreObservedWithoutInterceptorsThenNoneOfThemShowsTheUrl() {
		List<String> seen = new ArrayList<>();
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new Observer(seen));
		this.runner
			.withBean("customizer", RestClientCustomizer.class,
					() -> (builder) -> builder.observationRegistry(observations))
			.withPropertyValues("x402.facilitator.onchain.rpc.ssl-bundle=mine")
			.run((context) -> assertThat(context.getBean(OnChainFacilitator.class).supported().kinds()).isNotEmpty());
		assertThat(seen).contains("http.url=" + this.node.uri() + "/").noneMatch((text) -> text.contains(SECRET));
	}

	/**
	 * Remembers what observations show.
	 *
	 * @param seen what was shown
	 */
	private record Observer(List<String> seen) implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public void onStop(Observation.Context context) {
			for (KeyValue value : context.getAllKeyValues()) {
				this.seen.add(value.getKey() + "=" + value.getValue());
			}
			this.seen.add(context.getContextualName() + " " + context.getError());
		}

	}

}
