/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import io.x402.spring.web.edge.Container;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The console over HTTP on the management port, beside queries of the ledger.
 */
@SpringBootTest(classes = ConsoleEndpointTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "management.server.port=0",
				"spring.autoconfigure.exclude[3]=org.springframework.boot.jetty.autoconfigure.actuate.web.server."
						+ "JettyServletManagementContextAutoConfiguration",
				"x402.facilitator.type=simulated", "x402.console.enabled=true" })
class ConsoleEndpointTests {

	private static final String CONSOLE = "/actuator/x402console";

	private static final String USDC = "0x036cbd53842c5426634e7929541ec2318f3dcf7e";

	@LocalManagementPort
	private int managementPort;

	@LocalServerPort
	private int port;

	@Autowired
	private PaymentLedger ledger;

	@Autowired
	private MeterRegistry registry;

	@BeforeAll
	static void sell(@Autowired PaymentStore store) {
		for (int i = 1; i <= 130; i++) {
			String route = "GET /" + (i % 3);
			Claim claim = verified(store, "eip155:84532", USDC, route, i);
			switch (i % 10) {
				case 0 -> store.release(claim, "handler_failed");
				case 1 -> store.advance(settling(store, claim), ClaimChange.declined("settlement_declined",
						SettlementResponse.failure("insufficient_funds", "eip155:84532", null)));
				case 2 -> store.advance(settling(store, claim), ClaimChange.pending(null, Duration.ofMinutes(5)));
				default -> store.advance(settling(store, claim), ClaimChange.settled(
						SettlementResponse.success("0x" + i, "eip155:84532", "0xpayer"), Duration.ofMinutes(1), false));
			}
		}
		Claim unknown = verified(store, "eip155:1", "0xtoken", "GET /<script>", 7);
		store.advance(settling(store, unknown), ClaimChange
			.settled(SettlementResponse.success("0xff", "eip155:1", "0xpayer"), Duration.ofMinutes(1), false));
		Claim unresolved = verified(store, "eip155:84532", USDC, "GET /0", 9);
		store.advance(settling(store, unresolved), ClaimChange.unresolved(Duration.ofMinutes(5)));
	}

	private static Claim verified(PaymentStore store, String network, String asset, String route, int amount) {
		Sale sale = new Sale(UUID.randomUUID().toString(), route, "exact", BigInteger.valueOf(amount * 1000L),
				"0xseller", "=payer");
		return store
			.advance(
					Objects.requireNonNull(store.claim(
							new NewClaim(new AuthorizationKey(network, asset, "0xpayer", UUID.randomUUID().toString()),
									"fingerprint", "payload", Instant.now().plusSeconds(600), sale))),
					ClaimChange.verified());
	}

	private static Claim settling(PaymentStore store, Claim claim) {
		return store.advance(claim, ClaimChange.settling(new byte[0], ResponseRecord.stored(new byte[] { 1 })));
	}

	@ParameterizedTest
	@CsvSource({ "HOUR, 60", "DAY, 24", "MONTH, 30" })
	void thePartsOfAPeriodLeaveNothingOutAndCountNothingTwice(String period, int parts)
			throws IOException, InterruptedException {
		JsonNode figures = figures("?period=" + period);
		JsonNode slots = figures.path("slots");
		assertThat(slots).hasSize(parts);
		long count = 0;
		BigInteger sum = BigInteger.ZERO;
		for (JsonNode slot : slots) {
			count += slot.path("count").asLong();
			for (JsonNode revenue : slot.path("revenue")) {
				sum = sum.add(new BigInteger(revenue.path("amount").path("atomic").asString()));
			}
		}
		assertThat(count).isEqualTo(settled((entry) -> true).size());
		assertThat(sum).isEqualTo(sum((entry) -> true));
		for (int place = 1; place < parts; place++) {
			assertThat(slots.get(place).path("from")).isEqualTo(slots.get(place - 1).path("to"));
		}
		assertThat(slots.get(0).path("from")).isEqualTo(figures.path("from"));
		assertThat(slots.get(parts - 1).path("to")).isEqualTo(figures.path("time"));
	}

	@Test
	void theWholeLedgerHasNoParts() throws IOException, InterruptedException {
		assertThat(figures("").path("slots")).isEmpty();
	}

