/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
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
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An upstream that serves only those who have a certificate that it knows.
 */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = { "x402.routes[0].path=/*/free", "x402.routes[0].price=free",
		"x402.routes[1].path=/**", "x402.routes[1].price=$0.01" })
class UpstreamTlsTests extends AbstractGatewayTests {

	private static final String PASSWORD = "changeit";

	/** Each with a bundle of its name, but for the last one, which has none. */
	private static final List<String> ROUTES = List.of("api", "stranger", "trusting", "distrusting", "keys-only",
			"bare");

	private static final AtomicInteger calls = new AtomicInteger();

	@TempDir
	private static Path folder;

	private static HttpsServer server;

	@BeforeAll
	static void start() throws Exception {
		for (String name : List.of("server", "api", "stranger")) {
			generate(name);
		}
		server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.setHttpsConfigurator(new HttpsConfigurator(context()) {

			@Override
			public void configure(HttpsParameters parameters) {
				SSLParameters needed = getSSLContext().getDefaultSSLParameters();
				needed.setNeedClientAuth(true);
				parameters.setSSLParameters(needed);
			}

		});
		server.createContext("/", (exchange) -> {
			calls.incrementAndGet();
			byte[] body = "secret of the upstream".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		server.start();
	}

	@AfterAll
	static void stop() {
		server.stop(0);
	}

	@DynamicPropertySource
	static void routes(DynamicPropertyRegistry registry) {
		for (int i = 0; i < ROUTES.size(); i++) {
			String name = ROUTES.get(i);
			String route = "spring.cloud.gateway.server.webmvc.routes[" + i + "].";
			registry.add(route + "id", () -> name);
			registry.add(route + "uri", () -> "https://localhost:" + server.getAddress().getPort());
			registry.add(route + "predicates[0]", () -> "Path=/" + name + "/**");
			if (i < ROUTES.size() - 1) {
				registry.add("gateway.upstreams." + name + ".ssl-bundle", () -> name);
			}
		}
		store(registry, "api", "keystore", "api");
		store(registry, "api", "truststore", "server");
		store(registry, "stranger", "keystore", "stranger");
		store(registry, "stranger", "truststore", "server");
		store(registry, "trusting", "truststore", "server");
		store(registry, "keys-only", "keystore", "api");
		store(registry, "distrusting", "keystore", "api");
		store(registry, "distrusting", "truststore", "stranger");
	}

	private static void store(DynamicPropertyRegistry registry, String bundle, String kind, String name) {
		String property = "spring.ssl.bundle.jks." + bundle + "." + kind + ".";
		registry.add(property + "location", () -> "file:" + folder.resolve(name + ".p12"));
		registry.add(property + "password", () -> PASSWORD);
		registry.add(property + "type", () -> "PKCS12");
	}

	@BeforeEach
	void forget() {
		calls.set(0);
	}

	@Test
	void whenUpstreamKnowsTheCertificateOfTheGatewayThenItsResponseIsSold() {
		Answer answer = get("/api/data");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("secret of the upstream");
		assertThat(calls).hasValue(1);
		assertThat(charges()).isOne();
		assertThat(exchange(null, HttpMethod.GET, "/api/free", new HttpHeaders(), null).status()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stranger", "trusting", "distrusting", "keys-only", "bare" })
	void whenOneOfThemDoesNotTrustTheOtherThenNothingIsSentOrCharged(String route, CapturedOutput output) {
		Answer answer = get("/" + route + "/data");
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.text()).doesNotContain("secret of the upstream", "PKIX", "certificate");
		assertThat(exchange(null, HttpMethod.GET, "/" + route + "/free", new HttpHeaders(), null).status())
			.isEqualTo(502);
		assertThat(calls).hasValue(0);
		assertThat(charges()).isZero();
		if (!List.of("stranger", "trusting").contains(route)) {
			assertThat(output)
				.contains("No trust between the gateway and the upstream at localhost: unable to find valid "
						+ "certification path to requested target");
		}
	}

	private static void generate(String name) throws Exception {
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "SAN=dns:localhost",
				"-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore",
				folder.resolve(name + ".p12").toString())
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve("keytool.log").toFile())
			.start();
		assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
		assertThat(folder.resolve(name + ".p12")).exists();
	}

	private static SSLContext context() throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(load("server"), PASSWORD.toCharArray());
		TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trusted.init(load("api"));
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
		return context;
	}

	private static KeyStore load(String name) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
			store.load(in, PASSWORD.toCharArray());
		}
		catch (IOException ex) {
			throw new IllegalStateException(name, ex);
		}
		return store;
	}

}
