/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.x402.spring.client.Seller.Answer;
import io.x402.spring.client.Seller.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.util.StreamUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Content that was paid reaches the caller as often as it asks for it, and is delivered
 * when it was read to its end.
 */
class DeliveredContentTests {

	private static final String GOODS = Answer.GOODS + " ";

	private final Buyers buyer = new Buyers();

	private final List<String> logged = new ArrayList<>();

	private final ClientHttpRequestInterceptor logging = (request, body, execution) -> {
		ClientHttpResponse response = execution.execute(request, body);
		this.logged.add(StreamUtils.copyToString(response.getBody(), StandardCharsets.UTF_8));
		return response;
	};

	static Stream<UnaryOperator<RestClient.Builder>> buffering() {
		return Stream.of(
				(builder) -> builder.requestFactory(new JdkClientHttpRequestFactory())
					.bufferContent((uri, method) -> true),
				(builder) -> builder
					.requestFactory(new BufferingClientHttpRequestFactory(new JdkClientHttpRequestFactory())),
				(builder) -> builder
					.requestFactory(new BufferingClientHttpRequestFactory(new SimpleClientHttpRequestFactory())));
	}

	@ParameterizedTest
	@MethodSource("buffering")
	void whenContentIsBufferedAndLoggedThenTheCallerStillGetsAllOfIt(UnaryOperator<RestClient.Builder> buffering) {
		try (Seller seller = Seller.honest(50_000)) {
			RestClient client = buffering.apply(RestClient.builder())
				.requestInterceptor(this.logging)
				.requestInterceptor(new PaymentRequestInterceptor(this.buyer.payer()))
				.build();
			assertThat(client.get().uri(seller.uri("/")).retrieve().body(String.class)).isEqualTo(GOODS);
			assertThat(this.logged).containsExactly(GOODS);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@Test
	void whenLoggingIsTheInnerInterceptorThenTheCallerStillGetsAllOfIt() {
		try (Seller seller = Seller.honest(50_000)) {
			RestClient client = RestClient.builder()
				.requestFactory(new JdkClientHttpRequestFactory())
				.bufferContent((uri, method) -> true)
				.requestInterceptor(new PaymentRequestInterceptor(this.buyer.payer()))
				.requestInterceptor(this.logging)
				.build();
			assertThat(client.get().uri(seller.uri("/")).retrieve().body(String.class)).isEqualTo(GOODS);
			assertThat(this.logged).contains(GOODS);
		}
	}

	@Test
	void whenRestTemplateBuffersAndLogsThenTheCallerStillGetsAllOfIt() {
		try (Seller seller = Seller.honest(50_000)) {
			RestTemplate client = new RestTemplate(
					new BufferingClientHttpRequestFactory(new JdkClientHttpRequestFactory()));
			client.setInterceptors(List.of(this.logging, new PaymentRequestInterceptor(this.buyer.payer())));
			assertThat(client.getForObject(seller.uri("/"), String.class)).isEqualTo(GOODS);
			assertThat(this.logged).containsExactly(GOODS);
		}
	}

	@Test
	void whenRestTestClientBuysThenItGetsAllOfIt() {
		try (Seller seller = Seller.honest(50_000)) {
			RestTestClient client = RestTestClient.bindToServer(new JdkClientHttpRequestFactory())
				.requestInterceptor(new PaymentRequestInterceptor(this.buyer.payer()))
				.build();
			client.get()
				.uri(seller.uri("/"))
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody(String.class)
				.isEqualTo(GOODS);
		}
	}

	@Test
	void whenContentIsAskedForTwiceInAnExchangeThenBothGetAllOfIt() {
		try (Seller seller = Seller.honest(50_000)) {
			String twice = client().get().uri(seller.uri("/")).exchange((request, response) -> {
				InputStream body = response.getBody();
				return read(body) + read(response.getBody());
			});
			assertThat(twice).as("not buffered, so it is one stream").isEqualTo(GOODS);
		}
	}

	@Test
	void whenCallerReadsPartOfTheContentThenThePaymentIsKept() {
		try (Seller seller = Seller.honest(50_000)) {
			RestClient client = client();
			Integer first = client.get()
				.uri(seller.uri("/"))
				.exchange((request, response) -> response.getBody().read());
			assertThat(first).isEqualTo('t');
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
			assertThat(client.get().uri(seller.uri("/")).retrieve().body(String.class)).isEqualTo(GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		}
	}

	@Test
	void whenCallbackFailsWithinTheContentThenThePaymentIsKept() {
		try (Seller seller = Seller.honest(50_000)) {
			assertThatException().isThrownBy(() -> client().get().uri(seller.uri("/")).exchange((request, response) -> {
				response.getBody().read();
				throw new IllegalStateException("no");
			}));
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
		}
	}

	@Test
	void whenCallerReadsTheDeclaredLengthOnlyThenItIsDelivered() {
		try (Seller seller = Seller.honest(50_000)) {
			client().get()
				.uri(seller.uri("/"))
				.exchange((request, response) -> response.getBody().readNBytes(GOODS.length()));
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST", "HEAD", "DELETE" })
	void whenContentIsNotWantedButArrivesThenItIsDelivered(String method) {
		try (Seller seller = new Seller((request) -> (request.payment() == null)
				? Answer.unpaid(Offers.header(Offers.usdc(50_000))) : head(request))) {
			client().method(HttpMethod.valueOf(method)).uri(seller.uri("/")).retrieve().toBodilessEntity();
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	private static Answer head(Request request) {
		Answer answer = Answer.delivered(request);
		return request.method().equals("HEAD")
				? new Answer(answer.status(), answer.headers(), "", answer.claimedLength()) : answer;
	}

	@Test
	void whenContentIsNotWantedAndBreaksOffThenThePaymentIsKept() {
		try (Seller seller = cutting()) {
			client().get().uri(seller.uri("/")).retrieve().toBodilessEntity();
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
		}
	}

	/**
	 * {@code HttpURLConnection} ends content that breaks off as if it were complete.
	 */
	@Test
	void whenContentIsShorterThanDeclaredAndTheClientDoesNotMindThenTheCallFailsAndThePaymentIsKept() {
		try (Seller seller = cutting()) {
			RestClient client = RestClient.builder()
				.requestFactory(new SimpleClientHttpRequestFactory())
				.requestInterceptor(new PaymentRequestInterceptor(this.buyer.payer()))
				.build();
			assertThatException().isThrownBy(() -> client.get().uri(seller.uri("/")).retrieve().body(byte[].class));
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308, 304 })
	void whenPaidRequestIsRedirectedWithoutAReceiptThenThePaymentIsKeptAndGoesNowhereElse(int status) {
		for (ClientKind kind : new ClientKind[] { ClientKind.REST_CLIENT, ClientKind.WEB_CLIENT }) {
			Buyers buyer = new Buyers();
			try (Seller thief = Seller.honest(50_000);
					Seller seller = new Seller(
							(request) -> (request.payment() == null) ? Answer.unpaid(Offers.header(Offers.usdc(50_000)))
									: Answer.of(status, Map.of("Location", thief.uri("/").toString()), ""))) {
				ClientKind.Client client = kind.client(buyer.payer());
				assertThat(client.get(seller.uri("/")).getStatusCode().value()).isEqualTo(status);
				client.get(seller.uri("/"));
				assertThat(thief.requests()).isEmpty();
				assertThat(buyer.signer.signatures()).isEqualTo(1);
				assertThat(buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Undecided");
			}
		}
	}

	@Test
	void whenRedirectHasAReceiptThenItWasSold() {
		try (Seller seller = new Seller(
				(request) -> (request.payment() == null) ? Answer.unpaid(Offers.header(Offers.usdc(50_000)))
						: Answer.of(303, Map.of("Location", "/order/1", "PAYMENT-RESPONSE", Offers.receipt()), ""))) {
			ClientKind.REST_CLIENT.client(this.buyer.payer()).post(seller.uri("/"), "order");
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	@Test
	void whenReactiveCallerTakesPartOfTheContentThenThePaymentIsKept() {
		try (Seller seller = large()) {
			WebClient client = ClientKind.webClient(this.buyer.payer());
			client.get()
				.uri(seller.uri("/"))
				.exchangeToFlux((response) -> response.bodyToFlux(byte[].class).take(1))
				.blockLast();
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
		}
	}

	@Test
	void whenReactiveCallerTimesOutBetweenTheResponseAndItsContentThenThePaymentIsKept() {
		try (Seller seller = Seller.honest(50_000)) {
			WebClient client = ClientKind.webClient(this.buyer.payer());
			assertThatException().isThrownBy(() -> client.get()
				.uri(seller.uri("/"))
				.exchangeToMono((response) -> Mono.never().then(response.bodyToMono(String.class)))
				.timeout(Mono.delay(Duration.ofMillis(5))
					.repeat(() -> seller.payments().isEmpty())
					.then(Mono.delay(Duration.ofMillis(200))))
				.block());
			assertThat(this.buyer.told()).containsExactly("Signed", "Undecided");
			assertThat(client.get().uri(seller.uri("/")).retrieve().bodyToMono(String.class).block()).isEqualTo(GOODS);
			assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		}
	}

	@Test
	void whenReactiveCallerReadsLaterThenItIsDelivered() {
		try (Seller seller = Seller.honest(50_000)) {
			String content = ClientKind.webClient(this.buyer.payer())
				.get()
				.uri(seller.uri("/"))
				.exchangeToMono((response) -> Mono.delay(Duration.ofMillis(50))
					.then(Mono.defer(() -> response.bodyToMono(String.class))))
				.block();
			assertThat(content).isEqualTo(GOODS);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	private RestClient client() {
		return ClientKind.restClient(this.buyer.payer());
	}

	private static String read(InputStream content) throws IOException {
		return StreamUtils.copyToString(content, StandardCharsets.UTF_8);
	}

	private static Seller cutting() {
		return new Seller((request) -> (request.payment() == null) ? Answer.unpaid(Offers.header(Offers.usdc(50_000)))
				: Answer.delivered(request).cut());
	}

	private static Seller large() {
		return new Seller((request) -> (request.payment() == null) ? Answer.unpaid(Offers.header(Offers.usdc(50_000)))
				: Answer.of(200, Map.of(), "x".repeat(10_000_000)));
	}

}
