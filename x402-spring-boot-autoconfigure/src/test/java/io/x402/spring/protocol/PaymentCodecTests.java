/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PaymentCodec}.
 */
class PaymentCodecTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String V2 = "{\"x402Version\":2,\"accepted\":{\"amount\":\"1\"},\"payload\":{\"signature\":\"0x00\"}}";

	private static final String V1 = "{\"x402Version\":1,\"scheme\":\"exact\",\"network\":\"base\",\"payload\":{}}";

	private final PaymentCodec codec = new PaymentCodec();

	@ParameterizedTest
	@CsvSource({ "PAYMENT-SIGNATURE,V2", "X-PAYMENT,V1" })
	void whenPaymentIsAnOfficialSampleThenItIsReadAndWrittenUnchanged(String header, ProtocolVersion version)
			throws IOException {
		JsonNode sample = samples().get(header);
		PaymentPayload payment = this.codec.decodePayment(version, sample.get("header").stringValue());
		assertThat(payment.version()).isEqualTo(version);
		assertThat(JSON.<JsonNode>valueToTree(payment.payload())).isEqualTo(sample.get("json").get("payload"));
		assertThat(this.codec.encode(payment)).isEqualTo(sample.get("header").stringValue());
	}

	@ParameterizedTest
	@CsvSource({ "PAYMENT-REQUIRED,io.x402.spring.protocol.PaymentRequiredDocument",
			"PAYMENT-RESPONSE,io.x402.spring.protocol.SettlementResponse",
			"X-PAYMENT-RESPONSE,io.x402.spring.protocol.SettlementResponse" })
	void whenMessageIsAnOfficialSampleThenItIsReadAndWrittenUnchanged(String header, Class<?> type) throws IOException {
		JsonNode sample = samples().get(header);
		Object message = this.codec.decode(sample.get("header").stringValue(), type);
		assertThat(JSON.readTree(this.codec.write(message))).isEqualTo(sample.get("json"));
		assertThat(this.codec.decode(this.codec.encode(message), type)).isEqualTo(message);
	}

	@Test
	void whenOfferIsAnOfficialSampleThenItsHeaderIsTheSameToTheByte() throws IOException {
		String header = samples().get("PAYMENT-REQUIRED").get("header").stringValue();
		assertThat(this.codec.encode(this.codec.decode(header, PaymentRequiredDocument.class))).isEqualTo(header);
	}

	@Test
	void whenPaddingIsMissingThenItIsTheSamePayment() {
		assertThat(base64(V2)).endsWith("=");
		assertThat(decode(base64(V2).replace("=", ""))).isEqualTo(decode(base64(V2)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "e31", "e30=x", "e30==", "e3=", "e", "e30=e30=", " e30=", "e30= ", "e3\n0=", "e3\r\n0=",
			"e30=\n", "-_-_", "e30\u0000", "e30\u00AD", "=", "====", "e=30", "\uFF45\uFF13\uFF10", "{}", "" })
	void whenTextIsNotCanonicalBase64ThenItIsMalformed(String value) {
		assertRefused(ProtocolVersion.V2, value, ReasonCode.MALFORMED_PAYMENT);
	}

	@Test
	void whenBase64IsOfTheUrlAlphabetThenItIsMalformed() {
		String json = "{\"x402Version\":2,\"accepted\":{\"a\":\"\u00FF\u00FE>>>???\"},\"payload\":{}}";
		String standard = base64(json);
		String url = standard.replace('+', '-').replace('/', '_');
		assertThat(url).isNotEqualTo(standard);
		assertThat(decode(standard)).isNotNull();
		assertRefused(ProtocolVersion.V2, url, ReasonCode.MALFORMED_PAYMENT);
	}

	@Test
	void whenTrailingBitsAreNotZeroThenItIsMalformed() {
		String value = base64(V2.replace("\"1\"", "\"100\""));
		assertThat(value).endsWith("fQ==");
		String twin = value.replace("fQ==", "fR==");
		assertThat(Base64.getDecoder().decode(twin)).isEqualTo(Base64.getDecoder().decode(value));
		assertRefused(ProtocolVersion.V2, twin, ReasonCode.MALFORMED_PAYMENT);
		assertRefused(ProtocolVersion.V2, twin.replace("=", ""), ReasonCode.MALFORMED_PAYMENT);
	}

	@Test
	void whenHeaderIsOverTheLimitThenItIsTooLarge() {
		String value = base64(V2);
		assertThat(new PaymentCodec(value.length()).decodePayment(ProtocolVersion.V2, value)).isEqualTo(decode(value));
		assertRefused(new PaymentCodec(value.length() - 1), ProtocolVersion.V2, value,
				ReasonCode.PAYMENT_HEADER_TOO_LARGE);
		assertRefused(ProtocolVersion.V2, "!".repeat(16 * 1024), ReasonCode.MALFORMED_PAYMENT);
		assertRefused(ProtocolVersion.V2, "!".repeat(16 * 1024 + 1), ReasonCode.PAYMENT_HEADER_TOO_LARGE);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void whenLimitIsNotPositiveThenThereIsNoCodec(int limit) {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new PaymentCodec(limit));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "3", "0", "-2", "20", "12345678901234567890" })
	void whenVersionIsAnotherIntegerThenItIsUnsupported(String version) {
		assertRefused(ProtocolVersion.V2, base64("{\"x402Version\":%s}".formatted(version)),
				ReasonCode.UNSUPPORTED_VERSION);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"2\"", "2e0", "2.0e0", "true", "null", "[2]", "{}", "\"\"", "[]", "2.5" })
	void whenVersionIsNotAnIntegerThenItIsMalformed(String version) {
		assertRefused(ProtocolVersion.V2, base64(V2.replace(":2,", ":" + version + ",")), ReasonCode.MALFORMED_PAYMENT);
	}

	@Test
	void whenVersionIsWrittenWithAFractionOfZerosThenItIsThatVersion() {
		assertThat(decode(base64(V2.replace(":2,", ":2.0,")))).isEqualTo(decode(base64(V2)));
	}

	@Test
	void whenVersionIsMissingThenItIsMalformed() {
		assertRefused(ProtocolVersion.V2, base64(V2.replace("x402Version", "X402Version")),
				ReasonCode.MALFORMED_PAYMENT);
	}

	@Test
	void whenPaymentIsInTheHeaderOfTheOtherVersionThenItIsUnsupported() {
		assertRefused(ProtocolVersion.V1, base64(V2), ReasonCode.UNSUPPORTED_VERSION);
		assertRefused(ProtocolVersion.V2, base64(V1), ReasonCode.UNSUPPORTED_VERSION);
		assertThat(this.codec.decodePayment(ProtocolVersion.V1, base64(V1))).isInstanceOf(PaymentPayload.V1.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"x402Version\":2,\"payload\":{}}", "{\"x402Version\":2,\"accepted\":{}}",
			"{\"x402Version\":2,\"accepted\":null,\"payload\":{}}",
			"{\"x402Version\":2,\"accepted\":{},\"payload\":null}",
			"{\"x402Version\":2,\"accepted\":[],\"payload\":{}}",
			"{\"x402Version\":2,\"accepted\":[{}],\"payload\":{}}",
			"{\"x402Version\":2,\"accepted\":{},\"payload\":\"\"}",
			"{\"x402Version\":2,\"accepted\":{},\"payload\":\"{}\"}",
			"{\"x402Version\":2,\"accepted\":{},\"payload\":[]}", "{\"x402Version\":2,\"accepted\":{},\"payload\":1}",
			"{\"x402Version\":2,\"accepted\":\"\",\"payload\":{}}",
			"{\"x402Version\":2,\"accepted\":false,\"payload\":{}}",
			"{\"x402Version\":2,\"Accepted\":{},\"payload\":{}}" })
	void whenMemberOfV2IsMissingOrOfAnotherTypeThenItIsMalformed(String json) {
		assertRefused(ProtocolVersion.V2, base64(json), ReasonCode.MALFORMED_PAYMENT);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "\"exact\";null", "\"exact\";1", "\"exact\";true", "\"exact\";{}", "\"base\";null",
					"\"base\";8453", "\"base\";1.5", "\"base\";[\"base\"]", "\"base\";[]", "{};null", "{};\"\"",
					"{};[]" })
	void whenMemberOfV1IsMissingOrOfAnotherTypeThenItIsMalformed(String member, String replacement) {
		assertThat(V1).contains(member);
		assertRefused(ProtocolVersion.V1, base64(V1.replace(member, replacement)), ReasonCode.MALFORMED_PAYMENT);
	}

	@Test
	void whenMembersAreUnknownThenTheyAreIgnored() {
		String more = V2.replace("\"accepted\"", "\"version\":\"V1\",\"new\":[{\"a\":null}],\"accepted\"");
		assertThat(decode(base64(more))).isEqualTo(decode(base64(V2)));
	}

	@Test
	void whenOptionalMembersAreNullThenTheyAreAbsent() {
		String nulls = V2.replace("\"accepted\"", "\"resource\":null,\"extensions\":null,\"accepted\"")
			.replace("\"amount\"", "\"extra\":null,\"amount\"");
		assertThat(decode(base64(nulls))).isEqualTo(decode(base64(V2)));
		assertThat(this.codec.encode(decode(base64(nulls)))).isEqualTo(base64(V2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"https://a.test\"", "\"\"", "[]", "[{\"a\":[1]}]", "1", "false" })
	void whenOptionalMembersAreNotObjectsThenTheyAreAbsent(String value) {
		String other = V2.replace("\"accepted\"",
				"\"resource\":%s,\"extensions\":%s,\"accepted\"".formatted(value, value));
		assertThat(decode(base64(other))).isEqualTo(decode(base64(V2)));
	}

	@Test
	void whenNullsAreNestedThenMembersAreDroppedAndElementsKept() {
		PaymentPayload.V2 payment = decode(
				base64("{\"x402Version\":2,\"accepted\":{\"extra\":{\"a\":null,\"b\":[1,null,{\"c\":null}]}},"
						+ "\"payload\":{\"n\":null},\"extensions\":{\"e\":{\"info\":null}}}"));
		assertThat(payment.accepted())
			.isEqualTo(Map.of("extra", Map.of("b", Arrays.asList(1, null, Collections.emptyMap()))));
		assertThat(payment.payload()).isEmpty();
		assertThat(payment.extensions()).isEqualTo(Map.of("e", Map.of()));
	}

	@Test
	void whenPaymentIsDecodedThenNobodyCanChangeIt() {
		PaymentPayload.V2 payment = decode(
				base64("{\"x402Version\":2,\"accepted\":{\"extra\":{},\"list\":[\"a\"]},\"payload\":{}}"));
		List<Map<String, Object>> objects = List.of(payment.accepted(), payment.payload(),
				object(payment.accepted().get("extra")));
		assertThat(objects).allSatisfy((object) -> assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> object.put("a", "b")));
		List<?> list = (List<?>) payment.accepted().get("list");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> list.remove("a"));
	}

	@Test
	void whenPaymentIsPrintedThenNothingOfItIsShown() {
		assertThat(decode(base64(V2)).toString()).isEqualTo("PaymentPayload.V2[redacted]");
		assertThat(this.codec.decodePayment(ProtocolVersion.V1, base64(V1)).toString())
			.isEqualTo("PaymentPayload.V1[redacted]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"isValid\":null}", "{\"isValid\":\"true\"}", "{\"isValid\":1}",
			"{\"isValid\":\"\"}", "{\"isValid\":[true]}", "{\"isValid\":{}}", "{\"IsValid\":true}",
			"{\"isValid\":true,\"isValid\":false}", "{\"isValid\":true}{}", "{\"isValid\":true}x",
			"[{\"isValid\":true}]", "null", "true", "", "<html>", "{\"isValid\":true,\"payer\":1}",
			"{\"isValid\":true,\"payer\":true}", "{\"isValid\":true,\"payer\":{}}",
			"{\"isValid\":true,\"payer\":[\"x\"]}", "{\"isValid\":true,\"x\":1E+10000000}" })
	void whenAnswerOfVerifyIsAnythingElseThenItIsNotRead(String json) {
		assertUnreadable(json, VerifyResponse.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"success\":null}", "{\"success\":\"true\"}", "{\"success\":1}",
			"{\"success\":0.0}", "{\"success\":true,\"transaction\":5}", "{\"success\":true,\"amount\":50000}",
			"{\"success\":true,\"extra\":\"\"}", "{\"success\":true,\"extra\":[]}",
			"{\"success\":false,\"\\u0073uccess\":true}" })
	void whenAnswerOfSettleIsAnythingElseThenItIsNotRead(String json) {
		assertUnreadable(json, SettlementResponse.class);
	}

	@Test
	void whenAnswerHoldsNullsAndUnknownMembersThenItIsRead() {
		assertThat(read("{\"isValid\":true,\"invalidReason\":null,\"payer\":null,\"extensions\":{\"a\":[1]}}",
				VerifyResponse.class))
			.isEqualTo(new VerifyResponse(true, null, null, null));
		assertThat(read("{\"success\":true,\"transaction\":\"\",\"network\":\"eip155:1\",\"extra\":{\"a\":null}}",
				SettlementResponse.class))
			.isEqualTo(new SettlementResponse(true, null, null, null, "", "eip155:1", null, null, Map.of()));
	}

	@Test
	void whenAnswerIsLargerThanAHeaderMayBeThenItIsRead() {
		String message = "m".repeat(100_000);
		assertThat(read("{\"isValid\":false,\"invalidMessage\":\"" + message + "\"}", VerifyResponse.class))
			.isEqualTo(new VerifyResponse(false, null, message, null));
	}

	@Test
	void whenSupportedKindsAreListedThenTheyAreRead() {
		SupportedResponse supported = read(
				"{\"kinds\":[{\"x402Version\":2,\"scheme\":\"exact\",\"network\":\"eip155:8453\",\"extra\":null}],"
						+ "\"extensions\":null,\"signers\":{\"eip155:*\":[\"0x1\"],\"solana:*\":null}}",
				SupportedResponse.class);
		assertThat(supported.supports(ProtocolVersion.V2, "exact", "eip155:8453")).isTrue();
		assertThat(supported.supports(ProtocolVersion.V1, "exact", "eip155:8453")).isFalse();
		assertThat(supported.extensions()).isEmpty();
		assertThat(supported.signers()).isEqualTo(Map.of("eip155:*", List.of("0x1"), "solana:*", List.of()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"kinds\":null}", "{\"kinds\":{}}", "{\"kinds\":\"\"}", "{\"kinds\":[null]}",
			"{\"kinds\":[{\"scheme\":\"exact\",\"network\":\"a:b\"}]}",
			"{\"kinds\":[{\"x402Version\":\"2\",\"scheme\":\"exact\",\"network\":\"a:b\"}]}",
			"{\"kinds\":[{\"x402Version\":2.5,\"scheme\":\"exact\",\"network\":\"a:b\"}]}",
			"{\"kinds\":[{\"x402Version\":2,\"network\":\"a:b\"}]}",
			"{\"kinds\":[{\"x402Version\":2,\"scheme\":\"exact\",\"network\":null}]}" })
	void whenAnswerOfSupportedIsAnythingElseThenItIsNotRead(String json) {
		assertUnreadable(json, SupportedResponse.class);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "\"50000\";50000.0", "\"50000\";-1", "\"50000\";5e4", "\"50000\";\"-1\"", "\"50000\";\"5e4\"",
					"\"50000\";null", "60;\"60\"", "60;60.5", "60;6e1", "60;0", "60;-1", "60;null", "60;99999999999",
					"60;99999999999.0", "\"0xA\";null", "\"0xA\";1", "\"0xB\";null", "\"exact\";null",
					"\"eip155:1\";null", "{};[]", "{};\"\"" })
	void whenMemberOfAnOfferIsOfAnotherTypeThenItIsNotRead(String member, String replacement) {
		String offer = "{\"scheme\":\"exact\",\"network\":\"eip155:1\",\"amount\":\"50000\",\"asset\":\"0xA\","
				+ "\"payTo\":\"0xB\",\"maxTimeoutSeconds\":60,\"extra\":{}}";
		assertThat(read(offer, PaymentRequirements.class).amount()).isEqualTo(50_000);
		assertThat(offer).contains(member);
		assertUnreadable(offer.replace(member, replacement), PaymentRequirements.class);
	}

	@ParameterizedTest
	@CsvSource({ "60,60.0", "60,60.000", "'\"50000\"',50000" })
	void whenNumbersOfAnOfferAreWrittenDifferentlyThenItIsTheSameOffer(String member, String replacement) {
		String offer = "{\"scheme\":\"exact\",\"network\":\"eip155:1\",\"amount\":\"50000\",\"asset\":\"0xA\","
				+ "\"payTo\":\"0xB\",\"maxTimeoutSeconds\":60,\"extra\":null}";
		PaymentRequirements same = read(offer.replace(member, replacement), PaymentRequirements.class);
		assertThat(same).isEqualTo(read(offer, PaymentRequirements.class));
		assertThat(new String(this.codec.write(same), StandardCharsets.UTF_8)).contains("\"amount\":\"50000\"")
			.contains("\"maxTimeoutSeconds\":60}");
	}

	@Test
	void whenDocumentIsOfAnotherVersionThenItIsNotRead() {
		String document = "{\"x402Version\":2,\"resource\":{\"url\":\"https://a.test\",\"tags\":[\"x\"]},\"accepts\":[]}";
		assertThat(read(document, PaymentRequiredDocument.class).accepts()).isEmpty();
		assertUnreadable(document.replace(":2,", ":1,"), PaymentRequiredDocument.class);
		assertUnreadable(document.replace("\"url\"", "\"uri\""), PaymentRequiredDocument.class);
		assertUnreadable(document.replace("[]", "[null]"), PaymentRequiredDocument.class);
		assertUnreadable(document.replace("[]", "null"), PaymentRequiredDocument.class);
	}

	@Test
	void whenHeaderOfAMessageIsNotCanonicalOrTooLongThenItIsNotRead() {
		String value = base64("{\"isValid\":true}");
		assertThat(this.codec.decode(value, VerifyResponse.class).isValid()).isTrue();
		assertThatExceptionOfType(JacksonException.class)
			.isThrownBy(() -> this.codec.decode(value + "\n", VerifyResponse.class));
		assertThatExceptionOfType(JacksonException.class)
			.isThrownBy(() -> new PaymentCodec(value.length() - 1).decode(value, VerifyResponse.class));
	}

	@Test
	void whenMessageHoldsNullsThenTheyAreNotWritten() {
		Map<String, @Nullable Object> extra = new HashMap<>();
		extra.put("name", "USDC");
		extra.put("absent", null);
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:1", BigInteger.TEN, "0xA", "0xB", 60,
				extra);
		assertThat(new String(this.codec.write(offer), StandardCharsets.UTF_8))
			.isEqualTo("{\"scheme\":\"exact\",\"network\":\"eip155:1\",\"amount\":\"10\",\"asset\":\"0xA\","
					+ "\"payTo\":\"0xB\",\"maxTimeoutSeconds\":60,\"extra\":{\"name\":\"USDC\"}}");
		assertThat(new String(this.codec.write(extra), StandardCharsets.UTF_8)).isEqualTo("{\"name\":\"USDC\"}");
		assertThat(new String(this.codec.write(new ResourceInfo("u", null, null)), StandardCharsets.UTF_8))
			.isEqualTo("{\"url\":\"u\"}");
	}

	@Test
	void whenOfferHasNoExtraThenNoneIsWritten() {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:1", BigInteger.TEN, "0xA", "0xB", 60,
				Map.of());
		PaymentRequirementsV1 v1 = PaymentRequirementsV1.of(offer, "ethereum",
				new ResourceInfo("https://a.test", null, null));
		assertThat(new String(this.codec.write(offer), StandardCharsets.UTF_8)).doesNotContain("extra");
		assertThat(new String(this.codec.write(v1), StandardCharsets.UTF_8))
			.isEqualTo("{\"scheme\":\"exact\",\"network\":\"ethereum\",\"maxAmountRequired\":\"10\","
					+ "\"resource\":\"https://a.test\",\"description\":\"\",\"mimeType\":\"\",\"payTo\":\"0xB\","
					+ "\"maxTimeoutSeconds\":60,\"asset\":\"0xA\"}");
	}

	private static void assertRefused(PaymentCodec codec, ProtocolVersion version, String value, ReasonCode reason) {
		assertThatExceptionOfType(InvalidPaymentException.class).isThrownBy(() -> codec.decodePayment(version, value))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason))
			.withNoCause();
	}

	private void assertRefused(ProtocolVersion version, String value, ReasonCode reason) {
		assertRefused(this.codec, version, value, reason);
	}

	private void assertUnreadable(String json, Class<?> type) {
		assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> read(json, type))
			.withMessage("Not a valid " + type.getSimpleName())
			.withNoCause();
	}

	private <T> T read(String json, Class<T> type) {
		return this.codec.read(json.getBytes(StandardCharsets.UTF_8), type);
	}

	private PaymentPayload.V2 decode(String value) {
		return (PaymentPayload.V2) this.codec.decodePayment(ProtocolVersion.V2, value);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> object(@Nullable Object value) {
		return (Map<String, Object>) value;
	}

	private static String base64(String json) {
		return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

	private static JsonNode samples() throws IOException {
		try (InputStream resource = PaymentCodecTests.class.getResourceAsStream("header-samples.json")) {
			return JSON.readTree(resource);
		}
	}

}
