/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Inputs made to exhaust or to confuse a parser. Each is a payment but for one thing, and
 * each ends in the typed refusal. The codec that reads them takes headers of any length,
 * so that it is the structure that is refused.
 */
class PaymentBombTests {

	private static final String SECRET = "c0ffee5ec3e7";

	private final PaymentCodec unlimited = new PaymentCodec(Integer.MAX_VALUE);

	static Stream<Named<byte[]>> bombs() {
		return Stream.of(bomb("number of a huge exponent", "1E+10000000"),
				bomb("number of a huge negative exponent", "1E-10000000"),
				bomb("number of a three-digit exponent", "1e100"), bomb("number of a padded exponent", "1e+000000001"),
				bomb("integer of a million digits", "1".repeat(1_000_000)),
				bomb("negative integer of 79 digits", "-" + "1".repeat(79)),
				bomb("fraction of a million digits", "0." + "1".repeat(1_000_000)),
				bomb("number over the length", "1." + "1".repeat(32)), bomb("not a number", "NaN"),
				bomb("infinity", "-Infinity"), bomb("number with a sign", "+1"),
				bomb("number with leading zeros", "01"), bomb("number without digits", "-"),
				bomb("hexadecimal number", "0x10"), bomb("arrays ten thousand deep", nested("[", "]", 10_000)),
				bomb("arrays that are never closed", "[".repeat(10_000)),
				bomb("objects ten thousand deep", nested("{\"a\":", "}", 10_000)),
				bomb("arrays one too deep", nested("[", "]", 16)),
				bomb("objects one too deep", nested("{\"a\":", "}", 16)),
				bomb("text over the limit", '"' + "x".repeat(12 * 1024 + 1) + '"'),
				bomb("text of a megabyte", '"' + "x".repeat(1 << 20) + '"'),
				bomb("text of escapes over the limit", '"' + "\\u0041".repeat(12 * 1024 + 1) + '"'),
				bomb("text that never ends", '"' + "x".repeat(1000)),
				bomb("name over the limit", "{\"" + "n".repeat(65) + "\":1}"),
				bomb("hundred thousand keys", keys(100_000)),
				bomb("hundred thousand elements", "[1" + ",1".repeat(100_000) + "]"),
				bomb("keys over the token limit", keys(1_100)),
				bomb("nulls over the token limit", "[null" + ",null".repeat(2_100) + "]"),
				bomb("duplicate keys", "{\"a\":1,\"a\":1}"),
				bomb("duplicate keys in an escaped spelling", "{\"a\":1,\"\\u0061\":1}"),
				bomb("lone high surrogate", "\"\\ud800\""), bomb("lone low surrogate", "\"\\udc00\""),
				bomb("reversed surrogates", "\"\\udc00\\ud800\""), bomb("lone surrogate in a name", "{\"\\ud800\":1}"),
				bomb("escaped NUL", "\"\\u0000\""), bomb("escaped NUL in a name", "{\"\\u0000\":1}"),
				bomb("raw NUL", "\"\0\""), bomb("raw line break", "\"\n\""), bomb("unknown escape", "\"\\x41\""),
				bomb("cut escape", "\"\\u00"), bomb("single quotes", "'a'"), bomb("name without quotes", "{a:1}"),
				bomb("comment", "/* */ 1"), bomb("line comment", "1 // \n"), bomb("trailing comma", "[1,]"),
				bomb("missing element", "[,1]"), bomb("undefined", "undefined"),
				bomb("next line as white space", "\u00851"), bomb("vertical tab as white space", "\u000B1"),
				bomb("no value", ""), whole("duplicate version", "{\"x402Version\":2," + payment("1").substring(1)),
				whole("duplicate payload", payment("1").replace("\"payload\"", "\"payload\":{},\"payload\"")),
				whole("duplicate payload of which one is null",
						payment("1").replace("\"payload\"", "\"payload\":null,\"payload\"")),
				whole("second object", payment("1") + payment("1")), whole("trailing token", payment("1") + "1"),
				whole("trailing bracket", payment("1") + "]"), whole("trailing text", payment("1") + "x"),
				whole("trailing NUL", payment("1") + "\0"), whole("trailing comma", payment("1") + ","),
				whole("array around", "[" + payment("1") + "]"), whole("only text", "\"" + SECRET + "\""),
				whole("only null", "null"), whole("only white space", " \n"),
				whole("cut", payment("1").substring(0, payment("1").length() - 1)),
				whole("two byte order marks", "\uFEFF\uFEFF" + payment("1")),
				whole("record separator", "\u001E" + payment("1")),
				encoded("UTF-16 with a byte order mark", StandardCharsets.UTF_16),
				encoded("UTF-16 big endian", StandardCharsets.UTF_16BE),
				encoded("UTF-16 little endian", StandardCharsets.UTF_16LE),
				encoded("UTF-32 big endian", Charset.forName("UTF-32BE")),
				encoded("UTF-32 little endian", Charset.forName("UTF-32LE")), bytes("overlong slash", 0xC0, 0xAF),
				bytes("overlong NUL", 0xC0, 0x80), bytes("surrogates in UTF-8", 0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80),
				bytes("above Unicode", 0xF4, 0x90, 0x80, 0x80), bytes("cut sequence", 0xE2, 0x82),
				bytes("Latin-1", 0xFC), bytes("byte that no encoding has", 0xFF));
	}

