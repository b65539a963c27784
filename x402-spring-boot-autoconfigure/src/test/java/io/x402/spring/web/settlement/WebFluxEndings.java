/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * A shop on WebFlux whose filters give requests up when a test says so.
 */
@Configuration(proxyBeanMethods = false)
@Import({ WebFluxEndings.Handlers.class, WebFluxEndings.OuterFilter.class })
class WebFluxEndings {

	static final String SECRET = "golden-goods";

	static final String BUSY = "come back later";

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * When filters give up, and what has become of handlers.
	 */
	static class Signals {

		final AtomicInteger runs = new AtomicInteger();

		final AtomicInteger written = new AtomicInteger();

		final AtomicInteger paying = new AtomicInteger();

		final AtomicInteger cancelled = new AtomicInteger();

		volatile Sinks.Empty<Void> giveUp = Sinks.empty();

		volatile Sinks.Empty<Void> endOfFallback = Sinks.empty();

	}

	@Bean
	Signals signals() {
		return new Signals();
	}

	/**
	 * Stands within the filter that holds responses.
	 */
	@Bean
	WebFilter innerFilter(Signals signals) {
		return (exchange, chain) -> {
			String path = exchange.getRequest().getPath().value();
			Mono<Void> handled = chain.filter(exchange);
			if (path.startsWith("/given-up-inside")) {
				return handled.timeout(signals.giveUp.asMono(), fallback(exchange, signals));
			}
			if (path.equals("/ended-by-filter") || path.equals("/cut-and-hidden")) {
				return handled.onErrorResume((ex) -> exchange.getResponse().setComplete());
			}
			return handled;
		};
	}

	/**
	 * Its status is named by the buyer, who must not get more than this for it.
	 */
	private static Mono<Void> fallback(ServerWebExchange exchange, Signals signals) {
		return Mono.defer(() -> {
			ServerHttpResponse response = exchange.getResponse();
			String status = exchange.getRequest().getHeaders().getFirst("X-Fallback");
			response.setRawStatusCode((status != null) ? Integer.valueOf(status) : 503);
			if (exchange.getRequest().getPath().value().endsWith("/slowly")) {
				Flux<Publisher<DataBuffer>> parts = Flux.concat(Flux.just(Mono.fromSupplier(() -> buffer(BUSY))),
						signals.endOfFallback.asMono().cast(DataBuffer.class).flux().map(Mono::just));
				return response.writeAndFlushWith(parts);
			}
			return response.writeWith(Mono.fromSupplier(() -> buffer(BUSY)));
		});
	}

	/**
	 * Stands around the filter that holds responses.
	 */
	static class OuterFilter implements WebFilter, Ordered {

		private final Signals signals;

		OuterFilter(Signals signals) {
			this.signals = signals;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE + 10;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			if (exchange.getRequest().getHeaders().containsHeader("PAYMENT-SIGNATURE")) {
				this.signals.paying.incrementAndGet();
			}
			Mono<Void> handled = chain.filter(exchange).doFinally((signal) -> {
				if (signal == SignalType.CANCEL) {
					this.signals.cancelled.incrementAndGet();
				}
			});
			return exchange.getRequest().getPath().value().equals("/given-up-outside")
					? handled.timeout(this.signals.giveUp.asMono(), Mono.defer(() -> unavailable(exchange))) : handled;
		}

		private static Mono<Void> unavailable(ServerWebExchange exchange) {
			exchange.getResponse().setStatusCode(HttpStatus.GATEWAY_TIMEOUT);
			return exchange.getResponse().setComplete();
		}

	}

	/**
	 * Handlers.
	 */
	@RestController
	@PaymentRequired(price = "$0.01")
	static class Handlers {

		private static final int FILE_LENGTH = 300_000;

		private final Signals signals;

		private final Path file;

		Handlers(Signals signals) {
			this.signals = signals;
			try {
				this.file = Files.createTempFile("goods", ".txt");
				this.file.toFile().deleteOnExit();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@GetMapping({ "/goods", "/given-up-inside", "/given-up-inside/slowly", "/given-up-outside" })
		Mono<String> goods() {
			this.signals.runs.incrementAndGet();
			return Mono.just(SECRET);
		}

		@GetMapping("/given-up-inside/upfront")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		Mono<String> upfront() {
			return goods();
		}

		@GetMapping("/given-up-inside/while-written")
		Mono<Void> endless(ServerHttpResponse response) {
			response.getHeaders().set("X-Goods", SECRET);
			return response.writeWith(Flux.concat(Mono.fromSupplier(() -> buffer(SECRET)),
					Mono.<DataBuffer>never().doOnSubscribe((more) -> this.signals.written.incrementAndGet())));
		}

		@GetMapping("/ended-by-filter")
		Mono<Void> tooShort(ServerHttpResponse response) {
			response.getHeaders().setContentLength(5000);
			return response.writeWith(Mono.fromSupplier(() -> buffer(SECRET)));
		}

		@GetMapping("/ended-by-handler")
		Mono<Void> tooShortAndEnded(ServerHttpResponse response) {
			return tooShort(response).onErrorResume((ex) -> response.setComplete());
		}

		@GetMapping("/cut-and-hidden")
		Mono<Void> cut(ServerHttpResponse response) {
			Flux<Publisher<DataBuffer>> parts = Flux.concat(Flux.just(Mono.fromSupplier(() -> buffer(SECRET))),
					Mono.error(new IllegalStateException("no more goods")));
			return response.writeAndFlushWith(parts);
		}

		@GetMapping("/file")
		Mono<Void> file(ServerHttpResponse response) throws IOException {
			this.signals.runs.incrementAndGet();
			Files.writeString(this.file, SECRET + "x".repeat(FILE_LENGTH - SECRET.length()));
			return ((ZeroCopyHttpOutputMessage) response).writeWith(this.file, 0, FILE_LENGTH);
		}

		@GetMapping("/short-file")
		Mono<Void> shortFile(ServerHttpResponse response) throws IOException {
			Files.writeString(this.file, SECRET);
			return ((ZeroCopyHttpOutputMessage) response).writeWith(this.file, 0, SECRET.length() + 1);
		}

		Path location() {
			return this.file;
		}

		@GetMapping("/logged")
		Mono<String> logged(ServerHttpResponse response) {
			return Mono.just(SECRET + response);
		}

	}

}
