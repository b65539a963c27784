/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.access.Passes;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.edge.Container;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.view.InternalResourceView;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A request takes one access of each price, whatever it forwards to and includes, and
 * gives back all of them or none.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { Container.TOMCAT, Container.NO_SECURITY,
		Container.PAY_TO, "x402.free-quota.key=header:X-Client" })
class RequestAccessTests {

	private static final int QUOTA = 9;

	private final String name = UUID.randomUUID().toString();

	@LocalServerPort
	private int port;

	@Autowired
	private Passes passes;

	private PassClient client;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@Test
	void whenAPageIncludesTwoPartsThenOnePriceIsTakenOfTheBalance() {
		String token = balance();
		assertThat(use(page(200, "/part", "/other", "/part"), token).body()).isEqualTo("partotherpartend");
		assertThat(left(token)).isEqualTo(70_000 - 30_000);
	}

	@Test
	void whenAPageIncludesADearerPartThenThatPartIsNotServed() {
		String token = balance();
		assertThat(use(page(200, "/cheap", "/part"), token).body()).startsWith("cheap").doesNotContain("partend");
		assertThat(left(token)).isEqualTo(70_000 - 2_000);
	}

	@Test
	void whenAPageIncludesAPartTwiceThenOneFreeCallIsTaken() {
		assertThat(get(page(200, "/trial", "/trial")).body()).isEqualTo("trialtrialend");
		assertThat(freeCalls()).isEqualTo(QUOTA - 1);
	}

	@Test
	void whenAPageIncludesPartsOfOneScopeThenOneUseIsTaken() {
		String token = this.client.buy("/report");
		assertThat(use(page(200, "/report", "/summary"), token).body()).isEqualTo("reportsummaryend");
		assertThat(left(token)).isEqualTo(3);
	}

	@Test
	void whenAPageIncludesPartsOfSeveralPricesThenOneAccessOfEachIsTaken() {
		String token = this.client.buy("/report");
		assertThat(use(page(200, "/report", "/trial", "/summary", "/sample"), token).body())
			.isEqualTo("reporttrialsummarysampleend");
		assertThat(left(token)).isEqualTo(3);
		assertThat(freeCalls()).isEqualTo(QUOTA - 1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 404, 500, 0 })
	void whenThePageFailsThenAllThatItsPartsTookIsGivenBack(int status) {
		String balance = balance();
		assertThat(use(page(status, "/part", "/trial"), balance).statusCode()).isGreaterThanOrEqualTo(400);
		await().untilAsserted(() -> assertThat(left(balance)).isEqualTo(70_000));
		String pass = this.client.buy("/report");
		assertThat(use(page(status, "/report", "/trial"), pass).statusCode()).isGreaterThanOrEqualTo(400);
		await().untilAsserted(() -> assertThat(left(pass)).isEqualTo(4));
		assertThat(freeCalls()).isEqualTo(QUOTA);
	}

	@Test
	void whenAPartFailsThenOnlyItsOwnAccessIsGivenBack() {
		String token = this.client.buy("/report");
		assertThat(use(page(200, "/trial?fails=true", "/report"), token).body()).isEqualTo("reportend");
		assertThat(left(token)).isEqualTo(3);
		assertThat(freeCalls()).isEqualTo(QUOTA);
	}

	@Test
	void whenAPartFailsAndAnotherOneOfItsPriceDoesNotThenThatOneIsNotFree() {
		assertThat(get(page(200, "/trial?fails=true", "/trial?fails=false")).body()).isEqualTo("trialend");
		assertThat(freeCalls()).isEqualTo(QUOTA - 1);
	}

