/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.nio.charset.StandardCharsets;

import io.x402.sample.buyer.Transcript.Wallet;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lets the built-in buyer buy, for free. It buys from this shop only.
 */
@RestController
final class BuyController {

	private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private final Buyer buyer;

	private final Environment environment;

	BuyController(Buyer buyer, Environment environment) {
		this.buyer = buyer;
		this.environment = environment;
	}

	/**
	 * Let the buyer buy.
	 * @param path what to buy
	 * @param body text to post, or {@code null} to get
	 * @param parameters has {@code json}, whatever it says, if the caller is a program
	 * @param accept what the caller reads; one that does not say is a program
	 * @return the transcript, as text for people unless JSON is asked for
	 */
	@GetMapping("/buy")
	ResponseEntity<?> buy(@RequestParam ShopPath path, @RequestParam(required = false) @Nullable String body,
			@RequestParam MultiValueMap<String, String> parameters,
			@RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.APPLICATION_JSON_VALUE) String accept) {
		int port = this.environment.getRequiredProperty("local.server.port", Integer.class);
		Transcript transcript = this.buyer.buy(path, port, body);
		return (parameters.containsKey("json") || accept.contains(MediaType.APPLICATION_JSON_VALUE))
				? ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(transcript)
				: ResponseEntity.ok().contentType(TEXT).body(TranscriptText.of(transcript));
	}

	@GetMapping("/wallet")
	Wallet wallet() {
		return this.buyer.wallet();
	}

}
