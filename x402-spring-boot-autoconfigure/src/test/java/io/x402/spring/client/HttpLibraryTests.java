/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import com.sun.net.httpserver.HttpServer;
import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.client.Seller.Answer;
import io.x402.spring.store.SpendingLimit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * A buyer on each HTTP library. A budget for one payment is spent on one payment,
 * whatever the library repeats by itself.
 */
class HttpLibraryTests {

	private final Buyers buyer = new Buyers();

	static Stream<HttpLibrary> libraries() {
		return Arrays.stream(HttpLibrary.values()).filter(HttpLibrary::isAvailable);
	}

	static Stream<HttpLibrary> reactive() {
		return libraries().filter(HttpLibrary::isReactive);
	}

	static Stream<Arguments> requests() {
		return libraries().flatMap((library) -> Stream.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT)
			.map((method) -> Arguments.of(library, method)));
	}

	@BeforeEach
	void budgetForOne() {
		this.buyer.limits = List.of(new SpendingLimit(false, null, new BigDecimal("0.05")));
	}

	@ParameterizedTest
	@MethodSource("requests")
	void whenSellerDeliversThenItIsPaidOnce(HttpLibrary library, HttpMethod method) {
		try (Seller seller = Seller.honest(50_000)) {
			Client client = library.client(this.buyer.payer());
			assertThat(client.send(method, seller.uri("/"), body(method)).getBody()).startsWith(Answer.GOODS);
			assertThat(seller.payments()).hasSize(1);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@ParameterizedTest
	@MethodSource("requests")
	void whenSellerReadsThePaymentAndStopsListeningThenTheSamePaymentIsRepeated(HttpLibrary library,
			HttpMethod method) {
		try (VanishingSeller seller = new VanishingSeller(false)) {
			Client client = library.client(this.buyer.payer());
			for (int i = 0; i < 3; i++) {
				seller.open();
				assertFails(client, method, seller);
			}
			assertThat(seller.payments()).hasSize(1);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
			assertThat(this.buyer.told()).doesNotContain("NotSent", "Delivered");
		}
	}

	@ParameterizedTest
	@MethodSource("requests")
	void whenSellerBreaksEveryPaidConnectionThenTheSamePaymentIsRepeated(HttpLibrary library, HttpMethod method) {
		try (VanishingSeller seller = new VanishingSeller(true)) {
			seller.open();
			Client client = library.client(this.buyer.payer());
			for (int i = 0; i < 2; i++) {
				assertFails(client, method, seller);
			}
			assertThat(seller.payments()).hasSize(1);
			assertThat(seller.paidRequests()).isGreaterThanOrEqualTo(2);
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Undecided");
		}
	}

	@ParameterizedTest
	@MethodSource("libraries")
	void whenContentBreaksOffThenThePaymentIsKept(HttpLibrary library) {
		try (Seller seller = new Seller((request) -> (request.payment() == null)
				? Answer.unpaid(Offers.header(Offers.usdc(50_000))) : Answer.delivered(request).cut())) {
			Client client = library.client(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.get(seller.uri("/")));
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
		}
	}

	@ParameterizedTest
	@MethodSource("libraries")
	void whenPaidRequestIsRedirectedThenThePaymentGoesNowhereElse(HttpLibrary library) {
		for (int status : new int[] { 301, 302, 303, 307, 308 }) {
			Buyers buyer = new Buyers();
			try (Seller thief = Seller.honest(50_000);
					Seller seller = new Seller(
							(request) -> (request.payment() == null) ? Answer.unpaid(Offers.header(Offers.usdc(50_000)))
									: Answer.of(status, Map.of("Location", thief.uri("/").toString()), ""))) {
				assertThat(library.client(buyer.payer()).get(seller.uri("/")).getStatusCode().value())
					.isEqualTo(status);
				assertThat(thief.requests()).isEmpty();
				assertThat(buyer.told()).containsExactly("Signed", "Undecided");
			}
		}
	}

	@ParameterizedTest
	@MethodSource("reactive")
	void whenCallIsCancelledWhileThePaidRequestIsOnTheWireThenThePaymentIsKept(HttpLibrary library)
			throws InterruptedException {
		try (Seller seller = new Seller((request) -> (request.payment() == null)
				? Answer.unpaid(Offers.header(Offers.usdc(50_000))) : hang())) {
			Disposable call = library.webClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.retrieve()
				.bodyToMono(String.class)
				.subscribe();
			await().atMost(Duration.ofMinutes(1)).until(() -> !seller.payments().isEmpty());
			call.dispose();
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
		}
	}

	/**
	 * The declared length is that of the compressed content.
	 */
	@ParameterizedTest
	@MethodSource("libraries")
	void whenContentIsCompressedThenItIsDelivered(HttpLibrary library) throws IOException {
		List<String> payments = new ArrayList<>();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			String payment = exchange.getRequestHeaders().getFirst("PAYMENT-SIGNATURE");
			byte[] body = compressed((payment != null) ? "goods" : "{}");
			exchange.getResponseHeaders().set("Content-Encoding", "gzip");
			exchange.getResponseHeaders().set("PAYMENT-REQUIRED", Offers.header(Offers.usdc(50_000)));
			if (payment != null) {
				payments.add(payment);
			}
			exchange.sendResponseHeaders((payment != null) ? 200 : 402, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		server.start();
		try {
			library.client(this.buyer.payer())
				.get(java.net.URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
			assertThat(payments).hasSize(1);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
		finally {
			server.stop(0);
		}
	}

	/**
	 * The libraries are only there in an execution of its own, because their mere
	 * presence changes what Spring Boot chooses.
	 */
	@Test
	void whenLibrariesAreExpectedThenTheyAreThere() {
		if (Boolean.getBoolean("x402.test.http-libraries")) {
			assertThat(libraries()).containsExactly(HttpLibrary.values());
		}
	}

	private void assertFails(Client client, HttpMethod method, VanishingSeller seller) {
		assertThatException().isThrownBy(() -> client.send(method, seller.uri(), body(method)))
			.satisfies((ex) -> assertThat(ex).isNotInstanceOf(PaymentRefusedException.class));
	}

	private static String body(HttpMethod method) {
		return (method == HttpMethod.GET) ? null : "order";
	}

	private static Answer hang() {
		try {
			Thread.sleep(60_000);
		}
		catch (InterruptedException ex) {
			// The shop closes
		}
		return Answer.NONE;
	}

	private static byte[] compressed(String text) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
			out.write(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

}
