/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Unpaid requests for a priced path that fit no handler.
 */
abstract class AbstractUnmatchedRequestTests {

	private static final String JSON = "application/json";

	/** Prices by path, which all shops have. */
	static final String[] ROUTES = { "x402.routes[0].path=/routed/**", "x402.routes[0].price=$0.03",
			"x402.routes[1].path=/posted", "x402.routes[1].method=POST", "x402.routes[1].price=$0.04" };

	abstract WireResponse send(String method, String target, byte[] body, String... headerLines) throws IOException;

	abstract Buyer buyer();

	abstract FacilitatorStub.Script script(Payment payment);

	/** How often handlers ran. */
	abstract AtomicInteger runs();

	private WireResponse send(String method, String target, String... headerLines) throws IOException {
		return send(method, target, new byte[0], headerLines);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /json, Accept: */*, 10000", "POST, /json, Content-Type: text/plain, 10000",
			"GET, /report/7, Accept: text/html, 70000", "HEAD, /report/7, Accept: image/gif, 70000",
			"POST, /routed/json, Accept: */*, 30000", "GET, /json, Accept: */*, 10000",
			"PUT, /json, Accept: */*, 10000", "DELETE, /report/7, Accept: */*, 70000",
			"GET, /params, Accept: */*, 10000", "HEAD, /params, Accept: */*, 10000",
			"POST, /params, Accept: */*, 10000", "GET, /headers, Accept: */*, 10000",
			"HEAD, /headers, Accept: */*, 10000", "POST, /headers, Accept: */*, 10000",
			"GET, /posted, Accept: */*, 40000", "DELETE, /same, Accept: */*, 20000",
			"GET, /proxied, Accept: */*, 60000", "POST, /differing, Accept: */*, 20000",
			"DELETE, /params, Origin: https://elsewhere.example, 10000", "GET, /%6Ason, Accept: */*, 10000",
			"POST, /report/%37, Accept: */*, 70000", "POST, /json, Content-Type: bogus, 10000" })
	void whenRequestFitsNoHandlerThenAsksForPayment(String method, String path, String header, String amount)
			throws IOException {
		WireResponse response = send(method, path, header);
		assertThat(response.status()).isEqualTo(402);
		PaymentRequirements offer = Buyer.offer(response);
		assertThat(offer.amount()).hasToString(amount);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /free, Accept: */*, 415", "GET, /mixed, Accept: image/gif, 406",
			"POST, /nothing, Accept: */*, 404", "OPTIONS, /json, Accept: */*, 200", "HEAD, /json, Accept: */*, 405",
			"PUT, /free, Accept: */*, 405", "PUT, /half, Accept: */*, 405", "PUT, /differing, Accept: */*, 405",
			"GET, /asking, Accept: */*, 400", "GET, /nothing, Accept: */*, 404", "GET, /json/, Accept: */*, 404",
			"GET, /JSON, Accept: */*, 404", "GET, /report/, Accept: */*, 404" })
	void whenNothingThatIsPricedFitsThenSpringAnswers(String method, String path, String header, int status)
			throws IOException {
		WireResponse response = send(method, path, header);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("PAYMENT-REQUIRED")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /json, 405", "GET, /params, 400", "GET, /headers, 404", "DELETE, /same, 405" })
	void whenBrowserFitsNoHandlerThenSpringAnswers(String method, String path, int status) throws IOException {
		WireResponse response = send(method, path, "User-Agent: Mozilla/5.0", "Accept: text/html,*/*;q=0.8");
		assertThat(response.status()).isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource({ "GET, /json, 405, GET, /params?kind=a", "GET, /params, 400, GET, /params?kind=a",
			"GET, /headers, 404, GET, /params?kind=a", "DELETE, /params, 405, GET, /params?kind=a" })
	void whenRequestFitsNoHandlerThenAPaymentIsNotTaken(String method, String path, int status, String fitting,
			String target) throws IOException {
		int runs = runs().get();
		Payment payment = buyer().sign(Buyer.offer(send(method, path)));
		FacilitatorStub.Script script = script(payment);
		assertThat(send(method, path, payment.headerLine()).status()).isEqualTo(status);
		assertThat(script.settlements()).isZero();
		assertThat(runs()).hasValue(runs);
		assertThat(send(fitting, target, payment.headerLine()).status()).isEqualTo(200);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenMethodIsAnotherThenMappingIsDeclaredWithItsOwn() throws IOException {
		String header = send("GET", "/json").header("PAYMENT-REQUIRED");
		assertThat(new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8))
			.contains("\"method\":\"POST\"");
	}

	@Test
	void whenMediaTypesFitNoHandlerThenAPaymentIsNotTaken() throws IOException {
		Payment payment = buyer().sign(Buyer.offer(send("POST", "/json")));
		FacilitatorStub.Script script = script(payment);
		byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
		assertThat(send("POST", "/json", body, "Content-Type: text/plain", payment.headerLine()).status())
			.isEqualTo(415);
		assertThat(script.settlements()).isZero();
		assertThat(send("POST", "/json", body, "Content-Type: " + JSON, payment.headerLine()).status()).isEqualTo(200);
		assertThat(script.settlements()).isOne();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controllers.class, Counters.class })
	static class UnmatchedConfiguration {

		@Bean
		static Proxied proxied() {
			ProxyFactory factory = new ProxyFactory(new ProxiedController());
			factory.setInterfaces(Proxied.class);
			return (Proxied) factory.getProxy();
		}

	}

	static class Counters {

		private final AtomicInteger runs = new AtomicInteger();

		AtomicInteger runs() {
			return this.runs;
		}

	}

	@RestController
	interface Proxied {

		@PostMapping("/proxied")
		String proxied();

	}

	static class ProxiedController implements Proxied {

		@Override
		@PaymentRequired(price = "$0.06")
		public String proxied() {
			return "{}";
		}

	}

	@RestController
	static class Controllers {

		private final Counters counters;

		Controllers(Counters counters) {
			this.counters = counters;
		}

		@PaymentRequired(price = "$0.01")
		@PostMapping(path = "/json", consumes = JSON)
		String json(@RequestBody String body) {
			this.counters.runs.incrementAndGet();
			return body;
		}

		@PaymentRequired(price = "#{#path['id'] == '7' ? '0.07' : '0.01'}")
		@GetMapping(path = "/report/{id}", produces = JSON)
		String report(@PathVariable String id) {
			return id;
		}

		@PostMapping(path = "/routed/json", consumes = JSON)
		String routed(@RequestBody String body) {
			return body;
		}

		@PostMapping(path = "/free", consumes = JSON)
		String free(@RequestBody String body) {
			return body;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/params", params = "kind")
		String params() {
			this.counters.runs.incrementAndGet();
			return "{}";
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/headers", headers = "X-Kind=a")
		String headers() {
			return "{}";
		}

		@PostMapping("/posted")
		String posted() {
			return "{}";
		}

		@PaymentRequired(price = "$0.02")
		@GetMapping("/same")
		String getSame() {
			return "{}";
		}

		@PaymentRequired(price = "$0.02")
		@PostMapping("/same")
		String postSame() {
			return "{}";
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/differing")
		String getDiffering() {
			return "{}";
		}

		@PaymentRequired(price = "$0.02")
		@PostMapping(path = "/differing", consumes = JSON)
		String postDiffering() {
			return "{}";
		}

		@GetMapping("/half")
		String getHalf() {
			return "{}";
		}

		@PaymentRequired(price = "$0.02")
		@PostMapping("/half")
		String postHalf() {
			return "{}";
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/mixed", produces = JSON)
		String paid() {
			return "{}";
		}

		@GetMapping(path = "/mixed", produces = "text/plain")
		String unpaid() {
			return "free";
		}

	}

}