	@Test
	void revenueIsTheSumOfWhatWasSettled() throws IOException, InterruptedException {
		JsonNode revenue = figures("").path("revenue");
		assertThat(revenue).hasSize(2);
		BigInteger expected = sum((entry) -> entry.asset().equals(USDC));
		JsonNode usdc = revenue.get(0);
		assertThat(usdc.path("amount").path("atomic").asString()).isEqualTo(expected.toString());
		assertThat(new BigDecimal(usdc.path("amount").path("decimal").asString()))
			.isEqualByComparingTo(new BigDecimal(expected, 6));
		assertThat(usdc.path("amount").path("token").asString()).isEqualTo("USDC");
		assertThat(usdc.path("networkName").asString()).isEqualTo("Base Sepolia");
		assertThat(usdc.path("testnet").asBoolean()).isTrue();
		assertThat(usdc.path("count").asLong()).isEqualTo(settled((entry) -> entry.asset().equals(USDC)).size());
		assertThat(revenue.get(1).path("amount").path("atomic").asString()).isEqualTo("7000");
		assertThat(revenue.get(1).path("amount").path("decimal").isNull()).isTrue();
	}

	@Test
	void revenueOfEachRouteIsTheSumOfItsEntries() throws IOException, InterruptedException {
		JsonNode routes = figures("").path("routes");
		assertThat(routes).hasSize(4).allSatisfy((route) -> {
			String name = route.path("route").asString();
			assertThat(route.path("revenue").path("amount").path("atomic").asString())
				.isEqualTo(sum((entry) -> entry.route().equals(name)).toString());
			assertThat(route.path("revenue").path("count").asLong())
				.isEqualTo(settled((entry) -> entry.route().equals(name)).size());
		});
	}

	@Test
	void countsAreThoseOfTheEntries() throws IOException, InterruptedException {
		JsonNode figures = figures("");
		Map<String, Long> shown = new TreeMap<>();
		figures.path("events").forEach((row) -> shown.put(row.path("event").asString(), row.path("count").asLong()));
		assertThat(shown).isEqualTo(new TreeMap<>(
				all().stream().collect(Collectors.groupingBy((entry) -> entry.event().name(), Collectors.counting()))));
		Map<String, Long> refused = new TreeMap<>();
		figures.path("refusals")
			.forEach((row) -> refused.put(row.path("event").asString() + " " + row.path("reason").asString(),
					row.path("count").asLong()));
		assertThat(refused).isEqualTo(Map.of("RELEASED handler_failed", count(LedgerEvent.RELEASED),
				"DECLINED settlement_declined", count(LedgerEvent.DECLINED)));
	}

	@Test
	void unsettledSalesAreThoseWithoutAnOutcome() throws IOException, InterruptedException {
		JsonNode unsettled = figures("?period=HOUR").path("unsettled");
		assertThat(unsettled).hasSize((int) (count(LedgerEvent.PENDING) + count(LedgerEvent.UNRESOLVED)))
			.allSatisfy((sale) -> {
				assertThat(sale.path("ageSeconds").asLong()).isBetween(0L, 3600L);
				assertThat(sale.path("since").asString()).isEqualTo(sale.path("entry").path("time").asString());
				assertThat(Duration.between(Instant.parse(sale.path("since").asString()),
						Instant.parse(sale.path("nextLook").asString())))
					.isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
			});
		assertThat(unsettled).extracting((sale) -> sale.path("entry").path("event").asString())
			.contains("PENDING", "UNRESOLVED");
	}

	@Test
	void whatBuyersPaidIsTheSumOfTheirEntries() throws IOException, InterruptedException {
		for (String query : List.of("", "?period=HOUR")) {
			JsonNode payers = JsonMapper.shared()
				.readTree(get(this.managementPort, CONSOLE + "/payers" + query).body());
			assertThat(payers).hasSize(2);
			assertThat(payers.get(0).path("payer").asString()).isEqualTo("=payer");
			assertThat(payers.get(0).path("revenue").path("count").asLong())
				.isEqualTo(settled((entry) -> entry.asset().equals(USDC)).size());
			assertThat(payers.get(0).path("revenue").path("amount").path("atomic").asString())
				.isEqualTo(sum((entry) -> entry.asset().equals(USDC)).toString());
			assertThat(payers.get(1).path("revenue").path("amount").path("atomic").asString()).isEqualTo("7000");
		}
	}

