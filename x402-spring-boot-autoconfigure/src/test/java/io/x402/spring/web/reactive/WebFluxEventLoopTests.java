/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The threads that must not wait are watched during all tests of WebFlux.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, "x402.enabled=false" })
class WebFluxEventLoopTests {

	@LocalServerPort
	private int port;

	@Test
	void whenAHandlerBlocksTheEventLoopThenItIsNoticed() throws Exception {
		assertThat(get("/blocking").body()).isEqualTo("late");
		assertThat(BlockedThreads.take()).singleElement()
			.asString()
			.contains("park on webflux-http", Handlers.class.getName() + ".block");
	}

	@Test
	void whenAHandlerWaitsElsewhereThenThatIsNotNoticed() throws Exception {
		assertThat(get("/elsewhere").body()).isEqualTo("late");
		assertThat(BlockedThreads.take()).isEmpty();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build(),
					BodyHandlers.ofString());
	}

	/**
	 * An application that sells nothing.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/blocking")
		Mono<String> blocking() {
			return Mono.fromSupplier(Handlers::block);
		}

		@GetMapping("/elsewhere")
		Mono<String> elsewhere() {
			return Mono.fromSupplier(Handlers::block).subscribeOn(Schedulers.boundedElastic());
		}

		private static String block() {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			return "late";
		}

	}

}
