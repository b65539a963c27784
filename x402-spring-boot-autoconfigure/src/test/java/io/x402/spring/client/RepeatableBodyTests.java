/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Bodies of a {@code WebClient} are sent again as they were.
 */
class RepeatableBodyTests {

	private static final int LIMIT = 64 * 1024;

	private final Buyers buyer = new Buyers();

	@Test
	void whenSourceGivesTheBodyOnlyOnceThenItIsSentAgain() {
		Iterator<String> once = List.of("one ", "two ", "three").iterator();
		assertRepeated((request) -> request.contentType(MediaType.TEXT_PLAIN).body(Flux.generate((sink) -> {
			if (once.hasNext()) {
				sink.next(once.next());
			}
			else {
				sink.complete();
			}
		}), String.class));
	}

	@Test
	void whenBodyIsMultipartThenItsBoundaryStaysTheSame() {
		MultipartBodyBuilder parts = new MultipartBodyBuilder();
		parts.part("file", new ByteArrayResource("content".getBytes(StandardCharsets.UTF_8)));
		parts.part("name", "value");
		assertRepeated((request) -> request.body(BodyInserters.fromMultipartData(parts.build())));
	}

	@Test
	void whenLongBodyIsNotAskedToBePaidThenItIsSent() {
		try (Seller seller = new Seller((request) -> Seller.Answer.of(200, Map.of(), "free"))) {
			send(seller, (request) -> request.bodyValue("x".repeat(LIMIT + 1)));
			assertThat(seller.requests().get(0).body()).hasSize(LIMIT + 1);
		}
	}

	@Test
	void whenLongBodyIsAskedToBePaidThenItIsRefusedAndNothingIsSigned() {
		assertRefused((request) -> request.bodyValue("x".repeat(LIMIT + 1)), 1);
	}

	@Test
	void whenBodyOfUnknownLengthIsTooLongThenItIsNotSent() {
		assertRefused((request) -> request.contentType(MediaType.TEXT_PLAIN)
			.body(Flux.range(0, 200).map((i) -> "x".repeat(1024)), String.class), 0);
	}

	private void assertRepeated(Function<WebClient.RequestBodySpec, WebClient.RequestHeadersSpec<?>> body) {
		try (Seller seller = Seller.honest(50_000)) {
			send(seller, body);
			assertThat(seller.requests()).hasSize(2);
			Seller.Request first = seller.requests().get(0);
			Seller.Request second = seller.requests().get(1);
			assertThat(first.body()).isNotEmpty();
			assertThat(second.body()).isEqualTo(first.body());
			assertThat(second.headers().get("content-type")).isEqualTo(first.headers().get("content-type"));
			assertThat(second.payment()).isNotNull();
		}
	}

	private void assertRefused(Function<WebClient.RequestBodySpec, WebClient.RequestHeadersSpec<?>> body,
			int requests) {
		try (Seller seller = Seller.honest(50_000)) {
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> send(seller, body))
				.satisfies((ex) -> assertThat(NestedExceptionUtils.getMostSpecificCause(ex)).isInstanceOfSatisfying(
						PaymentRefusedException.class,
						(refused) -> assertThat(refused.reason()).isEqualTo(RefusalReason.BODY_NOT_REPEATABLE)));
			assertThat(seller.requests()).hasSizeLessThanOrEqualTo(1);
			assertThat(seller.payments()).isEmpty();
			assertThat(this.buyer.signer.signatures()).isZero();
			if (requests > 0) {
				assertThat(seller.requests()).hasSize(requests);
			}
		}
	}

	private void send(Seller seller, Function<WebClient.RequestBodySpec, WebClient.RequestHeadersSpec<?>> body) {
		URI uri = seller.uri("/upload");
		body.apply(ClientKind.webClient(this.buyer.payer()).post().uri(uri))
			.exchangeToMono((response) -> response.bodyToMono(String.class))
			.block(Duration.ofSeconds(60));
	}

}
