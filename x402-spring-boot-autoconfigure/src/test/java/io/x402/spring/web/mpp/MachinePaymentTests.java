/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.Callable;

import io.x402.spring.web.edge.Container;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Machine Payments Protocol on Spring MVC.
 */
@SpringBootTest(classes = { AbstractMachineClientTests.Shop.class, MachinePaymentTests.Views.class },
		webEnvironment = WebEnvironment.RANDOM_PORT, properties = { Container.TOMCAT, Container.NO_SECURITY,
				Container.PAY_TO, "x402.mpp.enabled=true", AbstractMachinePaymentTests.SECRET })
class MachinePaymentTests extends AbstractMachinePaymentTests {

	/**
	 * The challenge is for the request that the buyer makes, not for the handler that it
	 * is forwarded to.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/forwarded", "/forwarded/later", "/free/forwarded", "/free/dispatched", "/free/started" })
	void whenRequestIsForwardedToAPricedHandlerThenItsChallengeIsAnswered(String path) throws Exception {
		Map<String, Object> challenge = challenge(get(path + "?b=1"));
		assertRefused(get("/goods?a=2", "Authorization", this.buyer.pay(challenge)), "invalid_challenge");
		HttpResponse<String> paid = get(path + "?b=1", "Authorization", this.buyer.pay(challenge));
		assertThat(paid.statusCode()).as(paid.body()).isEqualTo(200);
		assertThat(paid.body()).isEqualTo("goods 2");
		assertSettled(1);
		assertRefused(path + "?b=2", this.buyer.pay(challenge(get(path + "?b=1"))));
	}

	private void assertRefused(String path, String credential) throws Exception {
		HttpResponse<String> refused = get(path, "Authorization", credential);
		assertThat(refused.statusCode()).as(refused.body()).isEqualTo(402);
		assertThat(MachineBuyer.object(refused.body())).containsEntry("code", "invalid_challenge");
		assertSettled(1);
	}

	@Controller
	static class Views {

		@GetMapping("/forwarded")
		String forwarded() {
			return "forward:/goods?a=2";
		}

		@GetMapping("/forwarded/later")
		Callable<String> later() {
			return () -> "forward:/goods?a=2";
		}

		@GetMapping("/free/forwarded")
		void dispatched(HttpServletRequest request, HttpServletResponse response) {
			request.startAsync(request, response).dispatch("/forwarded");
		}

		/**
		 * The container dispatches its own request, without what filters put around it.
		 */
		@GetMapping("/free/dispatched")
		void unwrapped(HttpServletRequest request, HttpServletResponse response) {
			request.startAsync().dispatch("/goods?a=2");
		}

		@GetMapping("/free/started")
		void forwardedLater(HttpServletRequest request, HttpServletResponse response) {
			request.startAsync().dispatch("/forwarded");
		}

	}

}
