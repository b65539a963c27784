/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node of a chain on which the nonce of every payment is used already, by a transfer of
 * nothing that the payer made to itself. A block comes every second.
 */
final class ScriptedChain extends ScriptedServer {

	private static final String NONCE_USED = "0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5";

	private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

	private static final String TRANSACTION = "0x" + "ab".repeat(32);

	private static final String TOKEN = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final String ONE = "0x" + "0".repeat(63) + "1";

	private static final String MUCH = "0x" + "0".repeat(40) + "f".repeat(24);

	private volatile String payer = ONE;

	private volatile String nonce = ONE;

	ScriptedChain() throws IOException {
	}

	@Override
	String operation(RawHttp.Message call) {
		return read(call).path("method").asString("");
	}

	@Override
	byte[] answer(String operation, RawHttp.Message call) {
		JsonNode request = read(call);
		String id = request.path("id").toString();
		JsonNode params = request.path("params");
		String result = switch (operation) {
			case "eth_chainId" -> "\"0x14a34\"";
			case "eth_getBlockByNumber" -> "{\"number\":\"%s\",\"timestamp\":\"%s\",\"baseFeePerGas\":\"0x10\"}"
				.formatted(quantity(block()), quantity(Instant.now().getEpochSecond()));
			case "eth_getCode" -> TOKEN.equalsIgnoreCase(params.path(0).asString("")) ? "\"0x6001\"" : "\"0x\"";
			case "eth_getBalance" -> "\"0xffffffffffffffff\"";
			case "eth_getTransactionCount", "eth_maxPriorityFeePerGas" -> "\"0x1\"";
			case "eth_getLogs" -> logs(params.path(0).path("topics"));
			case "eth_getTransactionReceipt" -> "{\"transactionHash\":\"" + TRANSACTION
					+ "\",\"status\":\"0x1\",\"blockNumber\":\"0x64\",\"logs\":" + events() + "}";
			case "eth_getTransactionByHash" ->
				"{\"hash\":\"" + TRANSACTION + "\",\"to\":\"" + TOKEN + "\",\"input\":\"0xe3ee160e\"}";
			case "eth_call" -> call(params.path(0).path("data").asString(""));
			default -> "";
		};
		String outcome = result.isEmpty()
				? "\"error\":{\"code\":3,\"message\":\"execution reverted: authorization is used or canceled\"}"
				: "\"result\":" + result;
		return response(200, "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + outcome + "}");
	}

	/** The state of a nonce, a balance, or a simulation that fails. */
	private static String call(String data) {
		if (data.startsWith("0xe94a0102")) {
			return '"' + ONE + '"';
		}
		return data.startsWith("0x70a08231") ? '"' + MUCH + '"' : "";
	}

	private String logs(JsonNode topics) {
		String first = topics.path(0).asString("");
		if (!first.equals(NONCE_USED)) {
			return "[]";
		}
		this.payer = topics.path(1).asString(ONE);
		this.nonce = topics.path(2).asString(ONE);
		return events();
	}

	private String events() {
		String log = "{\"address\":\"" + TOKEN + "\",\"topics\":[%s],\"data\":\"%s\",\"transactionHash\":\""
				+ TRANSACTION + "\",\"blockNumber\":\"0x64\",\"logIndex\":\"%s\"}";
		return '[' + log.formatted('"' + NONCE_USED + "\",\"" + this.payer + "\",\"" + this.nonce + '"', "0x", "0x0")
				+ ',' + log.formatted('"' + TRANSFER + "\",\"" + this.payer + "\",\"" + this.payer + '"',
						"0x" + "0".repeat(64), "0x1")
				+ ']';
	}

	private static long block() {
		return 1_000 + Instant.now().getEpochSecond() % 100_000;
	}

	private static String quantity(long number) {
		return "0x" + Long.toHexString(number);
	}

	private static JsonNode read(RawHttp.Message call) {
		return JsonMapper.shared().readTree(new String(call.body(), StandardCharsets.UTF_8));
	}

}
