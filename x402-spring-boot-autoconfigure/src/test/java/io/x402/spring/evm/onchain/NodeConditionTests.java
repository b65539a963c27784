/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.x402.spring.facilitator.FacilitatorCondition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What calls tell about nodes.
 */
class NodeConditionTests {

	private static final String NETWORK = "{\"result\":\"0x14a34\"}";

	private static final String REVERT = "{\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x\"}}";

	private static final FacilitatorCondition FINE = new FacilitatorCondition("node 1 (test)", true, "");

	private final AtomicInteger calls = new AtomicInteger();

	private volatile int status = 200;

	private volatile String answer = NETWORK;

	private HttpServer server;

	private Chains chains;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			this.calls.incrementAndGet();
			exchange.getRequestBody().readAllBytes();
			byte[] body = this.answer.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(this.status, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
		this.chains = TestChain.chains(node(1), node(2));
	}

	private EvmNode node(int number) {
		String url = "http://127.0.0.1:" + this.server.getAddress().getPort() + "/secret";
		return new EvmNode(number + " (test)", RestClient.builder().baseUrl(url).build(), 3);
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void whenNobodyCalledThenNodesAreUsableAndAreNotCalled() {
		assertThat(this.chains.conditions()).extracting(FacilitatorCondition::name)
			.containsExactly("node 1 (test)", "node 2 (test)");
		assertThat(this.chains.conditions()).allMatch(FacilitatorCondition::usable);
		assertThat(this.calls).hasValue(0);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			200 | {"error":{"code":-32000,"message":"secret is not a key"}} | told no network
			200 | {"result":"0xnonsense"} | told no network
			200 | <html>secret</html> | failed with
			401 | {"error":{"code":-32000,"message":"secret is not a key"}} | responded with status 401
			""")
	void whenNodeDoesNotTellItsNetworkThenIsNotUsable(int status, String answer, String problem) {
		this.status = status;
		this.answer = answer;
		assertThat(this.chains.networks()).isEmpty();
		int before = this.calls.get();
		assertThat(this.chains.conditions()).hasSize(2).allSatisfy((condition) -> {
			assertThat(condition.usable()).isFalse();
			assertThat(condition.problem()).contains("eth_chainId", problem);
			assertThat(condition.toString()).doesNotContain("secret");
		});
		assertThat(this.calls).as("a look at the condition calls nobody").hasValue(before);
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 407, 429, 502, 503, 504 })
	void whenNodeServesNobodySeveralTimesInARowThenIsDownUntilItAnswers(int refused) {
		Chain chain = this.chains.get(TestChain.NETWORK);
		this.status = refused;
		this.answer = REVERT;
		for (int i = 1; i <= 3; i++) {
			assertThat(this.chains.conditions()).as("after " + (i - 1)).allMatch(FacilitatorCondition::usable);
			assertThatExceptionOfType(NodeUnavailableException.class).isThrownBy(() -> chain.balance(TestChain.USDC));
		}
		assertThat(this.chains.conditions()).hasSize(2).allSatisfy((condition) -> {
			assertThat(condition.usable()).isFalse();
			assertThat(condition.problem()).contains("eth_getBalance", "status " + refused);
		});
		this.status = 200;
		this.answer = NETWORK;
		chain.balance(TestChain.USDC);
		assertThat(this.chains.conditions()).as("one node answered and the other was not asked")
			.extracting(FacilitatorCondition::usable)
			.containsOnlyOnce(true)
			.containsOnlyOnce(false);
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 400, 403, 404, 500 })
	void whenOnlyOneCallIsRefusedThenTheNodeIsFine(int refused) {
		Chain chain = this.chains.get(TestChain.NETWORK);
		this.status = refused;
		this.answer = REVERT;
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(NodeErrorException.class)
				.isThrownBy(() -> chain.call(new ContractCall(TestChain.USDC, "0x"), Chain.LATEST));
		}
		assertThat(this.chains.conditions()).contains(FINE);
	}

	@Test
	void whenFacilitatorIsAskedThenTellsAboutItsNodes() {
		OnChainFacilitator facilitator = TestChain.facilitator(this.chains, List.of(TestChain.signer()), 1,
				TestChain.settings(Duration.ofSeconds(1)));
		this.chains.networks();
		assertThat(facilitator.conditions()).contains(FINE).hasSize(2);
	}

}
