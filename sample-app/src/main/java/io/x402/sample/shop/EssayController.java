/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells text by the word. The buyer agrees to a limit, and pays for what was written.
 */
@RestController
final class EssayController {

	private static final BigDecimal PER_WORD = new BigDecimal("0.0005");

	private static final int MOST_WORDS = 100;

	private static final List<String> SENTENCE = List
		.of("The tide brings what the harbour needs and takes what it owes".split(" "));

	private final HandlerRuns runs;

	EssayController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.05", scheme = PaymentScheme.UPTO, description = "An essay, paid by the word",
			mimeType = MediaType.TEXT_PLAIN_VALUE)
	@GetMapping(path = "/essay", produces = MediaType.TEXT_PLAIN_VALUE)
	String essay(@RequestParam(defaultValue = "24") int words, VerifiedPayment payment) {
		int written = Math.max(0, Math.min(words, MOST_WORDS));
		payment.charge(PER_WORD.multiply(BigDecimal.valueOf(written)));
		String text = IntStream.range(0, written)
			.mapToObj((word) -> SENTENCE.get(word % SENTENCE.size()))
			.collect(Collectors.joining(" "));
		return "%s\n%s\n".formatted(text, this.runs.served("GET /essay"));
	}

}
