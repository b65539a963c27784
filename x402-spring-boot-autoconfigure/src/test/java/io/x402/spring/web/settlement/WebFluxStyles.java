/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Handlers of WebFlux in every style, and what they respond once they are paid.
 */
@Configuration(proxyBeanMethods = false)
@Import({ WebFluxStyles.Handlers.class, WebFluxStyles.Failing.class })
class WebFluxStyles {

	static final String SECRET = "golden-goods";

	static final int LARGE = 1_000_000;

	/**
	 * Return the styles of the matrix.
	 */
	static Stream<HandlerStyle> all() {
		Stream<HandlerStyle> sold = Stream
			.of("/pojo", "/mono", "/string", "/flux-json", "/flux-text", "/sse", "/entity", "/resource", "/file",
					"/written", "/flushed", "/large", "/large-declared", "/large-file", "/cookies", "/functional/body",
					"/functional/sse")
			.map(HandlerStyle::sold);
		Stream<HandlerStyle> bodiless = Stream.of(HandlerStyle.bodiless("/void", 200),
				HandlerStyle.bodiless("/set-complete", 200), HandlerStyle.bodiless("/no-content", 204),
				HandlerStyle.bodiless("/see-other", 303), HandlerStyle.head("/pojo"), HandlerStyle.head("/file"));
		Stream<HandlerStyle> conditional = Stream.of("/not-modified", "/etag").map(HandlerStyle::conditional);
		Stream<HandlerStyle> uncharged = Stream.of(HandlerStyle.free("/fails", 500), HandlerStyle.free("/throws", 500),
				HandlerStyle.free("/gone", 410), HandlerStyle.free("/bad-request", 400),
				HandlerStyle.free("/handled", 422), HandlerStyle.free("/written-then-handled", 422),
				HandlerStyle.free("/getter", 500), HandlerStyle.free("/missing-parameter", 400),
				HandlerStyle.free("/flux-fails", 500), HandlerStyle.free("/sse-fails-first", 500),
				HandlerStyle.free("/upstream", 502), HandlerStyle.free("/short", 500),
				HandlerStyle.free("/before-commit-fails", 500), HandlerStyle.free("/not-acceptable", 406),
				HandlerStyle.free("/functional/fails", 500), HandlerStyle.free("/precondition", 412));
		return Stream.of(sold, bodiless, conditional, uncharged).flatMap((styles) -> styles);
	}

	private static void mark(ServerHttpResponse response) {
		response.getHeaders().set("X-Goods", SECRET);
		response.getHeaders().set("ETag", '"' + SECRET + '"');
		response.getHeaders().set("Content-Disposition", "inline; filename=" + SECRET);
		response.getHeaders().set("Location", "/" + SECRET);
		response.addCookie(ResponseCookie.from("goods", SECRET).build());
	}

