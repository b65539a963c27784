/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Properties of {@link PaymentCodec}.
 */
class PaymentCodecProperties {

	private static final int MAX_CODE_POINT = Character.MAX_CODE_POINT;

	private final PaymentCodec codec = new PaymentCodec(Integer.MAX_VALUE);

	@Property(tries = 2_000, seed = "1")
	void whenPaymentIsEncodedThenDecodingGivesItBack(@ForAll("payments") PaymentPayload payment) {
		String value = this.codec.encode(payment);
		assertThat(value).matches("[A-Za-z0-9+/]*={0,2}").satisfies((text) -> assertThat(text.length() % 4).isZero());
		assertThat(this.codec.decodePayment(payment.version(), value)).isEqualTo(payment);
	}

	@Property(tries = 5_000, seed = "1")
	void whenBytesAreMutatedThenTheyAreAPaymentOrTheTypedRefusal(@ForAll("payments") PaymentPayload payment,
			@ForAll @Size(min = 1, max = 4) List<Byte> junk, @ForAll Random random) {
		List<Byte> bytes = new ArrayList<>();
		for (byte b : this.codec.write(payment)) {
			bytes.add(b);
		}
		for (Byte mutation : junk) {
			int at = random.nextInt(bytes.size());
			switch (random.nextInt(4)) {
				case 0 -> bytes.set(at, mutation);
				case 1 -> bytes.add(at, mutation);
				case 2 -> bytes.set(at, (byte) "{}[]\",:0e\\u- ".charAt(random.nextInt(13)));
				default -> bytes.remove(at);
			}
		}
		byte[] json = new byte[bytes.size()];
		for (int i = 0; i < json.length; i++) {
			json[i] = bytes.get(i);
		}
		decodesOrIsRefused(payment.version(), Base64.getEncoder().encodeToString(json));
	}

	@Property(tries = 5_000, seed = "1")
	void whenHeaderIsMutatedThenItIsAPaymentOrTheTypedRefusal(@ForAll("payments") PaymentPayload payment,
			@ForAll char junk, @ForAll Random random) {
		StringBuilder value = new StringBuilder(this.codec.encode(payment));
		value.setCharAt(random.nextInt(value.length()), junk);
		decodesOrIsRefused(payment.version(), value.toString());
	}

	@Property(tries = 2_000, seed = "1")
	void whenHeaderIsJunkThenItIsRefused(@ForAll String junk, @ForAll byte[] bytes) {
		assertThat(decodesOrIsRefused(ProtocolVersion.V2, junk)).isFalse();
		assertThat(decodesOrIsRefused(ProtocolVersion.V1, Base64.getEncoder().encodeToString(bytes))).isFalse();
	}

	@Property(tries = 2_000, seed = "1")
	void whenTheSamePaymentIsWrittenDifferentlyThenItIsTheSamePayment(@ForAll("evmPayloads") EvmPayload payload,
			@ForAll Random random) {
		Map<String, Object> map = Map.of("x402Version", 2, "accepted", Map.of("amount", payload.value().toString()),
				"payload", payload.toMap(), "resource", Map.of("url", "https://a.test/ü"));
		String value = Base64.getEncoder().encodeToString(json(map, random).getBytes(StandardCharsets.UTF_8));
		PaymentPayload twin = this.codec.decodePayment(ProtocolVersion.V2,
				random.nextBoolean() ? value : value.replace("=", ""));
		EvmPayload read = EvmPayload.from(twin.payload());
		assertThat(read).isNotNull();
		assertThat(read.nonce()).isEqualTo(payload.nonce());
		assertThat(read.from()).isEqualToIgnoringCase(payload.from());
		assertThat(read.to()).isEqualToIgnoringCase(payload.to());
		assertThat(read.value()).isEqualTo(payload.value());
		assertThat(read.validBefore()).isEqualTo(payload.validBefore());
	}

