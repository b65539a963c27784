/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import io.x402.sample.buyer.Buyer;
import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.shop.HandlerRuns;
import io.x402.sample.window.SceneController.Item;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scenes of the page, with the simulated facilitator.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ScenesTests {

	private static final String TOKEN = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	@LocalServerPort
	private int port;

	@Autowired
	private HandlerRuns runs;

	@Autowired
	private PaymentLedger ledger;

	@Autowired
	private Buyer buyer;

	@Autowired
	private SimulatedFacilitator facilitator;

	@Autowired
	private JsonMapper json;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@Test
	void whenTheFacilitatorIsSimulatedThenAllScenesCanBePlayed() {
		assertThat(scenes()).hasSize(10).allSatisfy((scene) -> assertThat(scene.obstacle()).isNull());
	}

	/**
	 * What each scene costs its buyer, in atomic units, and how often its handler runs.
	 */
	@ParameterizedTest
	@CsvSource(textBlock = """
			twice,   50000,  GET /weather,   1, 'byte for byte'
			fails,   0,      GET /telescope, 1, 'nothing was charged'
			amount,  0,      GET /weather,   0, 'Refused with 402'
			empty,   0,      GET /weather,   0, 'Refused with 402'
			outage,  50000,  GET /weather,   1, 'Nothing was lost'
			stream,  10000,  GET /ask,       1, 'one by one'
			metered, 12000,  GET /essay,     1, 'charged for 24 words'
			order,   200000, POST /orders,   2, 'was rolled back'
			pass,    30000,  GET /chart,     3, 'answered 402'
			credits, 20000,  GET /tide,      4, 'One transfer, four answers'
			""")
	void whenPlayedThenItEndsAsItSays(String scene, long cost, String handler, long runs, String end) {
		long runsBefore = runs(handler);
		long balanceBefore = balance();
		BigDecimal spentBefore = this.buyer.wallet().spent();
		List<LedgerEntry> settledBefore = settled();
		List<Step> steps = play(scene);
		assertThat(steps.get(steps.size() - 1).kind()).as("%s", steps).isEqualTo("end");
		assertThat(steps.get(steps.size() - 1).text()).contains(end);
		assertThat(balanceBefore - balance()).isEqualTo(cost);
		assertThat(runs(handler) - runsBefore).isEqualTo(runs);
		assertThat(this.buyer.wallet().spent().subtract(spentBefore)).isEqualByComparingTo(BigDecimal.valueOf(cost, 6));
		List<LedgerEntry> settled = settled();
		assertThat(settled).hasSize(settledBefore.size() + ((cost > 0) ? 1 : 0));
		if (cost > 0) {
			assertThat(settled.get(0).amount()).isEqualTo(cost);
		}
	}

	@Test
	void whenTheFacilitatorDiesThenTheBuyerIsAskedToWaitAndTheLedgerSaysPendingThenSettled() {
		List<Integer> statuses = statuses(play("outage"));
		assertThat(statuses).startsWith(402, 503).endsWith(200);
		String sale = settled().get(0).sale();
		assertThat(this.ledger.find(new LedgerQuery(null, null, null, null, null, sale, null, 100)))
			.extracting(LedgerEntry::event)
			.containsSubsequence(LedgerEvent.VERIFIED, LedgerEvent.PENDING, LedgerEvent.SETTLED);
	}

	@Test
	void whenASecondOrderCannotBePaidThenTheBookHasTheFirst() {
		List<Step> steps = play("order");
		Answer book = answers(steps).get(4);
		assertThat(statuses(steps)).containsExactly(402, 200, 402, 402, 200);
		assertThat(book.bodyExcerpt()).contains("A print of the lighthouse").doesNotContain("A second print");
	}

	@ParameterizedTest
	@ValueSource(strings = { "twice", "empty", "amount", "pass", "credits", "outage" })
	void whenPlayedThenNothingThatIsAsGoodAsMoneyIsShown(String scene) {
		String steps = this.json.writeValueAsString(play(scene));
		assertThat(steps).doesNotContainPattern("(?<!transaction\":\"0x)(?<![0-9a-fA-F])[0-9a-fA-F]{64,}")
			.containsPattern("\"(PAYMENT-SIGNATURE|X402-Pass)\":\"[^\"…]{1,12}…")
			.doesNotContainPattern("\"(PAYMENT-SIGNATURE|X402-Pass)\":\"[^\"…]{13}");
	}

	@ParameterizedTest
	@CsvSource({ "/files/lighthouse.svg, image/svg+xml", "/report.pdf, application/pdf" })
	void whenAPictureOrADocumentIsBoughtThenItCanBeLookedAt(String path, String type) {
		List<Step> steps = lines(this.client.post()
			.uri("/scenes/buy?path={path}", path)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(byte[].class)
			.getResponseBody());
		String bought = steps.get(steps.size() - 2).bought();
		assertThat(bought).startsWith("bought/");
		this.client.get().uri("/" + bought).exchange().expectStatus().isOk().expectHeader().contentType(type);
		assertThat(answers(steps).get(0).paymentRequired()).isNotNull();
		assertThat(steps).filteredOn((step) -> step.bought() != null).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "//127.0.0.1:1/", "http://127.0.0.1:1/", "@127.0.0.1:1/" })
	void whenThePathLeadsElsewhereThenItIsRefused(String path) {
		this.client.post().uri("/scenes/buy?path={path}", path).exchange().expectStatus().isBadRequest();
	}

	@Test
	void whenThereIsNoSuchSceneThenItIsNotFound() {
		this.client.post().uri("/scenes/none").exchange().expectStatus().isNotFound();
		assertThat(this.client.get().uri("/scenes/twice").exchange().returnResult(Void.class).getStatus().value())
			.isIn(404, 405);
	}

	@Test
	void whenWatchedThenTheLedgerIsToldAtOnce() throws Exception {
		play("twice");
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/ledger")).build();
		HttpResponse<Stream<String>> response = HttpClient.newHttpClient()
			.send(request, HttpResponse.BodyHandlers.ofLines());
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
		try (Stream<String> lines = response.body()) {
			assertThat(lines.findFirst().orElseThrow()).startsWith("data:[{")
				.contains("\"event\":\"REDELIVERED\"", "\"amount\":\"0.05 USDC\"");
		}
	}

	private List<Item> scenes() {
		return this.client.get().uri("/scenes").exchange().returnResult(new ParameterizedTypeReference<List<Item>>() {
		}).getResponseBody();
	}

	private List<Step> play(String scene) {
		return lines(this.client.post()
			.uri("/scenes/{scene}", scene)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(byte[].class)
			.getResponseBody());
	}

	private List<Step> lines(byte[] text) {
		return new String(text, StandardCharsets.UTF_8).lines()
			.filter((line) -> !line.isBlank())
			.map((line) -> this.json.readValue(line, Step.class))
			.toList();
	}

	private static List<Answer> answers(List<Step> steps) {
		return steps.stream().filter((step) -> step.answer() != null).map(Step::answer).toList();
	}

	private static List<Integer> statuses(List<Step> steps) {
		return answers(steps).stream().map(Answer::status).toList();
	}

	private List<LedgerEntry> settled() {
		return this.ledger.latest(new LedgerQuery(null, null, null, null, LedgerEvent.SETTLED, null, null, 1000));
	}

	private long balance() {
		return this.facilitator.balance("eip155:84532", TOKEN, this.buyer.signer().address()).longValueExact();
	}

	private long runs(String handler) {
		return this.runs.counts().getOrDefault(handler, 0L);
	}

}
