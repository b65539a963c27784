/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Payments made to keep a parser busy, as large as a header may be, and their refusal.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ParseBombBenchmark extends AverageTimeBenchmark {

	private static final int ROOM = 12_000;

	@Param
	public Bomb bomb;

	private final PaymentCodec codec = new PaymentCodec();

	private String header;

	@Setup
	public void encode() {
		String json = "{\"x402Version\":2,\"accepted\":{},\"payload\":" + this.bomb.json() + "}";
		this.header = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

	@Benchmark
	public ReasonCode refuse() {
		try {
			this.codec.decodePayment(ProtocolVersion.V2, this.header);
		}
		catch (InvalidPaymentException ex) {
			return ex.reason();
		}
		throw new IllegalStateException("The bomb was taken for a payment");
	}

	public enum Bomb {

		/** A number that would take seconds to compute. */
		HUGE_EXPONENT("{\"x\":1E+10000000}"),

		/** A number as long as the header. */
		MANY_DIGITS("{\"x\":" + "7".repeat(ROOM) + "}"),

		/** Arrays as deep as the header is long. */
		DEEP_ARRAYS("{\"x\":" + "[".repeat(ROOM / 2) + "]".repeat(ROOM / 2) + "}"),

		/** Objects as deep as the header is long. */
		DEEP_OBJECTS("{\"x\":".repeat(ROOM / 6) + "1" + "}".repeat(ROOM / 6)),

		/** More members than there may be tokens. */
		MANY_MEMBERS(IntStream.range(0, 1100)
			.mapToObj((number) -> "\"k" + number + "\":1")
			.collect(Collectors.joining(",", "{", "}"))),

		/** Members whose names have one hash code. */
		COLLIDING_MEMBERS(IntStream.range(0, 512)
			.mapToObj(Bomb::colliding)
			.map((name) -> '"' + name + "\":1")
			.collect(Collectors.joining(",", "{", ",\"last\":1E+999}"))),

		/** More elements than there may be tokens. */
		MANY_ELEMENTS("{\"x\":[" + "1,".repeat(ROOM / 2 - 1) + "1]}"),

		/** The same member again, behind as many others as fit. */
		DUPLICATE_MEMBER(IntStream.range(0, 1000)
			.mapToObj((number) -> "\"k" + number + "\":1")
			.collect(Collectors.joining(",", "{", ",\"k0\":1}"))),

		/** A text of escapes that ends in half a character. */
		ESCAPES("{\"x\":\"" + "\\u0041".repeat(ROOM / 6) + "\\ud800\"}"),

		/** A text that never ends. */
		OPEN_TEXT("{\"x\":\"" + "x".repeat(ROOM)),

		/** As many small tokens as may be, and one wrong one at the end. */
		LATE_ERROR("{\"x\":[" + "{},".repeat(900) + "1E+999]}"),

		/** A megabyte, refused by its length. */
		MEGABYTE("{\"x\":\"" + "x".repeat(1 << 20) + "\"}");

		private final String json;

		Bomb(String json) {
			this.json = json;
		}

		String json() {
			return this.json;
		}

		/** The texts {@code Aa} and {@code BB} have the same hash code. */
		private static String colliding(int number) {
			return IntStream.range(0, 9)
				.mapToObj((bit) -> ((number >> bit & 1) != 0) ? "Aa" : "BB")
				.collect(Collectors.joining());
		}

	}

}
