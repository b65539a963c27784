/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A facilitator that agrees to everything until it is told to behave otherwise.
 */
final class ScriptedFacilitator extends ScriptedServer {

	private static final Pattern PAYER = Pattern.compile("\"from\":\"(0x[0-9A-Fa-f]{40})\"");

	private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();

	private final AtomicLong transactions = new AtomicLong();

	ScriptedFacilitator() throws IOException {
	}

	/**
	 * Change how an operation is answered from now on.
	 * @param operation {@code verify}, {@code settle} or {@code supported}
	 * @param behaviour the behaviour
	 * @return this
	 */
	ScriptedFacilitator when(String operation, Behaviour behaviour) {
		this.behaviours.put(operation, behaviour);
		return this;
	}

	@Override
	void agree() {
		this.behaviours.clear();
	}

	@Override
	String operation(RawHttp.Message call) {
		String path = call.head().split(" ", 3)[1];
		return path.substring(path.lastIndexOf('/') + 1);
	}

	@Override
	byte @Nullable [] answer(String operation, RawHttp.Message call) {
		return switch (this.behaviours.getOrDefault(operation, Behaviour.AGREES)) {
			case HANGS -> null;
			case FAILS -> response(500, "{}");
			case REFUSES -> response(200, refusal(operation));
			case AGREES -> response(200, agreement(operation, new String(call.body(), StandardCharsets.UTF_8)));
		};
	}

	private static String refusal(String operation) {
		return operation.equals("verify") ? "{\"isValid\":false,\"invalidReason\":\"insufficient_funds\"}"
				: "{\"success\":false,\"errorReason\":\"insufficient_funds\",\"transaction\":\"\","
						+ "\"network\":\"eip155:84532\"}";
	}

	private String agreement(String operation, String body) {
		Matcher payer = PAYER.matcher(body);
		String from = payer.find() ? payer.group(1) : "";
		return switch (operation) {
			case "verify" -> "{\"isValid\":true,\"payer\":\"" + from + "\"}";
			case "settle" ->
				"{\"success\":true,\"transaction\":\"0x%064x\",\"network\":\"eip155:84532\",\"payer\":\"%s\"}"
					.formatted(this.transactions.incrementAndGet(), from);
			default -> "{\"kinds\":[{\"x402Version\":2,\"scheme\":\"exact\",\"network\":\"eip155:84532\"},"
					+ "{\"x402Version\":1,\"scheme\":\"exact\",\"network\":\"base-sepolia\"}]}";
		};
	}

	/** What a facilitator does when it is called. */
	enum Behaviour {

		/** It agrees. */
		AGREES,

		/** It refuses the payment for want of funds. */
		REFUSES,

		/** It answers with a fault, which leaves a settlement unknown. */
		FAILS,

		/** It never answers. */
		HANGS

	}

}