	@ParameterizedTest
	@MethodSource("bombs")
	void whenPaymentIsABombThenItIsRefusedAndNothingOfItIsTold(byte[] bomb) {
		String value = Base64.getEncoder().encodeToString(bomb);
		for (ProtocolVersion version : ProtocolVersion.values()) {
			assertThatExceptionOfType(InvalidPaymentException.class)
				.isThrownBy(() -> this.unlimited.decodePayment(version, value))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ReasonCode.MALFORMED_PAYMENT))
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain(SECRET).hasSizeLessThan(100))
				.withNoCause();
		}
	}

	@Test
	void whenNothingIsWrongThenItIsAPayment() {
		PaymentPayload payment = this.unlimited.decodePayment(ProtocolVersion.V2, base64(payment("1")));
		assertThat(payment.payload()).containsEntry("signature", SECRET).containsEntry("x", 1);
	}

	@ParameterizedTest
	@MethodSource("largest")
	void whenPaymentIsJustWithinTheLimitsThenItIsRead(String value) {
		assertThat(this.unlimited.decodePayment(ProtocolVersion.V2, base64(payment(value))).payload()).containsKey("x");
	}

	static Stream<Named<String>> largest() {
		return Stream.of(Named.of("integer", "1".repeat(78)), Named.of("exponent", "-1.5E+99"),
				Named.of("small exponent", "1e-99"), Named.of("depth", nested("[", "]", 14)),
				Named.of("text", '"' + "x".repeat(12 * 1024) + '"'), Named.of("name", "{\"" + "n".repeat(64) + "\":1}"),
				Named.of("tokens", keys(1_000)), Named.of("pair of surrogates", "\"\\ud83d\\ude00\""),
				Named.of("other controls", "\"\\u0001\\u007f\""));
	}

	@Test
	void whenAByteOrderMarkIsBeforeThePaymentThenItIsRead() {
		assertThat(this.unlimited.decodePayment(ProtocolVersion.V2, base64("\uFEFF" + payment("1"))))
			.isEqualTo(this.unlimited.decodePayment(ProtocolVersion.V2, base64(payment("1"))));
	}

	@Test
	void whenHeaderIsAMegabyteThenItIsTooLargeBeforeItIsRead() {
		String value = "A".repeat(1 << 20);
		assertThatExceptionOfType(InvalidPaymentException.class)
			.isThrownBy(() -> new PaymentCodec().decodePayment(ProtocolVersion.V2, value))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ReasonCode.PAYMENT_HEADER_TOO_LARGE));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void whenAnswerOfAFacilitatorIsABombThenItIsRefusedAndNothingOfItIsTold(String answer) {
		String json = "{\"isValid\":true,\"payer\":\"%s\",\"x\":%s}".formatted(SECRET, answer);
		assertThatExceptionOfType(JacksonException.class)
			.isThrownBy(() -> this.unlimited.read(json.getBytes(StandardCharsets.UTF_8), VerifyResponse.class))
			.withMessage("Not a valid VerifyResponse")
			.withNoCause();
	}

	static Stream<Named<String>> answers() {
		return Stream.of(Named.of("exponent", "1E+10000000"), Named.of("digits", "1".repeat(900_000)),
				Named.of("arrays", nested("[", "]", 100_000)), Named.of("one too deep", nested("[", "]", 64)),
				Named.of("elements", "[1" + ",1".repeat(100_000) + "]"),
				Named.of("text", '"' + "x".repeat(128 * 1024 + 1) + '"'),
				Named.of("name", "{\"" + "n".repeat(257) + "\":1}"), Named.of("keys", keys(100_000)),
				Named.of("duplicate keys", "{\"a\":1,\"a\":1}"), Named.of("lone surrogate", "\"\\ud800\""));
	}

	@Test
	void whenMessageIsAsDeepAsASchemaThenItIsRead() {
		String json = "{\"isValid\":true,\"x\":" + nested("{\"properties\":", "}", 63) + "}";
		assertThat(this.unlimited.read(json.getBytes(StandardCharsets.UTF_8), VerifyResponse.class).isValid()).isTrue();
		assertThat(this.unlimited.decode(base64(json), VerifyResponse.class).isValid()).isTrue();
	}

	private static Named<byte[]> bomb(String name, String value) {
		return whole(name, payment(value));
	}

	private static Named<byte[]> whole(String name, String json) {
		return Named.of(name, json.getBytes(StandardCharsets.UTF_8));
	}

	private static Named<byte[]> encoded(String name, Charset charset) {
		return Named.of(name, payment("1").getBytes(charset));
	}

	private static Named<byte[]> bytes(String name, int... text) {
		ByteArrayOutputStream json = new ByteArrayOutputStream();
		String[] parts = payment("\"|\"").split("\\|");
		json.writeBytes(parts[0].getBytes(StandardCharsets.UTF_8));
		IntStream.of(text).forEach(json::write);
		json.writeBytes(parts[1].getBytes(StandardCharsets.UTF_8));
		return Named.of(name, json.toByteArray());
	}

	private static String payment(String value) {
		return "{\"x402Version\":2,\"accepted\":{},\"payload\":{\"signature\":\"" + SECRET + "\",\"x\":" + value + "}}";
	}

	private static String nested(String open, String close, int depth) {
		return open.repeat(depth) + "1" + close.repeat(depth);
	}

	private static String keys(int count) {
		return IntStream.range(0, count).mapToObj((i) -> "\"k" + i + "\":1").collect(Collectors.joining(",", "{", "}"));
	}

	private static String base64(String json) {
		return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

}
