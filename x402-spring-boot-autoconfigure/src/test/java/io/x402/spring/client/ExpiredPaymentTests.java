/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.client.ClientKind.Client;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Our buyer repeats a call at our seller when its payment has expired.
 */
class ExpiredPaymentTests {

	private final ConfigurableApplicationContext shop = new SpringApplicationBuilder(Shop.class).run(Stream
		.of(List.of("server.port=0", Container.TOMCAT, Container.PAY_TO), Container.NO_SECURITY.lines().toList())
		.flatMap(List::stream)
		.map((property) -> "--" + property)
		.toArray(String[]::new));

	private final URI url = URI
		.create("http://127.0.0.1:" + ((WebServerApplicationContext) this.shop).getWebServer().getPort() + "/order");

	private final MovingClock clock = this.shop.getBean(MovingClock.class);

	private final FacilitatorDouble facilitator = this.shop.getBean(FacilitatorDouble.class);

	private final Buyers buyer = new Buyers();

	private final List<Boolean> arrives = new ArrayList<>();

	private final AtomicReference<String> token = new AtomicReference<>();

	private final Client client = client();

	/** Loses requests with a payment before they arrive, or their responses. */
	private Client client() {
		this.buyer.clock = this.clock;
		return ClientKind.client(ClientKind.restClient(this.buyer.payer()).mutate().requestInitializer((request) -> {
			if (this.token.get() != null) {
				request.getHeaders().setBearerAuth(this.token.get());
			}
		}).requestInterceptors((all) -> all.add((request, body, next) -> {
			boolean lost = request.getHeaders().containsHeader("PAYMENT-SIGNATURE") && !this.arrives.isEmpty();
			if (!lost || this.arrives.remove(0)) {
				var response = next.execute(request, body);
				if (!lost) {
					return response;
				}
				response.close();
			}
			throw new IOException("lost");
		})).build());
	}

	@AfterEach
	void close() {
		this.shop.close();
	}

	@Test
	void whenResponseWasLostThenItIsCollectedWhenThePaymentHasExpired() {
		this.arrives.addAll(List.of(true, true, true));
		assertThatException().isThrownBy(() -> this.client.post(this.url, "tea"));
		this.clock.pass(Duration.ofMinutes(14));
		assertThat(this.client.post(this.url, "tea").getBody()).isEqualTo("order 1");
		assertThat(this.facilitator.settled()).isEqualTo(1);
		assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Delivered");
	}

	/**
	 * A seller takes a request with another token for another request.
	 */
	@Test
	void whenTheTokenWasRenewedMeanwhileThenNothingIsPaidTwice() {
		this.token.set("one");
		this.arrives.addAll(List.of(true, true, true));
		assertThatException().isThrownBy(() -> this.client.post(this.url, "tea"));
		this.token.set("two");
		this.clock.pass(Duration.ofMinutes(14));
		assertThat(this.client.post(this.url, "tea").getStatusCode().value()).isEqualTo(409);
		this.token.set("one");
		assertThat(this.client.post(this.url, "tea").getBody()).isEqualTo("order 1");
		assertThat(this.facilitator.settled()).isEqualTo(1);
		assertThat(this.buyer.signer.signatures()).isEqualTo(1);
		assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Undecided", "Resumed",
				"Delivered");
	}

	@Test
	void whenThePaymentNeverArrivedThenANewOneIsPaidAfterItsEnd() {
		this.arrives.addAll(List.of(false, false, false));
		assertThatException().isThrownBy(() -> this.client.post(this.url, "tea"));
		this.clock.pass(Duration.ofMinutes(14));
		assertThat(this.client.post(this.url, "tea").getBody()).isEqualTo("order 1");
		assertThat(this.facilitator.settled()).isEqualTo(1);
		assertThat(this.buyer.signer.signatures()).isEqualTo(2);
		assertThat(this.buyer.told()).containsExactly("Signed", "Undecided", "Resumed", "Declined", "Signed",
				"Delivered");
	}

	/**
	 * A shop that counts its orders.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Shop.Orders.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		MovingClock clock() {
			return MovingClock.running();
		}

		/**
		 * Takes orders.
		 */
		@RestController
		static class Orders {

			private final AtomicInteger orders = new AtomicInteger();

			@PaymentRequired(price = "$0.05")
			@PostMapping("/order")
			String order() {
				return "order " + this.orders.incrementAndGet();
			}

		}

	}

}
