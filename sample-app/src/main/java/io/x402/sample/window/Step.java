/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.buyer.Transcript.Authorization;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happens in a scene.
 *
 * @param kind {@code request}, {@code answer}, {@code signature}, {@code words},
 * {@code note} or {@code end}
 * @param text what a reader should know, or {@code null}
 * @param request what is sent, or {@code null}
 * @param authorization what is signed, or {@code null}
 * @param answer what comes back, or {@code null}
 * @param bought where content that is not text can be looked at, or {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Step(String kind, @Nullable String text, @Nullable Request request, @Nullable Authorization authorization,
		@Nullable Answer answer, @Nullable String bought) {

	static Step of(Request request, String text) {
		return new Step("request", text, request, null, null, null);
	}

	static Step of(Authorization authorization) {
		return new Step("signature", null, null, authorization, null, null);
	}

	static Step of(Answer answer, @Nullable String bought) {
		return new Step("answer", null, null, null, answer, bought);
	}

	/**
	 * A part of an answer, as it arrives.
	 */
	static Step words(String text) {
		return new Step("words", text, null, null, null, null);
	}

	static Step note(String text) {
		return new Step("note", text, null, null, null, null);
	}

	static Step end(String text) {
		return new Step("end", text, null, null, null, null);
	}

	/**
	 * A request.
	 *
	 * @param method its method
	 * @param path path and query
	 * @param headers those that matter, secrets shortened
	 * @param body its body, or {@code null}
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Request(String method, String path, Map<String, String> headers, @Nullable String body) {

	}

}
