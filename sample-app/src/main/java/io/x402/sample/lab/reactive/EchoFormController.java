/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab.reactive;

import java.nio.charset.StandardCharsets;

import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells the echo of a form, which is no {@code @RequestBody} on WebFlux.
 */
@RestController
@Profile("lab")
@ConditionalOnWebApplication(type = Type.REACTIVE)
final class EchoFormController {

	private final HandlerRuns runs;

	EchoFormController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.01", description = "Your own form, returned", mimeType = MediaType.TEXT_PLAIN_VALUE,
			discoverable = false)
	@PostMapping(path = "/echo", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE,
			produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> echo(ServerHttpRequest request) {
		return DataBufferUtils.join(request.getBody()).map((buffer) -> {
			String form = buffer.toString(StandardCharsets.UTF_8);
			DataBufferUtils.release(buffer);
			return form;
		}).defaultIfEmpty("").map((form) -> "%s\n%s\n".formatted(form, this.runs.served("POST /echo")));
	}

}
