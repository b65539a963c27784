/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Hooks;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpFacilitator} with connections that do not work.
 */
@Timeout(60)
class HttpFacilitatorConnectionTests {

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

	private static final WebClient CLIENT = WebClient.builder()
		.clientConnector(new JdkFacilitatorConnector(HttpClient.newHttpClient()))
		.build();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger calls = new AtomicInteger();

	private final CountDownLatch called = new CountDownLatch(1);

	private ServerSocket server;

	@BeforeEach
	void open() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		this.threads.shutdownNow();
	}

	@Test
	void whenConnectionIsRefusedThenSettlementIsDeclinedAsUnavailable() throws IOException {
		this.server.close();
		assertNeverSent("http");
	}

	@Test
	void whenHostIsUnknownThenSettlementIsDeclinedAsUnavailable() {
		HttpFacilitator facilitator = facilitator("https://facilitator.invalid", Duration.ofSeconds(5));
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(NotExecuted.class);
	}

	@Test
	void whenTlsHandshakeFailsThenSettlementIsDeclinedAsUnavailable() {
		byte[] handshakeFailure = { 0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28 };
		serve((socket) -> {
			socket.getInputStream().read();
			socket.getOutputStream().write(handshakeFailure);
			socket.getOutputStream().flush();
			drain(socket);
		});
		assertNeverSent("https");
	}

	@Test
	void whenConnectionIsClosedAfterTheRequestThenSettlementIsUnknown() {
		serve(HttpFacilitatorConnectionTests::readRequest);
		assertUnknown(Duration.ofSeconds(5));
	}

	@Test
	void whenConnectionIsResetAfterTheRequestThenSettlementIsUnknown() {
		serve((socket) -> {
			readRequest(socket);
			socket.setSoLinger(true, 0);
		});
		assertUnknown(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-OpenSSH_9.6\r\n", "\u0000\u0001\u0002", "HTTP/1.1 abc\r\n\r\n",
			HEAD + "Content-Length: 100\r\n\r\n{\"success\":true", HEAD + "Content-Length: -1\r\n\r\n{}",
			HEAD + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
			HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"suc" })
	void whenAnswerIsNotHttpOrCutOffThenSettlementIsUnknown(String answer) {
		serve((socket) -> {
			readRequest(socket);
			write(socket, answer);
		});
		assertUnknown(Duration.ofSeconds(5));
	}

	@Test
	void whenFacilitatorNeverAnswersThenTimeLimitEndsTheCall() {
		serve((socket) -> {
			readRequest(socket);
			drain(socket);
		});
		assertUnknown(Duration.ofMillis(300));
	}

	@Test
	void whenTimeLimitEndsTheCallThenConnectionIsClosedAndNoLateErrorIsReported() throws Exception {
		List<Throwable> dropped = new CopyOnWriteArrayList<>();
		CountDownLatch closed = new CountDownLatch(1);
		Hooks.onErrorDropped(dropped::add);
		try {
			serve((socket) -> {
				readRequest(socket);
				drain(socket);
				closed.countDown();
			});
			HttpFacilitator facilitator = facilitator("http://localhost:" + this.server.getLocalPort(),
					Duration.ofMillis(200));
			for (int i = 0; i < 6; i++) {
				facilitator.settle(FacilitatorRequests.v2());
			}
			assertThat(closed.await(2, TimeUnit.SECONDS)).as("a connection was closed").isTrue();
			Thread.sleep(100);
			assertThat(dropped).isEmpty();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
	}

	@Test
	void whenAnswerDripsThenTimeLimitIsForTheWholeCall() throws InterruptedException {
		AtomicBoolean complete = new AtomicBoolean();
		CountDownLatch closed = new CountDownLatch(1);
		serve((socket) -> {
			readRequest(socket);
			write(socket, HEAD + "Content-Length: 100000\r\n\r\n");
			try {
				for (int i = 0; i < 100_000; i++) {
					write(socket, " ");
					Thread.sleep(20);
				}
				complete.set(true);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				closed.countDown();
			}
		});
		assertUnknown(Duration.ofMillis(300));
		assertThat(closed.await(30, TimeUnit.SECONDS)).as("the connection is closed").isTrue();
		assertThat(complete).as("all was sent").isFalse();
	}

	@Test
	void whenHeadersDripThenTimeLimitIsForTheWholeCall() {
		serve((socket) -> {
			readRequest(socket);
			write(socket, HEAD);
			drain(socket);
		});
		assertUnknown(Duration.ofMillis(300));
	}

	@Test
	void whenAnswerNeverEndsThenSizeLimitEndsTheCall() {
		serve((socket) -> {
			readRequest(socket);
			write(socket, HEAD + "\r\n{\"success\":true,\"x\":\"");
			byte[] block = "a".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
			for (int i = 0; i < 1024; i++) {
				socket.getOutputStream().write(block);
			}
			drain(socket);
		});
		long start = System.nanoTime();
		assertUnknown(Duration.ofSeconds(8));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void whenAnswerIsACompressedBombThenItDoesNotExplode() throws IOException {
		ByteArrayOutputStream bomb = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
			gzip.write("{\"success\":true,\"isValid\":true,\"x\":\"".getBytes(StandardCharsets.US_ASCII));
			byte[] block = new byte[1024 * 1024];
			Arrays.fill(block, (byte) 'a');
			for (int i = 0; i < 256; i++) {
				gzip.write(block);
			}
			gzip.write("\"}".getBytes(StandardCharsets.US_ASCII));
		}
		serve((socket) -> {
			readRequest(socket);
			write(socket, HEAD + "Content-Encoding: gzip\r\nContent-Length: " + bomb.size() + "\r\n\r\n");
			socket.getOutputStream().write(bomb.toByteArray());
			socket.getOutputStream().flush();
		});
		assertUnknown(Duration.ofSeconds(30));
	}

	@Test
	void whenInterruptedWhileSettlingThenOutcomeIsUnknownAndFlagIsRestored() throws Exception {
		serve((socket) -> {
			readRequest(socket);
			this.called.countDown();
			drain(socket);
		});
		HttpFacilitator facilitator = facilitator("http://localhost:" + this.server.getLocalPort(),
				Duration.ofSeconds(5));
		AtomicBoolean flag = new AtomicBoolean();
		CountDownLatch started = new CountDownLatch(1);
		Thread[] settling = new Thread[1];
		Future<SettlementOutcome> outcome = this.threads.submit(() -> {
			settling[0] = Thread.currentThread();
			started.countDown();
			SettlementOutcome settled = facilitator.settle(FacilitatorRequests.v2());
			flag.set(Thread.interrupted());
			return settled;
		});
		assertThat(started.await(2, TimeUnit.SECONDS)).isTrue();
		assertThat(this.called.await(2, TimeUnit.SECONDS)).isTrue();
		settling[0].interrupt();
		assertThat(outcome.get(2, TimeUnit.SECONDS)).isInstanceOf(Unknown.class);
		assertThat(flag).isTrue();
	}

	@Test
	void whenInterruptedBeforeVerifyThenFacilitatorIsUnavailableAndFlagIsRestored() {
		HttpFacilitator facilitator = facilitator("http://localhost:" + this.server.getLocalPort(),
				Duration.ofSeconds(5));
		Thread.currentThread().interrupt();
		try {
			assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	void whenSupportedTimesOutThenThrows() {
		serve((socket) -> {
			readRequest(socket);
			drain(socket);
		});
		HttpFacilitator facilitator = facilitator("http://localhost:" + this.server.getLocalPort(),
				Duration.ofMillis(150));
		assertThatExceptionOfType(FacilitatorException.class).isThrownBy(facilitator::supported)
			.withMessageContaining("PT0.15S");
	}

	private void assertNeverSent(String scheme) {
		HttpFacilitator facilitator = facilitator(scheme + "://localhost:" + this.server.getLocalPort(),
				Duration.ofSeconds(5));
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(NotExecuted.class);
		assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
	}

	private void assertUnknown(Duration timeout) {
		HttpFacilitator facilitator = facilitator("http://localhost:" + this.server.getLocalPort(), timeout);
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOfSatisfying(Unknown.class,
				(unknown) -> assertThat(unknown.transaction()).isNull());
		assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Unavailable.class);
		assertThat(this.calls.get()).as("calls, none repeated").isLessThanOrEqualTo(2);
	}

	private static HttpFacilitator facilitator(String url, Duration timeout) {
		return new HttpFacilitator(CLIENT, new PaymentCodec(),
				HttpFacilitatorSettings.of(url).withTimeouts(timeout, timeout, timeout));
	}

	private void serve(Behaviour behaviour) {
		this.threads.execute(() -> {
			while (!this.server.isClosed()) {
				try {
					Socket socket = this.server.accept();
					this.calls.incrementAndGet();
					this.threads.execute(() -> handle(socket, behaviour));
				}
				catch (IOException ex) {
					return;
				}
			}
		});
	}

	private static void handle(Socket socket, Behaviour behaviour) {
		try (socket) {
			behaviour.handle(socket);
		}
		catch (IOException ex) {
			// the client went away, which is what some of the tests wait for
		}
	}

	private static void readRequest(Socket socket) throws IOException {
		InputStream in = socket.getInputStream();
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				return;
			}
			head.append((char) next);
		}
		for (String line : head.toString().split("\r\n")) {
			if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
				in.readNBytes(Integer.parseInt(line.substring(15).strip()));
			}
		}
	}

	private static void write(Socket socket, String text) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	private static void drain(Socket socket) throws IOException {
		while (socket.getInputStream().read() >= 0) {
			Thread.onSpinWait();
		}
	}

	private interface Behaviour {

		void handle(Socket socket) throws IOException;

	}

}
