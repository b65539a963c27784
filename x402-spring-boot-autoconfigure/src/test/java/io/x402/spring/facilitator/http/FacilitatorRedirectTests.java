/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A facilitator with TLS that redirects within its site, and elsewhere.
 */
class FacilitatorRedirectTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	private static final String TX = "0x" + "5a".repeat(32);

	private static final String BODY = "{\"isValid\":true,\"success\":true,\"transaction\":\"" + TX
			+ "\",\"network\":\"eip155:84532\",\"kinds\":[]}";

	private static SSLContext tls;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private HttpsServer server;

	private HttpFacilitator facilitator;

	private volatile int status = 308;

	private volatile String elsewhere = "/new";

	private volatile boolean broken;

	@BeforeAll
	static void createKeys(@TempDir Path folder) throws Exception {
		Path keys = folder.resolve("keys.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "facilitator", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost", "-validity", "2", "-storetype", "PKCS12", "-storepass", new String(PASSWORD),
				"-keystore", keys.toString())
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve("keytool.log").toFile())
			.start();
		assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(keys)) {
			store.load(in, PASSWORD);
		}
		KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		own.init(store, PASSWORD);
		TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trusted.init(store);
		tls = SSLContext.getInstance("TLS");
		tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
	}

	@AfterAll
	static void forgetKeys() {
		tls = null;
	}

	@BeforeEach
	void start() throws IOException {
		this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setHttpsConfigurator(new HttpsConfigurator(tls));
		this.server.createContext("/", this::handle);
		this.server.start();
		Duration timeout = Duration.ofSeconds(20);
		this.facilitator = new HttpFacilitator(
				WebClient.builder()
					.clientConnector(new JdkClientHttpConnector(HttpClient.newBuilder().sslContext(tls).build()))
					.build(),
				new PaymentCodec(), HttpFacilitatorSettings.of("https://localhost:" + port() + "/old")
					.withTimeouts(timeout, timeout, timeout));
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void whenTheRedirectionIsPermanentThenItIsFollowedAndRemembered() {
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Valid.class);
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Settled.class);
		assertThat(this.facilitator.supported().kinds()).isEmpty();
		assertThat(this.requests).containsExactly("POST /old/verify", "POST /new/verify", "POST /new/settle",
				"GET /new/supported");
		assertThat(this.facilitator.conditions()).allMatch(FacilitatorCondition::usable);
	}

	@Test
	void whenTheRedirectionIsTemporaryThenItIsFollowedForThatCallOnly() {
		this.status = 307;
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Valid.class);
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Settled.class);
		assertThat(this.requests).containsExactly("POST /old/verify", "POST /new/verify", "POST /old/settle",
				"POST /new/settle");
		assertThat(this.facilitator.conditions()).allMatch(FacilitatorCondition::usable);
	}

	@Test
	void whenTheOtherPlaceRedirectsOnThenItIsNotFollowedFurther() {
		this.elsewhere = "/old/old";
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		assertThat(this.requests).containsExactly("POST /old/settle", "POST /old/old/settle");
		assertThat(this.facilitator.conditions()).noneMatch(FacilitatorCondition::usable);
	}

	@Test
	void whenTheOtherPlaceBreaksOffThenTheSettlementMayHaveBeenSent() {
		this.broken = true;
		assertThat(this.facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		assertThat(this.requests).containsExactly("POST /old/settle", "POST /new/settle");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://127.0.0.1:{port}/new", "http://localhost:{port}/new", "https://localhost:1/new",
			"https://www.localhost.example:{port}/new" })
	void whenTheRedirectionLeadsToAnotherSiteThenNothingIsSentThere(String site) {
		this.elsewhere = site.replace("{port}", Integer.toString(port()));
		assertThat(this.facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		assertThat(this.requests).containsExactly("POST /old/verify");
		assertThat(this.facilitator.conditions()).noneMatch(FacilitatorCondition::usable);
	}

	private int port() {
		return this.server.getAddress().getPort();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			byte[] sent = exchange.getRequestBody().readAllBytes();
			String path = exchange.getRequestURI().getPath();
			this.requests.add(exchange.getRequestMethod() + " " + path);
			if (path.startsWith("/old")) {
				String operation = path.substring(path.lastIndexOf('/'));
				exchange.getResponseHeaders().set("Location", this.elsewhere + operation);
				exchange.sendResponseHeaders(this.status, -1);
				return;
			}
			if (this.broken) {
				return;
			}
			boolean complete = path.endsWith("/supported")
					|| new String(sent, StandardCharsets.UTF_8).contains("paymentPayload");
			byte[] body = (complete ? BODY : "").getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
		}
	}

}