	@Test
	void whenAPartIsNotAcceptedThenItsAccessIsGivenBack() {
		assertThat(get(page(200, "/json"), "Accept", "text/plain").body()).isEqualTo("end");
		assertThat(QUOTA - remaining(get("/json", "Accept", "application/json"))).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/pass-then-free", "/free-then-pass" })
	void whenAHandlerForwardsToAnotherKindOfAccessThenBothAreTakenOrGivenBack(String path) {
		String token = this.client.buy("/report");
		assertThat(use(path + "?fails=true", token).statusCode()).isEqualTo(500);
		await().untilAsserted(() -> assertThat(left(token)).isEqualTo(4));
		HttpResponse<String> served = use(path, token);
		assertThat(served.statusCode()).isEqualTo(200);
		assertThat(remaining(served)).isEqualTo(QUOTA - 1);
		assertThat(left(token)).isEqualTo(3);
	}

	@Test
	void whenAnAttributeOfTheRequestIsRemovedThenWhatWasTakenStaysKnown() {
		String token = this.client.buy("/report");
		assertThat(use(page(500, "/report", "/forgetful"), token).statusCode()).isEqualTo(500);
		await().untilAsserted(() -> assertThat(left(token)).isEqualTo(4));
	}

	private String page(int status, String... parts) {
		return "/page?ends=" + status + "&parts="
				+ Arrays.stream(parts)
					.map((part) -> URLEncoder.encode(part, StandardCharsets.UTF_8))
					.collect(Collectors.joining(","));
	}

	private HttpResponse<String> get(String path, String... headers) {
		return this.client.get(path, append(headers, "X-Client", this.name));
	}

	private HttpResponse<String> use(String path, String token) {
		return get(path, PassClient.TOKEN, token);
	}

	private static String[] append(String[] headers, String... more) {
		String[] all = Arrays.copyOf(headers, headers.length + more.length);
		System.arraycopy(more, 0, all, headers.length, more.length);
		return all;
	}

	private String balance() {
		return PassClient.token(this.client.pay("/part", this.client.topUp("/part")));
	}

	private long left(String token) {
		return Objects.requireNonNull(Objects.requireNonNull(this.passes.find(token.substring(0, 32))).remaining());
	}

	/**
	 * Return how many free calls were left, of which this takes one.
	 */
	private int freeCalls() {
		return remaining(get("/trial")) + 1;
	}

	private static int remaining(HttpResponse<String> response) {
		return Integer.parseInt(PassClient.header(response, "RateLimit").replaceAll(".*;r=(\\d+);.*", "$1"));
	}

	/**
	 * A shop whose pages are made of parts.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Pages.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	static class Pages {

		@GetMapping("/page")
		void page(HttpServletRequest request, HttpServletResponse response, @RequestParam List<String> parts,
				@RequestParam int ends) throws IOException {
			for (String part : parts) {
				try {
					request.getRequestDispatcher(part).include(request, response);
				}
				catch (ServletException ex) {
					// The page can do without it
				}
			}
			if (ends == 0) {
				throw new IllegalStateException("Out of order");
			}
			if (ends >= 400) {
				response.sendError(ends);
				return;
			}
			response.getOutputStream().print("end");
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/part")
		void part(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("part");
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/other")
		void other(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("other");
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/cheap")
		void cheap(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("cheap");
		}

		@PaymentRequired(price = "$0.10", freeQuota = QUOTA + " per 1d")
		@GetMapping("/trial")
		void trial(HttpServletResponse response, @RequestParam(defaultValue = "false") boolean fails)
				throws IOException {
			if (fails) {
				throw new IllegalStateException("Out of order");
			}
			response.getOutputStream().print("trial");
		}

		@PaymentRequired(price = "$0.10", freeQuota = QUOTA + " per 1d")
		@GetMapping("/sample")
		void sample(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("sample");
		}

		@PaymentRequired(price = "$0.10", freeQuota = QUOTA + " per 1d")
		@GetMapping(path = "/json", produces = "application/json")
		String json() {
			return "{}";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 5, scope = "reports"))
		@GetMapping("/report")
		void report(HttpServletResponse response, @RequestParam(defaultValue = "false") boolean fails)
				throws IOException {
			if (fails) {
				throw new IllegalStateException("Out of order");
			}
			response.getOutputStream().print("report");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 5, scope = "reports"))
		@GetMapping("/summary")
		void summary(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("summary");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 5, scope = "reports"))
		@GetMapping("/pass-then-free")
		InternalResourceView passThenFree() {
			return new InternalResourceView("/trial");
		}

		@PaymentRequired(price = "$0.10", freeQuota = QUOTA + " per 1d")
		@GetMapping("/free-then-pass")
		InternalResourceView freeThenPass() {
			return new InternalResourceView("/report");
		}

		@GetMapping("/forgetful")
		void forgetful(HttpServletRequest request) {
			request.getAttributeNames().asIterator().forEachRemaining((name) -> {
				if (name.startsWith("io.x402.")) {
					request.removeAttribute(name);
				}
			});
		}

	}

}
