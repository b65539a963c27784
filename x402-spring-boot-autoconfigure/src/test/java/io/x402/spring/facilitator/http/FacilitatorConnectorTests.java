/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkHttpClientBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.http.client.reactive.JettyClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connectors repeat requests by themselves when a connection breaks. A settle request is
 * sent once, whatever the connector thinks of it.
 */
@Timeout(60)
class FacilitatorConnectorTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	private ServerSocket server;

	private volatile Ending ending = Ending.CLOSE;

	static Stream<Arguments> endings() {
		return Arrays.stream(Connector.values())
			.filter(Connector::isAvailable)
			.flatMap((connector) -> Arrays.stream(Ending.values()).map((ending) -> Arguments.of(connector, ending)));
	}

	@BeforeEach
	void open() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.threads.execute(this::serve);
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@MethodSource("endings")
	void whenTheConnectionBreaksAfterASettleRequestThenItIsNotSentAgain(Connector connector, Ending ending) {
		HttpFacilitator facilitator = facilitator(connector);
		this.ending = ending;
		assertThat(facilitator.supported().kinds()).as("the connection is kept").isEmpty();
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Unknown.class);
		assertThat(facilitator.supported().kinds()).isEmpty();
		assertThat(this.requests).filteredOn("POST /settle"::equals).hasSize(1);
	}

	@Test
	void whenCallsFollowEachOtherThenTheyShareOneConnection() {
		HttpFacilitator facilitator = facilitator(Connector.STARTER);
		for (int i = 0; i < 5; i++) {
			assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		}
		assertThat(this.requests).hasSize(5).containsOnly("POST /verify");
		assertThat(this.connections).hasValue(1);
	}

	@Test
	void whenTheClientHasNoConnectionToSpareThenSettlementWasNotSent() {
		HttpFacilitator facilitator = facilitator(
				(method, uri, request) -> Mono.error(new RejectedExecutionException("the pool is at its limit")),
				Duration.ofSeconds(20));
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(NotExecuted.class);
	}

	@Test
	void whenAConnectionComesAfterTheTimeLimitThenSettlementWasNotSentAndIsNotSentLater() throws Exception {
		ClientHttpConnector connector = connector(Connector.STARTER, Duration.ofSeconds(20));
		CompletableFuture<Void> connection = new CompletableFuture<>();
		CompletableFuture<?> late = new CompletableFuture<>();
		HttpFacilitator facilitator = facilitator((method, uri, request) -> {
			CompletableFuture<ClientHttpResponse> response = connection
				.thenCompose((found) -> connector.connect(method, uri, request).toFuture());
			response.whenComplete((received, failure) -> late.complete(null));
			return Mono.fromFuture(response, true);
		}, Duration.ofMillis(200));
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(NotExecuted.class);
		connection.complete(null);
		late.get(20, TimeUnit.SECONDS);
		assertThat(this.requests).isEmpty();
	}

	private HttpFacilitator facilitator(Connector connector) {
		Duration timeout = Duration.ofSeconds(20);
		return facilitator(connector(connector, timeout), timeout);
	}

	private static ClientHttpConnector connector(Connector connector, Duration timeout) {
		return connector.builders.get()
			.build(HttpClientSettings.defaults()
				.withRedirects(HttpRedirects.DONT_FOLLOW)
				.withTimeouts(timeout, timeout));
	}

	private HttpFacilitator facilitator(ClientHttpConnector connector, Duration timeout) {
		WebClient client = WebClient.builder().clientConnector(connector).build();
		return new HttpFacilitator(client, new PaymentCodec(),
				HttpFacilitatorSettings.of("http://localhost:" + this.server.getLocalPort())
					.withTimeouts(timeout, timeout, timeout));
	}

	private void serve() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				this.connections.incrementAndGet();
				this.threads.execute(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			for (String request = read(socket); !request.isEmpty(); request = read(socket)) {
				this.requests.add(request);
				if (request.equals("POST /settle")) {
					this.ending.end(socket);
					return;
				}
				String body = "{\"kinds\":[]}";
				socket.getOutputStream()
					.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
							+ "\r\n\r\n" + body)
						.getBytes(StandardCharsets.US_ASCII));
			}
		}
		catch (IOException ex) {
			// The client went away
		}
	}

	private static String read(Socket socket) throws IOException {
		InputStream in = socket.getInputStream();
		StringBuilder head = new StringBuilder();
		int length = 0;
		for (int next = in.read(); next >= 0; next = in.read()) {
			head.append((char) next);
			if (head.indexOf("\r\n\r\n") >= 0) {
				for (String line : head.toString().split("\r\n")) {
					if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
						length = Integer.parseInt(line.substring(15).strip());
					}
				}
				boolean complete = in.readNBytes(length).length == length;
				return complete ? head.substring(0, head.indexOf(" HTTP/")) : "";
			}
		}
		return "";
	}

	/**
	 * How a connection ends after a settle request.
	 */
	enum Ending {

		CLOSE, RESET, HALF_A_HEAD;

		void end(Socket socket) throws IOException {
			if (this == RESET) {
				socket.setSoLinger(true, 0);
			}
			else if (this == HALF_A_HEAD) {
				socket.getOutputStream().write("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
			}
		}

	}

	/**
	 * The connectors that Spring Boot knows, and one that repeats whatever fails.
	 */
	enum Connector {

		REPEATING("java.net.http.HttpClient", () -> (settings) -> {
			ClientHttpConnector once = ClientHttpConnectorBuilder.jdk().build(settings);
			return (method, uri, request) -> once.connect(method, uri, request)
				.onErrorResume((ex) -> once.connect(method, uri, request));
		}),

		STARTER("java.net.http.HttpClient",
				() -> (settings) -> new JdkFacilitatorConnector(
						new JdkHttpClientBuilder().build(settings.withReadTimeout(null)))),

		JDK("java.net.http.HttpClient", () -> ClientHttpConnectorBuilder.of(JdkClientHttpConnector.class)),

		HTTP_COMPONENTS("org.apache.hc.core5.reactive.ReactiveResponseConsumer",
				() -> ClientHttpConnectorBuilder.of(HttpComponentsClientHttpConnector.class)),

		JETTY("org.eclipse.jetty.reactive.client.ReactiveRequest",
				() -> ClientHttpConnectorBuilder.of(JettyClientHttpConnector.class)),

		REACTOR("reactor.netty.http.client.HttpClient",
				() -> ClientHttpConnectorBuilder.of(ReactorClientHttpConnector.class));

		private final String type;

		private final Supplier<ClientHttpConnectorBuilder<?>> builders;

		Connector(String type, Supplier<ClientHttpConnectorBuilder<?>> builders) {
			this.type = type;
			this.builders = builders;
		}

		boolean isAvailable() {
			return ClassUtils.isPresent(this.type, null);
		}

	}

}
