/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A facilitator with a certificate of its own is trusted by SSL bundle only.
 */
class FacilitatorTlsTests {

	private static final String PASSWORD = "changeit";

	@TempDir
	private Path folder;

	private final AtomicInteger calls = new AtomicInteger();

	private Path keys;

	private HttpsServer server;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() throws Exception {
		this.keys = this.folder.resolve("keys.p12");
		generateKeys();
		this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setHttpsConfigurator(new HttpsConfigurator(sslContext()));
		this.server.createContext("/supported", (exchange) -> {
			this.calls.incrementAndGet();
			byte[] body = "{\"kinds\":[]}".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
		this.runner = Startup.engine()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues("x402.facilitator.retry.max-retries=0", "x402.facilitator.supported.timeout=60s",
					"x402.facilitator.connect-timeout=60s",
					"spring.ssl.bundle.jks.mine.truststore.location=file:" + this.keys,
					"spring.ssl.bundle.jks.mine.truststore.password=" + PASSWORD,
					"spring.ssl.bundle.jks.mine.truststore.type=PKCS12");
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void whenBundleTrustsTheCertificateThenFacilitatorIsCalled() {
		this.runner.withPropertyValues("x402.facilitator.url=" + uri(), "x402.facilitator.ssl-bundle=mine")
			.run((context) -> {
				assertThat(context.getBean(Facilitator.class).supported().kinds()).isEmpty();
				assertThat(this.calls).hasValue(1);
			});
	}

	@Test
	void whenBundleIsNotNamedThenNothingIsSent() {
		this.runner.withPropertyValues("x402.facilitator.url=" + uri()).run((context) -> {
			assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(Facilitator.class)::supported);
			assertThat(this.calls).hasValue(0);
		});
	}

	@Test
	void whenFallbackHasItsOwnBundleThenItIsForThatOneOnly() {
		this.runner
			.withPropertyValues("x402.facilitator.url=" + uri(), "x402.facilitator.fallbacks[0].url=" + uri(),
					"x402.facilitator.fallbacks[0].ssl-bundle=mine")
			.run((context) -> {
				assertThat(context.getBean(Facilitator.class).supported().kinds()).isEmpty();
				assertThat(this.calls).hasValue(1);
			});
	}

	private String uri() {
		return "https://localhost:" + this.server.getAddress().getPort();
	}

	private void generateKeys() throws Exception {
		Process keytool = new ProcessBuilder(List.of(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
				"facilitator", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-validity", "2",
				"-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", this.keys.toString()))
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("keytool.log").toFile())
			.start();
		assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
		assertThat(this.keys).exists();
	}

	private SSLContext sslContext() throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(this.keys)) {
			store.load(in, PASSWORD.toCharArray());
		}
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(store, PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(factory.getKeyManagers(), null, null);
		return context;
	}

}