	@Test
	void passesAndBalancesTellWhatIsLeftOfThem(@Autowired PassStore store) throws IOException, InterruptedException {
		NewPass calls = pass("ca11", "eip155:84532", "reports", Duration.ofHours(1), 10L);
		NewPass balance = pass("ba1a", "eip155:84532", "", null, 70_000L);
		NewPass time = pass("71", "eip155:1", "hours", Duration.ofHours(2), null);
		for (NewPass pass : List.of(calls, balance, time)) {
			store.prepare(pass, "1");
		}
		store.use(PassOperation.of(calls.id(), 3), null);
		store.use(PassOperation.of(balance.id(), 9_999), null);
		store.revoke(calls.id());
		JsonNode passes = passes("?payer=" + calls.paid().payer());
		assertThat(passes)
			.extracting((pass) -> pass.path("id").asString(), (pass) -> pass.path("state").asString(),
					(pass) -> pass.path("scope").asString(), (pass) -> pass.path("left").asString("none"),
					(pass) -> pass.path("uses").asString("none"),
					(pass) -> pass.path("balance").path("decimal").asString("none"),
					(pass) -> pass.path("networkName").asString())
			.containsExactlyInAnyOrder(tuple(calls.id(), "REVOKED", "reports", "6", "10", "none", "Base Sepolia"),
					tuple(balance.id(), "ACTIVE", "", "none", "none", "0.060000", "Base Sepolia"),
					tuple(time.id(), "PREPARED", "hours", "none", "none", "none", "Ethereum"));
		assertThat(passes).allSatisfy((pass) -> {
			assertThat(pass.path("paid").path("atomic").asString()).isEqualTo("1000000");
			assertThat(Instant.parse(pass.path("preparedAt").asString())).isBefore(Instant.now().plusSeconds(60));
			assertThat(pass.path("expiresAt").isNull()).isEqualTo(!pass.path("scope").asString().equals("reports"));
			assertThat(pass.toString()).doesNotContain(calls.tokenHash());
		});
		assertThat(passes("?payer=0xnobody")).isEmpty();
		assertThat(passes("")).hasSizeGreaterThanOrEqualTo(3);
	}

	private static NewPass pass(String id, String network, String scope, @Nullable Duration duration,
			@Nullable Long uses) {
		NewPass.Paid paid = new NewPass.Paid(network, USDC, BigInteger.valueOf(1_000_000), "0xseller", "0xPassBuyer",
				null);
		return new NewPass(id.repeat(32).substring(0, 32), "f".repeat(64), paid, scope, duration, uses);
	}

	private JsonNode passes(String query) throws IOException, InterruptedException {
		HttpResponse<String> response = get(this.managementPort, CONSOLE + "/passes" + query);
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
		return JsonMapper.shared().readTree(response.body());
	}

	@Test
	void theInstanceTellsWhatItSettlesWithAndKeepsClaimsIn() throws IOException, InterruptedException {
		this.registry.timer("x402.verify", "outcome", "valid").record(Duration.ofMillis(10));
		this.registry.timer("x402.verify", "outcome", "invalid").record(Duration.ofMillis(30));
		HttpResponse<String> response = get(this.managementPort, CONSOLE + "/instance");
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
		JsonNode instance = JsonMapper.shared().readTree(response.body());
		assertThat(instance.path("facilitators")).singleElement()
			.satisfies((facilitator) -> assertThat(facilitator.path("usable").asBoolean()).isTrue());
		assertThat(instance.path("stores"))
			.extracting((store) -> store.path("holds").asString() + " " + store.path("type").asString())
			.containsExactly("claims InMemoryPaymentStore", "ledger InMemoryPaymentLedger", "passes InMemoryPassStore");
		assertThat(instance.path("calls")).singleElement().satisfies((calls) -> {
			assertThat(calls.path("operation").asString()).isEqualTo("verify");
			assertThat(calls.path("count").asLong()).isEqualTo(2);
			assertThat(calls.path("meanMillis").asDouble()).isEqualTo(20);
			assertThat(calls.path("maxMillis").asDouble()).isEqualTo(30);
		});
		assertThat(instance.path("nodes")).isEmpty();
		assertThat(instance.path("gas")).isEmpty();
	}

