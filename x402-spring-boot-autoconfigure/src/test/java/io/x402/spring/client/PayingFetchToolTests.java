/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.x402.spring.client.Seller.Answer;
import io.x402.spring.fixture.MovingClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.DefaultToolCallingManager;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PayingFetchTool}, which buys from sellers on the wire.
 */
class PayingFetchToolTests {

	private static final int LIMIT = 200;

	private final Buyers buyer = new Buyers();

	@Test
	void whenAModelCallsAPaidApiThenItIsPaidAndTheModelSeesTheContent() {
		try (Seller seller = Seller.honest(50_000)) {
			Message told = asked("{\"url\":\"" + seller.uri("/weather") + "\"}");
			assertThat(((ToolResponseMessage) told).getResponses()).singleElement()
				.satisfies((response) -> assertThat(response.name()).isEqualTo("x402_fetch"))
				.satisfies((response) -> assertThat(response.responseData()).contains("\"status\":200", Answer.GOODS));
			assertThat(seller.payments()).hasSize(1);
			assertThat(this.buyer.told()).containsExactly("Signed", "Delivered");
		}
	}

	/** A model that has decided to call the tool. */
	private Message asked(String arguments) {
		ToolCallingChatOptions options = ToolCallingChatOptions.builder().toolCallbacks(tool()).build();
		AssistantMessage decision = AssistantMessage.builder()
			.content("")
			.toolCalls(List.of(new ToolCall("1", "function", PayingFetchTool.NAME, arguments)))
			.build();
		List<Message> history = DefaultToolCallingManager.builder()
			.build()
			.executeToolCalls(new Prompt(new UserMessage("What is the weather?"), options),
					new ChatResponse(List.of(new Generation(decision))))
			.conversationHistory();
		return history.get(history.size() - 1);
	}

	@Test
	void whenARequestHasABodyThenItIsSentWithThePayment() {
		try (Seller seller = Seller.honest(50_000)) {
			JsonNode result = call(
					"{\"url\":\"%s\",\"method\":\"post\",\"body\":\"a question\",\"contentType\":\"text/plain\"}",
					seller);
			assertThat(result.path("body").asString()).isEqualTo(Answer.GOODS + " a question");
			assertThat(seller.requests()).extracting(Seller.Request::body).containsExactly("a question", "a question");
			assertThat(seller.requests()).extracting((request) -> request.headers().get("content-type"))
				.containsOnly("text/plain");
		}
	}

	@Test
	void whenThePriceIsAboveTheLimitThenTheModelLearnsReasonAndLimit() {
		try (Seller seller = Seller.honest(5_000_000)) {
			JsonNode result = call("{\"url\":\"%s\"}", seller);
			assertThat(result.path("error").asString()).isEqualTo(RefusalReason.AMOUNT_ABOVE_LIMIT.code());
			assertThat(result.path("message").asString()).contains("5", "0.10");
			assertThat(this.buyer.signer.signatures()).isZero();
		}
	}

	@Test
	void whenAServerMayNotBePaidThenItIsNotEvenAsked() {
		this.buyer.sellers = new SpendingPolicy.Sellers(List.of("api.example.com"), false, true, Map.of());
		try (Seller seller = new Seller((request) -> Answer.of(200, Map.of(), "secret of this network"))) {
			assertThat(call("{\"url\":\"%s\"}", seller).path("error").asString())
				.isEqualTo(RefusalReason.HOST_NOT_ALLOWED.code());
			assertThat(seller.requests()).isEmpty();
		}
	}

	@Test
	void whenARedirectLeadsElsewhereThenTheModelSeesTheRedirect() {
		try (Seller seller = new Seller(
				(request) -> Answer.of(302, Map.of("Location", "http://127.0.0.1:1/"), "moved"))) {
			assertThat(call("{\"url\":\"%s\"}", seller).path("status").asInt()).isEqualTo(302);
		}
	}

