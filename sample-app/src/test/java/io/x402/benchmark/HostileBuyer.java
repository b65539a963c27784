/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Makes requests that cost little: payments that are signed for nothing, and junk that
 * looks like payments.
 */
final class HostileBuyer {

	private static final String SIGNATURE = "PAYMENT-SIGNATURE: ";

	private final Eip3009Signer signer = new Eip3009Signer("0x" + "7".repeat(64));

	private final PaymentCodec codec = new PaymentCodec();

	private final AtomicLong counter = new AtomicLong();

	private final Map<String, PaymentRequirements> offers;

	private final PaymentRequirements offer;

	/**
	 * Create a buyer that knows the offers of a running node.
	 * @param port port of the node
	 */
	HostileBuyer(int port) throws IOException {
		try (Connection connection = new Connection(port)) {
			this.offer = offer(connection, "/paid");
			this.offers = Map.of("/paid", this.offer, "/upfront", offer(connection, "/upfront"));
		}
	}

	private PaymentRequirements offer(Connection connection, String path) throws IOException {
		String challenge = connection.exchange(request(path, "")).headers().get("payment-required");
		return this.codec.decode(challenge, PaymentRequiredDocument.class).accepts().get(0);
	}

	static byte[] request(String path, String headers) {
		return ("GET " + path + " HTTP/1.1\r\nHost: shop.example.com\r\nAccept: */*\r\n" + headers + "\r\n")
			.getBytes(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Return a payment with a valid signature and a nonce of its own.
	 */
	byte[] signed(String path) {
		PaymentRequirements priced = this.offers.getOrDefault(path, this.offer);
		Instant end = Instant.now().plus(Duration.ofHours(1));
		return request(path, header(this.signer.sign(priced, Instant.EPOCH, end), priced));
	}

	/**
	 * Return payments that are signed before they are needed, so that signing takes no
	 * processor from the node meanwhile.
	 * @param path path of what is paid for
	 * @param perSecond how many are needed in a second
	 * @param time for how long they are needed
	 */
	Supplier<byte[]> signedBefore(String path, int perSecond, Duration time) {
		int count = (int) (perSecond * (time.toSeconds() + 1));
		List<byte[]> payments = IntStream.range(0, count).mapToObj((i) -> signed(path)).toList();
		AtomicLong next = new AtomicLong();
		return () -> payments.get((int) (next.getAndIncrement() % count));
	}

	/**
	 * Return the same requests for another path.
	 */
	static Supplier<byte[]> redirected(Supplier<byte[]> requests, String path) {
		return () -> {
			String request = new String(requests.get(), StandardCharsets.ISO_8859_1);
			return ("GET " + path + request.substring(request.indexOf(" HTTP/"))).getBytes(StandardCharsets.ISO_8859_1);
		};
	}

	/**
	 * Return makers of junk, each with the name of its kind.
	 */
	Map<String, Supplier<byte[]>> junk() {
		Map<String, Supplier<byte[]>> kinds = new LinkedHashMap<>();
		kinds.put("not base64", () -> request("/paid", SIGNATURE + "!" + this.counter.incrementAndGet() + "\r\n"));
		kinds.put("not a payment", () -> request("/paid", SIGNATURE + base64("{\"x402Version\":2}") + "\r\n"));
		kinds.put("another offer", () -> request("/paid",
				header(unsigned("0x" + "11".repeat(65), this.offer), this.offer.withAmount(BigInteger.ONE))));
		kinds.put("another amount", () -> request("/paid",
				header(unsigned("0x" + "11".repeat(65), this.offer.withAmount(BigInteger.TEN)), this.offer)));
		kinds.put("no signature", () -> request("/paid", header(unsigned("0x", this.offer), this.offer)));
		kinds.put("signature of 66 bytes",
				() -> request("/paid", header(unsigned("0x" + "11".repeat(66), this.offer), this.offer)));
		kinds.put("signature of 65 bytes",
				() -> request("/paid", header(unsigned("0x" + "11".repeat(65), this.offer), this.offer)));
		return kinds;
	}

	private EvmPayload.Eip3009 unsigned(String signature, PaymentRequirements claimed) {
		long number = this.counter.incrementAndGet();
		return new EvmPayload.Eip3009(signature, "0x%040x".formatted(number), claimed.payTo(), claimed.amount(),
				BigInteger.ZERO, BigInteger.valueOf(Instant.now().getEpochSecond() + 3600),
				"0x%064x".formatted(number));
	}

	private String header(EvmPayload.Eip3009 payment, PaymentRequirements accepted) {
		Map<String, Object> echo = new LinkedHashMap<>();
		echo.put("scheme", accepted.scheme());
		echo.put("network", accepted.network());
		echo.put("amount", accepted.amount().toString());
		echo.put("asset", accepted.asset());
		echo.put("payTo", accepted.payTo());
		echo.put("maxTimeoutSeconds", accepted.maxTimeoutSeconds());
		echo.put("extra", accepted.extra());
		return SIGNATURE + this.codec.encode(new PaymentPayload.V2(2, null, echo, payment.toMap(), null)) + "\r\n";
	}

	private static String base64(String json) {
		return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return junk of all kinds in turn.
	 */
	Supplier<byte[]> mixedJunk() {
		List<Supplier<byte[]>> makers = List.copyOf(junk().values());
		AtomicLong turn = new AtomicLong();
		return () -> makers.get((int) (turn.getAndIncrement() % makers.size())).get();
	}

}
