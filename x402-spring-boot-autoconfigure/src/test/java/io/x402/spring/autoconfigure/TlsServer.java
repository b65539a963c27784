/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server whose certificate is trusted by the SSL bundle {@code mine} only. It gives the
 * same response to every request.
 */
public final class TlsServer implements AutoCloseable {

	private static final String PASSWORD = "changeit";

	private final AtomicInteger calls = new AtomicInteger();

	private final Path keys;

	private final HttpsServer server;

	/**
	 * Start a server.
	 * @param folder where its keys are stored
	 * @param response the JSON that it sends
	 */
	public TlsServer(Path folder, String response) throws Exception {
		this.keys = folder.resolve("keys.p12");
		generateKeys(folder);
		this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setHttpsConfigurator(new HttpsConfigurator(sslContext()));
		this.server.createContext("/", (exchange) -> {
			this.calls.incrementAndGet();
			byte[] body = response.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	/**
	 * Return the properties of the bundle.
	 */
	public String[] bundle() {
		String prefix = "spring.ssl.bundle.jks.mine.truststore.";
		return new String[] { prefix + "location=file:" + this.keys, prefix + "password=" + PASSWORD,
				prefix + "type=PKCS12" };
	}

	public String uri() {
		return "https://localhost:" + this.server.getAddress().getPort();
	}

	/**
	 * Return the number of requests that arrived.
	 */
	public int calls() {
		return this.calls.get();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private void generateKeys(Path folder) throws Exception {
		Process keytool = new ProcessBuilder(List.of(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
				"facilitator", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-validity", "2",
				"-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", this.keys.toString()))
			.redirectErrorStream(true)
			.redirectOutput(folder.resolve("keytool.log").toFile())
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
