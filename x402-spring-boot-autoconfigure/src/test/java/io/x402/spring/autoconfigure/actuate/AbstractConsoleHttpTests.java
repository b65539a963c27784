/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.Payments;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console over HTTP, on the port of the shop and on one of its own.
 */
abstract class AbstractConsoleHttpTests {

	private static final String CONSOLE = "/actuator/x402console";

	private static final String USER = "Basic " + Base64.getEncoder().encodeToString("seller:secret".getBytes());

	/** What makes the shop one of its web stack. */
	abstract List<String> stack();

	@ParameterizedTest
	@ValueSource(strings = { "local.server.port", "local.management.port" })
	void whenTheSellerIsSignedInThenThePageAndItsPartsAreShown(String port) throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(port)) {
			HttpResponse<String> page = get(context, port, CONSOLE, "Authorization", USER);
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.body()).startsWith("<!DOCTYPE html>");
			assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
			assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
				.startsWith("default-src 'none'");
			assertThat(page.headers().allValues("X-Frame-Options")).containsExactly("DENY");
			assertThat(page.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
			assertThat(page.headers().allValues("Cache-Control")).containsExactly("no-store");
			assertThat(page.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
			HttpResponse<String> figures = get(context, port, CONSOLE + "/figures?period=hour", "Authorization", USER);
			assertThat(figures.headers().firstValue("Content-Type")).hasValue("application/json");
			JsonNode json = JsonMapper.shared().readTree(figures.body());
			assertThat(json.path("revenue").isArray()).isTrue();
			assertThat(json.path("from").asString()).isNotEmpty();
			HttpResponse<String> csv = get(context, port, CONSOLE + "/ledger.csv", "Authorization", USER);
			assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
			assertThat(csv.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"ledger.csv\"");
			assertThat(csv.headers().allValues("Cache-Control")).containsExactly("no-store");
			assertThat(csv.body()).contains("event,");
			assertThatTheLedgerIsReadByPagesAndNotOnAnEventLoop(context, port);
			assertThat(get(context, port, CONSOLE + "/nothing", "Authorization", USER).statusCode()).isEqualTo(404);
			assertThat(get(context, port, CONSOLE + "/figures?period=year", "Authorization", USER).statusCode())
				.isEqualTo(400);
			HttpResponse<String> other = get(context, port, "/actuator/health", "Authorization", USER);
			assertThat(JsonMapper.shared().readTree(other.body()).path("status").asString()).isIn("UP", "DOWN");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "local.server.port", "local.management.port" })
	void whenNobodyIsSignedInThenNothingIsShown(String port) throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(port)) {
			for (String part : List.of("", "/figures", "/payers", "/passes", "/instance", "/ledger.csv")) {
				HttpResponse<String> anonymous = get(context, port, CONSOLE + part);
				assertThat(anonymous.statusCode()).isEqualTo(401);
				assertThat(anonymous.body()).doesNotContain("Sales", "revenue", "sale");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "local.server.port", "local.management.port" })
	void whenTheSellerDecidesByHandThenTheLedgerAndTheAuditNameWhoDid(String port)
			throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(port)) {
			Hand hand = context.getBean(Hand.class);
			PaymentLedger ledger = context.getBean(PaymentLedger.class);
			String sale = hand.leaveUnknown(ledger);
			HttpResponse<String> hands = get(context, port, CONSOLE + "/hands", "Authorization", USER);
			assertThat(hands.body()).isEqualTo("{\"user\":\"seller\"}");
			assertThat(hands.headers().allValues("Cache-Control")).containsExactly("no-store");
			String[] signed = { "Authorization", USER, "Content-Type", "application/json" };
			String[] token = { hands.headers().firstValue("X-CSRF-HEADER").orElseThrow(),
					hands.headers().firstValue("X-CSRF-TOKEN").orElseThrow(), "Cookie",
					hands.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0] };
			String[] complete = Stream.of(signed, token).flatMap(Stream::of).toArray(String[]::new);
			String order = "{\"sale\":\"" + sale + "\",\"transaction\":\"" + Payments.TRANSACTION
					+ "\",\"note\":\"ticket 7\"}";

			assertThat(post(context, port, CONSOLE + "/reconcile", order, signed).statusCode()).isIn(401, 403);
			assertThat(post(context, port, CONSOLE + "/reconcile", order, token).statusCode()).isIn(401, 415);
			complete[3] = "text/plain";
			assertThat(post(context, port, CONSOLE + "/reconcile", order, complete).statusCode()).isEqualTo(415);
			complete[3] = "application/json";
			assertThat(hand.facilitator().settlements()).hasSize(1);
			assertThat(hand.audited()).isEmpty();

			assertThat(result(post(context, port, CONSOLE + "/reconcile", order, complete))).isEqualTo("200 unknown");
			assertThat(hand.facilitator().settlements()).hasSize(2);
			assertThat(result(post(context, port, CONSOLE + "/not_settled", order, complete)))
				.isEqualTo("409 still_valid");
			assertThat(result(post(context, port, CONSOLE + "/settled", order, complete))).isEqualTo("409 unknown");
			assertThat(result(post(context, port, CONSOLE + "/settled", "{\"sale\":\"" + sale + "\"}", complete)))
				.isEqualTo("400 invalid");
			assertThat(result(post(context, port, CONSOLE + "/reconcile", "{\"sale\":\"none\"}", complete)))
				.isEqualTo("404 not_found");
			assertThat(post(context, port, CONSOLE + "/something", order, complete).statusCode()).isEqualTo(404);
			hand.facilitator().settling(() -> new SettlementOutcome.Settled(Payments.receipt()));
			assertThat(result(post(context, port, CONSOLE + "/settled", order, complete))).isEqualTo("200 settled");
			assertThat(ledger.latest(LedgerQuery.all(1))).singleElement()
				.returns(LedgerEvent.SETTLED, LedgerEntry::event)
				.returns("seller: ticket 7", LedgerEntry::note)
				.returns(sale, LedgerEntry::sale);
			assertThat(hand.audited()).allMatch((event) -> event.getPrincipal().equals("seller"))
				.extracting((event) -> event.getType() + " " + event.getData().get("result"))
				.containsExactly("X402_RECONCILE unknown", "X402_NOT_SETTLED still_valid", "X402_SETTLED unknown",
						"X402_SETTLED invalid", "X402_RECONCILE not_found", "X402_SETTLED settled");
			assertThat(hand.audited()).last()
				.satisfies((event) -> assertThat(event.getData()).containsEntry("note", "ticket 7")
					.containsEntry("transaction", Payments.TRANSACTION));
		}
	}

	/**
	 * As part of a test that runs anyway, for the start of a shop takes long.
	 */
	private static void assertThatTheLedgerIsReadByPagesAndNotOnAnEventLoop(ConfigurableApplicationContext context,
			String port) throws IOException, InterruptedException {
		PaymentLedger ledger = context.getBean(InMemoryPaymentLedger.class);
		String sale = context.getBean(Hand.class).leaveUnknown(ledger);
		LedgerEntry entry = ledger.latest(LedgerQuery.all(1)).get(0);
		for (int i = 0; i < 2000; i++) {
			ledger.write(entry);
		}
		Watch watch = context.getBean(Watch.class);
		watch.calls().clear();

		HttpResponse<String> csv = get(context, port,
				CONSOLE + "/ledger.csv?period=hour&sale=" + sale + "&event=" + entry.event(), "Authorization", USER);
		assertThat(csv.statusCode()).isEqualTo(200);
		assertThat(csv.body().lines()).hasSize(2002).allMatch((line) -> line.contains(sale) || line.contains("sale,"));
		assertThat(watch.calls()).filteredOn("find"::equals).hasSize(3);
		assertThat(get(context, port, CONSOLE + "/figures", "Authorization", USER).statusCode()).isEqualTo(200);
		assertThat(watch.calls()).contains("latest", "unsettled", "totals").noneMatch((call) -> call.endsWith("!"));
	}

	private static String result(HttpResponse<String> response) {
		return response.statusCode() + " " + JsonMapper.shared().readTree(response.body()).path("result").asString();
	}

	private ConfigurableApplicationContext run(String port) {
		Stream<String> management = port.contains("management") ? Stream.of("--management.server.port=0")
				: Stream.empty();
		return SpringApplication.run(Shop.class,
				Stream
					.of(Stream.of("--server.port=0", "--x402.facilitator.type=simulated", "--" + Container.PAY_TO,
							"--x402.console.enabled=true", "--spring.security.user.name=seller",
							"--spring.security.user.password=secret"), stack().stream(), management)
					.flatMap((arguments) -> arguments)
					.toArray(String[]::new));
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext context, String port, String path,
			String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + context.getEnvironment().getProperty(port) + path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	private static HttpResponse<String> post(ConfigurableApplicationContext context, String port, String path,
			String body, String... headers) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest
				.newBuilder(URI.create("http://localhost:" + context.getEnvironment().getProperty(port) + path))
				.POST(HttpRequest.BodyPublishers.ofString(body))
				.headers(headers)
				.build(), BodyHandlers.ofString());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Shop {

		@Bean
		Hand hand(PaymentStore store) {
			FacilitatorDouble facilitator = Payments.facilitator();
			return new Hand(facilitator,
					PaymentProcessor
						.builder(facilitator, store, Networks.load(), Payments.settings(Duration.ZERO),
								Clock.systemUTC())
						.build(),
					new CopyOnWriteArrayList<>());
		}

		@Bean
		Watch watch() {
			return new Watch(new CopyOnWriteArrayList<>());
		}

		@Bean
		@Primary
		PaymentLedger watchedLedger(InMemoryPaymentLedger ledger, Watch watch) {
			return (PaymentLedger) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { PaymentLedger.class }, (proxy, method, arguments) -> {
						watch.calls().add(method.getName() + (Schedulers.isInNonBlockingThread() ? "!" : ""));
						return method.invoke(ledger, arguments);
					});
		}

		@Bean
		ManualReconciliation manualReconciliation(Hand hand) {
			return hand.processor().byHand(List.of(), Duration.ofMinutes(1));
		}

		@Bean
		ApplicationListener<AuditApplicationEvent> audit(Hand hand) {
			return (event) -> {
				if (event.getAuditEvent().getType().startsWith("X402")) {
					hand.audited().add(event.getAuditEvent());
				}
			};
		}

	}

	/**
	 * Methods of the ledger that were called, with an exclamation mark on a thread that
	 * must not wait.
	 */
	record Watch(List<String> calls) {

	}

	/**
	 * A processor whose payments end as a test wants.
	 */
	record Hand(FacilitatorDouble facilitator, PaymentProcessor processor, List<AuditEvent> audited) {

		String leaveUnknown(PaymentLedger ledger) {
			facilitator().settling(() -> new SettlementOutcome.Unknown("timeout", null));
			Accepted accepted = (Accepted) processor().process(Payments.TERMS, Payments.payment(1),
					Payments.request("request"));
			accepted.exchange().complete(ResponseRecord.stored(new byte[] { 1 }));
			return ledger.latest(LedgerQuery.all(1)).get(0).sale();
		}

	}

}
