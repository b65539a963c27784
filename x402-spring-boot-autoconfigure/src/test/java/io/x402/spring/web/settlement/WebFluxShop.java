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
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;

import static org.awaitility.Awaitility.await;

/**
 * A running application on WebFlux and Reactor Netty that sells something, and its
 * facilitator.
 */
final class WebFluxShop implements AutoCloseable {

	private static final String OTHER_SERVERS = "org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration,"
			+ "org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration";

	private final ConfigurableApplicationContext context;

	private final FacilitatorStub facilitator;

	private final Buyer buyer = new Buyer();

	private WebFluxShop(ConfigurableApplicationContext context, FacilitatorStub facilitator) {
		this.context = context;
		this.facilitator = facilitator;
	}

	/**
	 * Open a shop.
	 * @param configuration what it sells and what else it is made of
	 * @param properties properties as {@code key=value}
	 * @return the running shop
	 */
	static WebFluxShop open(Class<?> configuration, String... properties) {
		FacilitatorStub facilitator = FacilitatorStub.start();
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--logging.level.root=OFF",
				"--spring.main.web-application-type=reactive", "--spring.autoconfigure.exclude=" + OTHER_SERVERS,
				"--x402.pay-to=" + Buyer.SELLER, "--x402.facilitator.supported.check=false",
				"--x402.facilitator.circuit-breaker.failure-threshold=1000000", "--x402.reconciliation.enabled=false"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		if (arguments.stream().noneMatch((argument) -> argument.startsWith("--x402.settlement.max-repeat-wait="))) {
			arguments.add("--x402.settlement.max-repeat-wait=30s");
		}
		if (arguments.stream().noneMatch((argument) -> argument.startsWith("--x402.facilitator.url="))) {
			arguments.add("--x402.facilitator.url=" + facilitator.url());
		}
		return new WebFluxShop(
				new SpringApplicationBuilder(Common.class, configuration).web(WebApplicationType.REACTIVE)
					.bannerMode(Banner.Mode.OFF)
					.registerShutdownHook(false)
					.run(arguments.toArray(String[]::new)),
				facilitator);
	}

	int port() {
		return ((ReactiveWebServerApplicationContext) this.context).getWebServer().getPort();
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

	Payment payment(String target) throws IOException {
		return this.buyer.sign(offer(target));
	}

	/**
	 * Sign a payment that the facilitator will settle.
	 */
	Payment goodPayment(String target) throws IOException {
		Payment payment = payment(target);
		script(payment, SettleBehaviour.SETTLED);
		return payment;
	}

	Script script(Payment payment, SettleBehaviour behaviour) {
		return this.facilitator.script(payment, behaviour);
	}

	/**
	 * Script the payments that no other script is for.
	 */
	Script scriptOthers(SettleBehaviour behaviour) {
		return this.facilitator.scriptOthers(behaviour);
	}

	WireResponse send(String method, String target, String... headerLines) throws IOException {
		return send(method, target, new byte[0], headerLines);
	}

	WireResponse send(String method, String target, byte[] body, String... headerLines) throws IOException {
		try (WireExchange exchange = new WireExchange(port())) {
			return exchange.send(method, target, body, headerLines).receive();
		}
	}

	WireResponse pay(String target, Payment payment) throws IOException {
		return send("GET", target, payment.headerLine());
	}

	Claim claim(Payment payment) {
		return bean(PaymentStore.class).find(payment.key());
	}

	/**
	 * Wait until no request works on a payment that was not charged.
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
	 * What all shops have: Spring Security that lets everybody in.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Common {

		@Bean
		SecurityWebFilterChain openToAll(ServerHttpSecurity security) {
			return security.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.csrf(ServerHttpSecurity.CsrfSpec::disable)
				.build();
		}

	}

}