	@Provide
	Arbitrary<PaymentPayload> payments() {
		Arbitrary<PaymentPayload> v2 = Combinators
			.combine(objects().injectNull(0.3), objects(), objects(), objects().injectNull(0.3))
			.as((resource, accepted, payload, extensions) -> new PaymentPayload.V2(2, resource, accepted, payload,
					extensions));
		Arbitrary<PaymentPayload> v1 = Combinators.combine(texts(), texts(), objects())
			.as((scheme, network, payload) -> new PaymentPayload.V1(1, scheme, network, payload));
		return Arbitraries.oneOf(v2, v1);
	}

	@Provide
	Arbitrary<EvmPayload> evmPayloads() {
		Arbitrary<String> address = hex(40);
		Arbitrary<BigInteger> number = Arbitraries.bigIntegers()
			.between(BigInteger.ZERO, BigInteger.TWO.pow(256).subtract(BigInteger.ONE));
		Arbitrary<EvmPayload> eip3009 = Combinators.combine(hex(130), address, address, number, number, number, hex(64))
			.as(EvmPayload.Eip3009::new);
		Arbitrary<EvmPayload> permit2 = Combinators.combine(hex(130), address, address, address, number, number, number)
			.as((signature, from, token, to, value, nonce, time) -> new EvmPayload.Permit2(signature, from, token,
					value, token, nonce.toString(), time, to, time, value.testBit(0) ? from : null));
		return Arbitraries.oneOf(eip3009, permit2);
	}

	private boolean decodesOrIsRefused(ProtocolVersion version, String value) {
		try {
			return this.codec.decodePayment(version, value).version() == version;
		}
		catch (InvalidPaymentException ex) {
			assertThat(ex.getMessage()).hasSizeLessThan(100);
			return false;
		}
	}

	private static Arbitrary<Map<String, Object>> objects() {
		Arbitrary<Object> values = Arbitraries.lazyOf(PaymentCodecProperties::scalars, PaymentCodecProperties::scalars,
				() -> Arbitraries.maps(names(), scalars()).ofMaxSize(3).map((map) -> map),
				() -> scalars().list().ofMaxSize(3).map((list) -> list));
		return Arbitraries.maps(names(), values).ofMaxSize(4);
	}

	private static Arbitrary<Object> scalars() {
		return Arbitraries.oneOf(texts().map((text) -> text), Arbitraries.integers().map((number) -> number),
				Arbitraries.longs().greaterOrEqual(Integer.MAX_VALUE + 1L).map((number) -> number),
				Arbitraries.doubles().between(-1e9, 1e9).map((number) -> number),
				Arbitraries.of(true, false).map((bool) -> bool));
	}

	private static Arbitrary<String> names() {
		return texts().filter((text) -> text.length() <= 64);
	}

	private static Arbitrary<String> texts() {
		return Arbitraries.integers()
			.between(1, MAX_CODE_POINT)
			.filter((c) -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
			.list()
			.ofMaxSize(12)
			.map((points) -> points.stream().map(Character::toString).collect(Collectors.joining()));
	}

	private static Arbitrary<String> hex(int digits) {
		return Arbitraries.strings().withChars("0123456789abcdef").ofLength(digits).map((text) -> "0x" + text);
	}

	/**
	 * Writes the same meaning with other key order, white space, escapes and hex case.
	 */
	private static String json(@Nullable Object value, Random random) {
		if (value instanceof Map<?, ?> map) {
			List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
			Collections.shuffle(entries, random);
			return entries.stream()
				.map((entry) -> json(entry.getKey(), random) + ":" + json(entry.getValue(), random))
				.collect(Collectors.joining(",", blank(random) + "{", "}" + blank(random)));
		}
		if (value instanceof String text) {
			String twin = (text.startsWith("0x") && random.nextBoolean()) ? "0x" + text.substring(2).toUpperCase()
					: text;
			return twin.chars()
				.mapToObj((c) -> (random.nextInt(8) == 0) ? "\\u%04x".formatted(c) : Character.toString(c))
				.collect(Collectors.joining("", blank(random) + '"', '"' + blank(random)));
		}
		return blank(random) + value;
	}

	private static String blank(Random random) {
		return " \n\t\r".substring(random.nextInt(4)).repeat(random.nextInt(2));
	}

}