	private static Mono<DataBuffer> buffer(ServerHttpResponse response, String text) {
		return Mono.fromSupplier(() -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8)));
	}

	private static Path file(int length) {
		try {
			Path file = Files.createTempFile("goods", ".txt");
			file.toFile().deleteOnExit();
			return Files.writeString(file, SECRET + "x".repeat(length));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Priced by {@code x402.routes}.
	 */
	@Bean
	RouterFunction<ServerResponse> functional() {
		return RouterFunctions.route()
			.GET("/functional/body", (request) -> ServerResponse.ok().header("X-Goods", SECRET).bodyValue(SECRET))
			.GET("/functional/sse",
					(request) -> ServerResponse.ok()
						.contentType(MediaType.TEXT_EVENT_STREAM)
						.body(Flux.just(SECRET, SECRET), String.class))
			.GET("/functional/fails", (request) -> Mono.error(new IllegalStateException("no goods")))
			.build();
	}

	/**
	 * Handlers that respond.
	 */
	@RestController
	@PaymentRequired(price = "$0.01")
	static class Handlers {

		private static final Path SMALL_FILE = file(100);

		private static final Path LARGE_FILE = file(LARGE);

		@GetMapping("/pojo")
		Map<String, String> pojo(ServerHttpResponse response) {
			mark(response);
			return Map.of("goods", SECRET);
		}

		@GetMapping("/mono")
		Mono<Map<String, String>> mono() {
			return Mono.just(Map.of("goods", SECRET)).delayElement(Duration.ofMillis(5));
		}

		@GetMapping("/string")
		String string(ServerHttpResponse response) {
			mark(response);
			return SECRET;
		}

		@GetMapping("/flux-json")
		Flux<Map<String, String>> fluxJson() {
			return Flux.range(0, 10).map((i) -> Map.of("goods", SECRET + i));
		}

		@GetMapping(path = "/flux-text", produces = "text/plain")
		Flux<String> fluxText() {
			return Flux.range(0, 100).map((i) -> SECRET + i);
		}

		@GetMapping(path = "/sse", produces = "text/event-stream")
		Flux<String> sse(ServerHttpResponse response) {
			mark(response);
			return Flux.interval(Duration.ofMillis(50)).take(3).map((i) -> SECRET + i);
		}

		@GetMapping("/entity")
		Mono<ResponseEntity<String>> entity() {
			return Mono.just(ResponseEntity.ok().header("X-Goods", SECRET).body(SECRET));
		}

		@GetMapping("/resource")
		Resource resource() {
			return new ByteArrayResource(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/file")
		Resource smallFile() {
			return new FileSystemResource(SMALL_FILE);
		}

		@GetMapping("/large-file")
		Resource largeFile() {
			return new FileSystemResource(LARGE_FILE);
		}

		@GetMapping("/written")
		Mono<Void> written(ServerHttpResponse response) {
			mark(response);
			return response.writeWith(buffer(response, SECRET));
		}

		@GetMapping("/flushed")
		Mono<Void> flushed(ServerHttpResponse response) {
			Publisher<Publisher<DataBuffer>> parts = Flux.just(buffer(response, SECRET), buffer(response, SECRET));
			return response.writeAndFlushWith(parts);
		}

		@GetMapping(path = "/large", produces = "text/plain")
		Flux<String> large() {
			return Flux.range(0, LARGE / 1000).map((i) -> SECRET + "x".repeat(1000));
		}

		@GetMapping("/large-declared")
		Mono<Void> largeDeclared(ServerHttpResponse response) {
			mark(response);
			String line = SECRET + "x".repeat(1000 - SECRET.length());
			response.getHeaders().setContentLength(LARGE);
			return response.writeWith(Flux.range(0, LARGE / 1000).concatMap((i) -> buffer(response, line)));
		}

		@GetMapping("/cookies")
		Mono<String> cookies(ServerHttpResponse response) {
			return Mono.fromSupplier(() -> {
				response.addCookie(ResponseCookie.from("goods", SECRET).build());
				return SECRET;
			});
		}

		@GetMapping("/void")
		Mono<Void> nothing(ServerHttpResponse response) {
			mark(response);
			return Mono.empty();
		}

		@GetMapping("/set-complete")
		Mono<Void> complete(ServerHttpResponse response) {
			mark(response);
			return response.setComplete();
		}

		@GetMapping("/no-content")
		Mono<ResponseEntity<Void>> noContent() {
			return Mono.just(ResponseEntity.noContent().header("X-Goods", SECRET).build());
		}

		@GetMapping("/see-other")
		Mono<ResponseEntity<Void>> seeOther() {
			return Mono.just(ResponseEntity.status(HttpStatus.SEE_OTHER).location(URI.create("/" + SECRET)).build());
		}

		@GetMapping("/not-modified")
		Mono<String> notModified(ServerWebExchange exchange) {
			return exchange.checkNotModified("\"v1\"") ? Mono.empty() : Mono.just(SECRET);
		}

		@GetMapping("/etag")
		ResponseEntity<String> etag() {
			return ResponseEntity.ok().eTag("v1").body(SECRET);
		}

	}

	/**
	 * Handlers that fail.
	 */
	@RestController
	@PaymentRequired(price = "$0.01")
	static class Failing {

		@GetMapping("/fails")
		Mono<String> fails(ServerHttpResponse response) {
			mark(response);
			return Mono.error(new IllegalStateException("no goods"));
		}

		@GetMapping("/throws")
		Mono<String> fails() {
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/gone")
		Mono<String> gone(ServerHttpResponse response) {
			mark(response);
			return Mono.error(new ResponseStatusException(HttpStatus.GONE));
		}

		@GetMapping("/bad-request")
		ResponseEntity<String> badRequest() {
			return ResponseEntity.badRequest().header("X-Goods", SECRET).body("no");
		}

		@GetMapping("/handled")
		Mono<String> handled(ServerHttpResponse response) {
			mark(response);
			return Mono.error(new UnsupportedOperationException("handled"));
		}

		@GetMapping("/written-then-handled")
		Mono<Void> writtenThenHandled(ServerHttpResponse response) {
			mark(response);
			return response.writeWith(
					Flux.concat(buffer(response, SECRET), Mono.error(new UnsupportedOperationException("handled"))));
		}

		@ExceptionHandler(UnsupportedOperationException.class)
		@ResponseStatus(HttpStatus.UNPROCESSABLE_CONTENT)
		String handle() {
			return "sorry";
		}

		@GetMapping("/getter")
		Lazy getter() {
			return new Lazy();
		}

		@GetMapping("/missing-parameter")
		String missingParameter(@RequestParam String name) {
			return SECRET;
		}

		@GetMapping(path = "/flux-fails", produces = "text/plain")
		Flux<String> fluxFails() {
			return Flux.concat(Flux.just(SECRET), Mono.error(new IllegalStateException("no goods")));
		}

		@GetMapping(path = "/sse-fails-first", produces = "text/event-stream")
		Flux<String> sseFailsFirst(ServerHttpResponse response) {
			mark(response);
			return Flux.error(new IllegalStateException("no goods"));
		}

		@GetMapping("/upstream")
		Mono<String> upstream() {
			return Mono.error(new UncheckedIOException(new EOFException("upstream")));
		}

		@GetMapping("/short")
		Mono<Void> tooShort(ServerHttpResponse response) {
			response.getHeaders().setContentLength(5000);
			return response.writeWith(buffer(response, SECRET));
		}

		@GetMapping("/before-commit-fails")
		Mono<String> beforeCommitFails(ServerHttpResponse response) {
			response.beforeCommit(() -> Mono.error(new IllegalStateException("not saved")));
			return Mono.just(SECRET);
		}

		@GetMapping(path = "/not-acceptable")
		Mono<ResponseEntity<Object>> notAcceptable() {
			return Mono.just(ResponseEntity.status(HttpStatus.NOT_ACCEPTABLE).build());
		}

		@GetMapping("/precondition")
		Mono<Void> precondition(ServerWebExchange exchange) {
			exchange.getResponse().setStatusCode(HttpStatus.PRECONDITION_FAILED);
			return exchange.getResponse().setComplete();
		}

	}

	/**
	 * Fails while it is written.
	 */
	static class Lazy {

		public String getGoods() {
			throw new IllegalStateException("no goods");
		}

	}

}
