/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.time.Duration;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells an answer that comes word by word, as language models give it. What is sent
 * cannot be taken back, so the money moves first.
 */
@RestController
final class AskController {

	private static final Duration PAUSE = Duration.ofMillis(80);

	private final HandlerRuns runs;

	AskController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT, description = "A slow answer, streamed word by word",
			mimeType = MediaType.TEXT_EVENT_STREAM_VALUE)
	@GetMapping(path = "/ask", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> ask(@RequestParam(defaultValue = "Why pay per call?") String question) {
		String answer = "You asked: %s Because a price per call needs no account, no key and no invoice. %s"
			.formatted(question, this.runs.served("GET /ask"));
		return Flux.fromArray(answer.split("\\s+")).delayElements(PAUSE);
	}

}
