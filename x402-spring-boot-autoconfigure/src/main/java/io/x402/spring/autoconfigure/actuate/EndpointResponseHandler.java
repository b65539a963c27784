/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes what an endpoint returns with headers of its own. Spring MVC takes a
 * {@link ResponseEntity} from an endpoint as it is; on WebFlux, Spring Boot makes it the
 * body of another one.
 */
final class EndpointResponseHandler implements HandlerResultHandler, Ordered {

	private static final String ENDPOINTS = "org.springframework.boot.webflux.actuate.endpoint.web.";

	private static final int BUFFER = 16 * 1024;

	private static final String CSRF = "org.springframework.security.web.server.csrf.CsrfToken";

	private final ObjectProvider<ResponseEntityResultHandler> responses;

	/**
	 * Create a handler.
	 * @param responses writes responses
	 */
	EndpointResponseHandler(ObjectProvider<ResponseEntityResultHandler> responses) {
		this.responses = responses;
	}

	/**
	 * Before the one that writes responses.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(HandlerResult result) {
		return result.getHandler() instanceof HandlerMethod method && result.getReturnValue() instanceof Mono
				&& method.getBeanType().getName().startsWith(ENDPOINTS);
	}

	@Override
	public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
		return (result.getReturnValue() instanceof Mono<?> value) ? value.map(EndpointResponseHandler::innermost)
			.delayUntil((response) -> addCsrf(exchange, response))
			.flatMap((response) -> write(exchange, response, result)) : Mono.empty();
	}

	private Mono<Void> write(ServerWebExchange exchange, Object response, HandlerResult result) {
		if (response instanceof ResponseEntity<?> entity && entity.getBody() instanceof InputStreamResource stream) {
			return stream(exchange.getResponse(), entity, stream);
		}
		return this.responses.getObject()
			.handleResult(exchange,
					new HandlerResult(result.getHandler(), Mono.just(response), result.getReturnTypeSource()));
	}

	/**
	 * Who reads a stream may wait for it, and Spring would do so on the event loop.
	 */
	private static Mono<Void> stream(ServerHttpResponse response, ResponseEntity<?> entity,
			InputStreamResource stream) {
		response.setStatusCode(entity.getStatusCode());
		response.getHeaders().putAll(entity.getHeaders());
		return response
			.writeWith(DataBufferUtils.readInputStream(stream::getInputStream, response.bufferFactory(), BUFFER)
				.subscribeOn(Schedulers.boundedElastic()));
	}

	/**
	 * Tell the page of the console what Spring Security wants to see in its {@code POST}.
	 * Spring MVC does so in a configuration of its own.
	 */
	private static Mono<?> addCsrf(ServerWebExchange exchange, Object response) {
		boolean hands = response instanceof ResponseEntity<?> entity
				&& entity.getBody() instanceof ConsoleEndpoint.Hands;
		return (hands && exchange.getAttribute(CSRF) instanceof Mono<?> token)
				? token.doOnNext((present) -> Csrf.add(exchange, present)) : Mono.empty();
	}

	private static Object innermost(Object response) {
		return (response instanceof ResponseEntity<?> outer && outer.getBody() instanceof ResponseEntity<?> inner)
				? inner : response;
	}

	/**
	 * Without Spring Security this class is not loaded.
	 */
	private static final class Csrf {

		static void add(ServerWebExchange exchange, Object token) {
			if (token instanceof CsrfToken csrf) {
				exchange.getResponse().getHeaders().set("X-CSRF-HEADER", csrf.getHeaderName());
				exchange.getResponse().getHeaders().set("X-CSRF-TOKEN", csrf.getToken());
			}
		}

	}

}
