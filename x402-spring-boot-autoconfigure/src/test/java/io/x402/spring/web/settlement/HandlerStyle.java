/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.List;
import java.util.stream.Stream;

/**
 * A way to write a handler, and what it answers once it is paid.
 *
 * @param method HTTP method
 * @param target path of the handler
 * @param status status of its answer
 * @param billable whether that answer is charged
 * @param body whether what is sold is in the body, not only in headers
 * @param headerLines what else the request needs
 */
record HandlerStyle(String method, String target, int status, boolean billable, boolean body,
		List<String> headerLines) {

	static List<HandlerStyle> all() {
		Stream<HandlerStyle> synchronous = Stream.of(sold("/pojo"), sold("/string"), sold("/bytes"), sold("/entity"),
				sold("/resource"), sold("/writer"), sold("/writer-flush"), sold("/output-flush"), sold("/flush-buffer"),
				sold("/close"), sold("/cookies"), bodiless("/void", 200), sold("/view"), sold("/view-jsp"),
				sold("/forward"), sold("/nested"), sold("/free/forward"), sold("/etag-within"), sold("/etag-around"),
				sold("/created", 201), bodiless("/no-content", 204), bodiless("/redirect", 302),
				bodiless("/view-redirect", 302), sold("/see-other", 303), head("/pojo"));
		Stream<HandlerStyle> asynchronous = Stream.of(sold("/callable"), sold("/task"), sold("/deferred"),
				sold("/future"), sold("/streaming"), sold("/streaming-large"), sold("/sse"), sold("/sse-reactor"),
				sold("/flux"), sold("/async-context"), sold("/async-context-complete"), sold("/functional/body"),
				sold("/functional/async"), sold("/functional/stream"), sold("/functional/sse"));
		Stream<HandlerStyle> conditional = Stream.of("/not-modified", "/entity-etag").map(HandlerStyle::conditional);
		Stream<HandlerStyle> uncharged = Stream.of(free("/exception", 500), free("/written-then-exception", 500),
				free("/response-status", 410), free("/send-error", 404), free("/entity-400", 400),
				free("/handled-exception", 422), free("/written-then-handled", 422), free("/output-then-handled", 422),
				free("/getter", 500), free("/missing-parameter", 400), free("/callable-fails", 500),
				free("/deferred-fails", 500), free("/deferred-timeout", 503), free("/future-fails", 500),
				free("/streaming-fails", 500), free("/sse-fails", 500), free("/free/forward-fails", 500),
				free("/functional/fails", 500));
		return Stream.of(synchronous, asynchronous, conditional, uncharged).flatMap((styles) -> styles).toList();
	}

	static HandlerStyle sold(String target) {
		return sold(target, 200);
	}

	private static HandlerStyle sold(String target, int status) {
		return new HandlerStyle("GET", target, status, true, true, List.of());
	}

	static HandlerStyle bodiless(String target, int status) {
		return new HandlerStyle("GET", target, status, true, false, List.of());
	}

	static HandlerStyle head(String target) {
		return new HandlerStyle("HEAD", target, 200, true, false, List.of());
	}

	static HandlerStyle conditional(String target) {
		return new HandlerStyle("GET", target, 200, true, true, List.of("If-None-Match: \"v1\""));
	}

	static HandlerStyle free(String target, int status) {
		return new HandlerStyle("GET", target, status, false, false, List.of());
	}

	@Override
	public String toString() {
		return this.method + " " + this.target;
	}

}
