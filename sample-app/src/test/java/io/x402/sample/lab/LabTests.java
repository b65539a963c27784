package io.x402.sample.lab;

import java.util.Map;

import io.x402.sample.shop.HandlerRuns;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The routes for interoperability tests, bought by the embedded buyer.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("lab")
class LabTests {

	@LocalServerPort
	private int port;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/weather2,       50000
			/cheap,          10000
			/premium,        100000
			/slow?ms=20,     10000
			/big,            10000
			/lab/pojo,       10000
			/lab/string,     10000
			/lab/bytes,      10000
			/lab/entity,     10000
			/lab/resource,   10000
			/lab/writer,     10000
			/lab/output,     10000
			/lab/stream,     10000
			/lab/callable,   10000
			/lab/deferred,   10000
			/lab/future,     10000
			/lab/sse,        10000
			/lab/etag,       10000
			/lab/cookie,     10000
			/lab/functional, 10000
			""")
	void whenBoughtThenServedOnce(String path, long price) {
		Map<String, Long> before = runs();
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/unpaid/status").intValue()).isEqualTo(402);
		assertThat(transcript.at("/authorization/value").longValue()).isEqualTo(price);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(200);
		assertThat(transcript.at("/paid/receipt/success").booleanValue()).isTrue();
		assertThat(transcript.at("/paid/bodyBytes").intValue()).isGreaterThanOrEqualTo(HandlerRuns.SERVED.length());
		String handler = "GET " + path.split("\\?")[0];
		assertThat(runs().get(handler)).isEqualTo(before.getOrDefault(handler, 0L) + 1);
	}

	@ParameterizedTest
	@CsvSource({ "/nocontent,204", "/lab/view,302" })
	void whenAnAnswerWithoutBodySucceedsThenItIsCharged(String path, int status) {
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(status);
		assertThat(transcript.at("/paid/receipt/success").booleanValue()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "/fail,500,1", "/throw,500,1", "/denied,403,1", "/lab/error,503,3" })
	void whenTheHandlerFailsThenNothingIsChargedAndTheBuyerRepeatsWhatMayPass(String path, int status, int runs) {
		Map<String, Long> before = runs();
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(status);
		assertThat(transcript.at("/paid/receipt").isMissingNode()).isTrue();
		assertThat(transcript.toString()).doesNotContain(HandlerRuns.SERVED);
		assertThat(runs().get("GET " + path)).isEqualTo(before.getOrDefault("GET " + path, 0L) + runs);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/cheap", "/big", "/lab/writer", "/lab/stream", "/lab/sse", "/lab/forward", "/lab/functional" })
	void whenUnpaidThenNothingRuns(String path) {
		Map<String, Long> before = runs();
		this.client.get().uri(path).exchange().expectStatus().isEqualTo(HttpStatus.PAYMENT_REQUIRED);
		assertThat(runs()).isEqualTo(before);
	}

	@Test
	void whenForwardedToAPaidHandlerAndPaidThenServed() {
		JsonNode transcript = buy("/lab/forward");
		assertThat(transcript.at("/unpaid/status").intValue()).isEqualTo(402);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(200);
		assertThat(transcript.at("/paid/receipt/success").booleanValue()).isTrue();
	}

	@Test
	void whenBigThenOneMebibyteOfTextIsServed() {
		assertThat(buy("/big").at("/paid/bodyBytes").intValue()).isEqualTo(1024 * 1024);
	}

	private JsonNode buy(String path) {
		return this.client.get()
			.uri("/buy?path={path}", path)
			.exchange()
			.returnResult(JsonNode.class)
			.getResponseBody();
	}

	private Map<String, Long> runs() {
		return this.client.get()
			.uri("/__lab/stats")
			.exchange()
			.returnResult(LabController.Stats.class)
			.getResponseBody()
			.handlerRuns();
	}

}