	@Test
	void whenTheResponseIsLostThenTheIdenticalCallDoesNotPayAgain() {
		Seller.Answer[] next = { Answer.NONE };
		try (Seller seller = new Seller(
				(request) -> (request.payment() == null) ? Answer.unpaid(Offers.header(Offers.usdc(50_000)))
						: (next[0] == Answer.NONE) ? Answer.NONE : Answer.delivered(request))) {
			PayingFetchTool tool = tool();
			String input = "{\"url\":\"" + seller.uri("/") + "\"}";
			assertThat(json(tool.call(input)).path("error").asString()).isEqualTo("no_response");
			next[0] = Answer.of(200, Map.of(), "");
			assertThat(json(tool.call(input)).path("body").asString()).startsWith(Answer.GOODS);
			assertThat(seller.payments()).hasSizeGreaterThan(1).containsOnly(seller.payments().get(0));
			assertThat(this.buyer.signer.signatures()).isOne();
		}
	}

	/**
	 * A model must know before that a later call is another purchase.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenThePaymentOfALostResponseHasExpiredThenTheIdenticalCallMayPayAgainAsTheModelWasTold(boolean kept) {
		MovingClock clock = MovingClock.standing();
		this.buyer.clock = clock;
		try (Seller seller = new Seller((request) -> (request.payment() != null && clock.ahead().isZero()) ? Answer.NONE
				: (request.payment() != null && (kept || this.buyer.signer.signatures() == 2))
						? Answer.delivered(request) : Answer.unpaid(Offers.header(Offers.usdc(50_000))))) {
			PayingFetchTool tool = tool();
			String input = "{\"url\":\"" + seller.uri("/") + "\"}";
			assertThat(json(tool.call(input)).path("message").asString()).contains("until the payment has expired",
					"it may pay again");
			assertThat(tool.getToolDefinition().description()).contains("until the payment has expired",
					"it may pay again");
			clock.pass(Duration.ofSeconds(60 + 31));
			assertThat(json(tool.call(input)).path("status").asInt()).isEqualTo(200);
			assertThat(this.buyer.signer.signatures()).isEqualTo(kept ? 1 : 2);
		}
	}

	@ParameterizedTest
	@CsvSource({ "text/plain, true", "application/problem+json, true", "application/atom+xml, true", "image/png, false",
			"nonsense, false" })
	void whenABodyIsNoTextThenTheModelDoesNotSeeIt(String type, boolean shown) {
		try (Seller seller = new Seller((request) -> Answer.of(200, Map.of("Content-Type", type), "x".repeat(300)))) {
			JsonNode result = call("{\"url\":\"%s\"}", seller);
			assertThat(result.has("body")).isEqualTo(shown);
			if (shown) {
				assertThat(result.path("body").asString()).hasSize(LIMIT);
				assertThat(result.path("truncated").asBoolean()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{}", "{", "{\"url\":\"/weather\"}", "{\"url\":\"file:///etc/passwd\"}",
			"{\"url\":\"http://\"}", "{\"url\":\"http://a b\"}", "{\"url\":\"http://127.0.0.1\",\"method\":\"TRACE\"}",
			"{\"url\":\"http://127.0.0.1\",\"contentType\":\"nonsense\"}" })
	void whenArgumentsAreInvalidThenTheModelLearnsIt(String arguments) {
		assertThat(json(tool().call(arguments)).path("error").asString()).isEqualTo("invalid_arguments");
	}

	private JsonNode call(String arguments, Seller seller) {
		return json(tool().call(arguments.formatted(seller.uri("/"))));
	}

	private PayingFetchTool tool() {
		Payer payer = this.buyer.payer();
		RestClient client = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory())
			.requestInterceptor(new PaymentRequestInterceptor(payer))
			.build();
		return new PayingFetchTool(client, payer, LIMIT);
	}

	private static JsonNode json(String text) {
		return new JsonMapper().readTree(text);
	}

}
