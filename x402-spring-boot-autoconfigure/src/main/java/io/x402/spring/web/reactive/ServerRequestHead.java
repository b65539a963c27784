/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.net.URI;
import java.util.List;

import io.x402.spring.web.RequestHead;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Head of a request of WebFlux.
 *
 * @param uri URI of the request
 * @param request the request
 * @param user name of the user, or {@code null} if the request is anonymous or the user
 * does not matter
 * @param clientAddress network address of the client as the server knows it, or
 * {@code null} if it is unknown or does not matter
 */
record ServerRequestHead(URI uri, ServerHttpRequest request, @Nullable String user,
		@Nullable String clientAddress) implements RequestHead {

	ServerRequestHead(ServerHttpRequest request) {
		this(request.getURI(), request, null, null);
	}

	static ServerRequestHead of(ServerWebExchange exchange, ContextView context) {
		UnpaidCall call = UnpaidCall.of(context);
		return new ServerRequestHead(exchange.getRequest()).withAddress((call != null) ? call.clientAddress() : null);
	}

	ServerRequestHead withUri(URI other) {
		return new ServerRequestHead(other, this.request, this.user, this.clientAddress);
	}

	ServerRequestHead withUser(@Nullable String name) {
		return new ServerRequestHead(this.uri, this.request, name, this.clientAddress);
	}

	ServerRequestHead withAddress(@Nullable String address) {
		return new ServerRequestHead(this.uri, this.request, this.user, address);
	}

	@Override
	public String method() {
		return this.request.getMethod().name();
	}

	@Override
	public String path() {
		String path = this.uri.getRawPath();
		return (path != null) ? path : "";
	}

	@Override
	public @Nullable String query() {
		return this.uri.getRawQuery();
	}

	@Override
	public List<String> headers(String name) {
		return this.request.getHeaders().getOrEmpty(name);
	}

	@Override
	public @Nullable String header(String name) {
		return this.request.getHeaders().getFirst(name);
	}

}