	@Test
	void entriesAreTheLastHundredThatFit() throws IOException, InterruptedException {
		List<LedgerEntry> all = all();
		JsonNode entries = figures("").path("entries");
		assertThat(entries).hasSize(100);
		assertThat(entries.get(0).path("sale").asString()).isEqualTo(all.get(all.size() - 1).sale());
		assertThat(figures("?event=DECLINED&route=GET%20/1").path("entries")).isNotEmpty()
			.allMatch((entry) -> entry.path("event").asString().equals("DECLINED")
					&& entry.path("route").asString().equals("GET /1"));
		assertThat(figures("?payer=0xnobody").path("entries")).isEmpty();
	}

	@Test
	void whenPeriodIsGivenThenItsFiguresAreShown() throws IOException, InterruptedException {
		assertThat(figures("?period=HOUR").path("revenue")).isEqualTo(figures("").path("revenue"));
		JsonNode day = figures("?period=day");
		assertThat(Duration.between(Instant.parse(day.path("from").asString()),
				Instant.parse(day.path("time").asString())))
			.isEqualTo(Duration.ofDays(1));
	}

	@Test
	void csvHasTheEntriesThatFit() throws IOException, InterruptedException {
		HttpResponse<String> response = get(this.managementPort, CONSOLE + "/ledger.csv?event=DECLINED");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
		assertThat(response.headers().firstValue("Content-Disposition"))
			.hasValue("attachment; filename=\"ledger.csv\"");
		String[] lines = response.body().split("\r\n");
		assertThat(lines).hasSize((int) count(LedgerEvent.DECLINED) + 1);
		assertThat(lines[0]).startsWith("id,time,event,sale,route,");
		assertThat(lines[1]).contains("DECLINED", "'=payer");
	}

	@Test
	void pageHoldsNoFiguresAndIsProtected() throws Exception {
		HttpResponse<String> response = get(this.managementPort, CONSOLE);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
		String policy = response.headers().firstValue("Content-Security-Policy").orElseThrow();
		assertThat(policy)
			.startsWith("default-src 'none'; script-src " + hash(response.body(), "<script>", "</script>"))
			.contains("style-src " + hash(response.body(), "<style>", "</style>"), "frame-ancestors 'none'",
					"base-uri 'none'")
			.doesNotContain("unsafe");
		assertThat(response.headers().firstValue("X-Frame-Options")).hasValue("DENY");
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
		assertThat(response.body()).doesNotContain("=payer", "/<script>").doesNotContainPattern("(?i)<[^>]*\\son\\w+=");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/figures", "/payers", "/passes", "/instance", "/ledger.csv" })
	void consoleIsNotOnThePortOfTheShop(String part) throws IOException, InterruptedException {
		assertThat(get(this.port, CONSOLE + part).statusCode()).isEqualTo(404);
	}

	@Test
	void whenRequestMakesNoSenseThenIsRefused() throws IOException, InterruptedException {
		assertThat(get(this.managementPort, CONSOLE + "/figures?period=century").statusCode()).isEqualTo(400);
		assertThat(get(this.managementPort, CONSOLE + "/secrets").statusCode()).isEqualTo(404);
	}

	@Test
	void otherEndpointsAreExposedAsBefore() throws IOException, InterruptedException {
		assertThat(get(this.managementPort, "/actuator/health").statusCode()).isIn(200, 503);
		assertThat(get(this.managementPort, "/actuator/x402ledger").statusCode()).isEqualTo(404);
	}

	private static String hash(String html, String start, String end) throws Exception {
		String text = html.substring(html.indexOf(start) + start.length());
		byte[] digest = MessageDigest.getInstance("SHA-256")
			.digest(text.substring(0, text.indexOf(end)).getBytes(StandardCharsets.UTF_8));
		return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
	}

	private List<LedgerEntry> all() {
		return this.ledger.find(LedgerQuery.all(LedgerQuery.MAX_LIMIT));
	}

	private List<LedgerEntry> settled(Predicate<LedgerEntry> condition) {
		return all().stream().filter((entry) -> entry.event() == LedgerEvent.SETTLED).filter(condition).toList();
	}

	private BigInteger sum(Predicate<LedgerEntry> condition) {
		return settled(condition).stream().map(LedgerEntry::amount).reduce(BigInteger.ZERO, BigInteger::add);
	}

	private long count(LedgerEvent event) {
		return all().stream().filter((entry) -> entry.event() == event).count();
	}

	private JsonNode figures(String query) throws IOException, InterruptedException {
		HttpResponse<String> response = get(this.managementPort, CONSOLE + "/figures" + query);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					BodyHandlers.ofString());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Shop {

	}

}
