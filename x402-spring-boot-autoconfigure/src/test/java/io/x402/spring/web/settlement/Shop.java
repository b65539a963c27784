/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.web.settlement.FacilitatorStub.Script;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.awaitility.Awaitility.await;

/**
 * A running application that sells something, and its facilitator.
 */
final class Shop implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final FacilitatorStub facilitator;

	private final Buyer buyer = new Buyer();

	private Shop(ConfigurableApplicationContext context, FacilitatorStub facilitator) {
		this.context = context;
		this.facilitator = facilitator;
	}

	/**
	 * Open a shop.
	 * @param container the container it runs in
	 * @param configuration what it sells and what else it is made of
	 * @param properties properties as {@code key=value}
	 * @return the running shop
	 */
	static Shop open(Container container, Class<?> configuration, String... properties) {
		FacilitatorStub facilitator = FacilitatorStub.start();
		List<String> arguments = new ArrayList<>();
		arguments.add("--server.port=0");
		arguments.add("--logging.level.root=OFF");
		arguments.add("--spring.autoconfigure.exclude=" + container.excluded());
		arguments.add("--x402.pay-to=" + Buyer.SELLER);
		arguments.add("--x402.facilitator.url=" + facilitator.url());
		arguments.add("--x402.facilitator.supported.check=false");
		arguments.add("--x402.facilitator.circuit-breaker.failure-threshold=1000000");
		if (List.of(properties).stream().noneMatch((property) -> property.startsWith("x402.reconciliation."))) {
			arguments.add("--x402.reconciliation.enabled=false");
		}
		if (List.of(properties)
			.stream()
			.noneMatch((property) -> property.startsWith("x402.settlement.max-repeat-wait"))) {
			// A machine that is busy with other work may take its time
			arguments.add("--x402.settlement.max-repeat-wait=30s");
		}
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new Shop(
				new SpringApplicationBuilder(ShopConfiguration.class, configuration).web(WebApplicationType.SERVLET)
					.bannerMode(Banner.Mode.OFF)
					.registerShutdownHook(false)
					.run(arguments.toArray(String[]::new)),
				facilitator);
	}

	int port() {
		return ((ServletWebServerApplicationContext) this.context).getWebServer().getPort();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	Buyer buyer() {
		return this.buyer;
	}

	PaymentRequirements offer(String target) throws IOException {
		return this.buyer.offer(port(), target);
	}

	/**
	 * Sign a payment for the first offer of a resource.
	 */
	Payment payment(String target) throws IOException {
		return this.buyer.sign(offer(target));
	}

	/**
	 * Say what the facilitator does when it is asked to settle a payment.
	 */
	Script script(Payment payment, SettleBehaviour behaviour) {
		return this.facilitator.script(payment, behaviour);
	}

	WireResponse get(String target, String... headerLines) throws IOException {
		return send("GET", target, headerLines);
	}

	WireResponse send(String method, String target, String... headerLines) throws IOException {
		try (WireExchange exchange = new WireExchange(port())) {
			return exchange.send(method, target, headerLines).receive();
		}
	}

	/**
	 * Send a request with a payment.
	 */
	WireResponse pay(String target, Payment payment) throws IOException {
		return get(target, payment.headerLine());
	}

	/**
	 * Buy a resource.
	 */
	Purchase buy(String target, SettleBehaviour behaviour) throws IOException {
		Payment payment = payment(target);
		Script script = script(payment, behaviour);
		return new Purchase(payment, script, pay(target, payment));
	}

	/**
	 * Return the claim for a payment.
	 * @return the claim, or {@code null} if there is none
	 */
	Claim claim(Payment payment) {
		return bean(PaymentStore.class).find(payment.key());
	}

	/**
	 * Wait until no request works on a payment that was not charged, which may be a
	 * moment after the response.
	 * @return {@code true}; fails if the payment is not free within a minute
	 */
	boolean isReleased(Payment payment) {
		await().atMost(Duration.ofMinutes(1)).until(() -> isFree(claim(payment)));
		return true;
	}

	private static boolean isFree(Claim claim) {
		return claim == null
				|| (!claim.active() && EnumSet.of(ClaimState.ABANDONED, ClaimState.EXHAUSTED).contains(claim.state()));
	}

	@Override
	public void close() {
		this.context.close();
		this.facilitator.close();
	}

	/**
	 * A payment and what became of it.
	 *
	 * @param payment the payment
	 * @param script what the facilitator did to it
	 * @param response the answer
	 */
	record Purchase(Payment payment, Script script, WireResponse response) {

	}

}
