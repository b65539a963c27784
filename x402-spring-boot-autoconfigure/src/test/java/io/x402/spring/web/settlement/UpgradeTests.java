/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that takes over the connection, as a WebSocket does, would talk to the buyer
 * around the held response.
 */
class UpgradeTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(UpgradeConfiguration.class);

	@ParameterizedTest
	@CsvSource({ "TOMCAT, SETTLED", "TOMCAT, DECLINED", "TOMCAT, SERVER_ERROR", "JETTY, SETTLED", "JETTY, DECLINED",
			"JETTY, SERVER_ERROR" })
	void whenTheConnectionIsTakenOverBeforeSettlementThenNothingIsSold(Container container, SettleBehaviour behaviour)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/late");
		Script script = shop.script(payment, behaviour);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			WireResponse response = exchange
				.send("GET", "/late", payment.headerLine(), "Upgrade: goods", "Connection: Upgrade")
				.receive();
			assertThat(response.shows(SECRET)).as(response.toString()).isFalse();
			assertThat(response.status()).isEqualTo(500);
		}
		assertThat(script.settlements()).isZero();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@Test
	void whenItIsTakenOverAfterSettlementThenTheGoodsAreDelivered() throws IOException {
		Shop shop = SHOPS.get(Container.TOMCAT);
		Payment payment = shop.payment("/upfront");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/upfront", payment.headerLine(), "Upgrade: goods", "Connection: Upgrade");
			assertThat(exchange.receiveUntil(SECRET)).startsWith("HTTP/1.1 101");
		}
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheContainerTakesOverByTheHeaderThenItIsNotToBeSeenBeforeSettlement(Container container)
			throws IOException {
		Shop shop = SHOPS.get(container);
		assertThat(header(shop, "/late/header")).isEqualTo("null, none");
		assertThat(header(shop, "/upfront/header")).isEqualTo("goods, some");
	}

	private static String header(Shop shop, String target) throws IOException {
		Payment payment = shop.payment(target);
		shop.script(payment, SettleBehaviour.SETTLED);
		return shop.get(target, payment.headerLine(), "Upgrade: goods", "Connection: Upgrade").bodyText();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpgradeController.class)
	static class UpgradeConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class UpgradeController {

		@GetMapping("/late")
		void late(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
			upgrade(request, response);
		}

		@GetMapping("/upfront")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		void upfront(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
			upgrade(request, response);
		}

		@GetMapping("/late/header")
		String lateHeader(HttpServletRequest request) {
			return header(request);
		}

		@GetMapping("/upfront/header")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		String upfrontHeader(HttpServletRequest request) {
			return header(request);
		}

		private static String header(HttpServletRequest request) {
			return request.getHeader("Upgrade") + ", "
					+ (request.getHeaders("upgrade").hasMoreElements() ? "some" : "none");
		}

		private static void upgrade(HttpServletRequest request, HttpServletResponse response)
				throws IOException, ServletException {
			response.setHeader("Upgrade", "goods");
			response.setHeader("Connection", "Upgrade");
			request.upgrade(Goods.class);
		}

	}

	public static final class Goods implements HttpUpgradeHandler {

		@Override
		public void init(WebConnection connection) {
			try (connection) {
				connection.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
				connection.getOutputStream().flush();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void destroy() {
		}

	}

}
