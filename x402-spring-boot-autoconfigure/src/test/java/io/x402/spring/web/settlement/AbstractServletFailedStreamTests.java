/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Streams of servlets that the seller cuts off.
 */
abstract class AbstractServletFailedStreamTests extends AbstractFailedStreamTests {

	@Override
	protected Stream<String> all() {
		return Stream.concat(super.all(), Stream.of("/failing", "/silent", "/streaming", "/blocking", "/raw"));
	}

	@Override
	protected Stream<String> repeated() {
		return Stream.concat(super.repeated(), Stream.of("/failing", "/silent"));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ FluxConfiguration.class, StreamController.class })
	static class StreamConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class StreamController {

		private final AtomicInteger runs;

		StreamController(AtomicInteger runs) {
			this.runs = runs;
		}

		@PostMapping("/failing")
		ResponseBodyEmitter failing(int failures) throws IOException {
			boolean fails = fails(failures);
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(60_000L);
			new Thread(() -> {
				try {
					emitter.send(START, MediaType.TEXT_PLAIN);
					if (fails) {
						emitter.completeWithError(new IllegalStateException("It cannot go on"));
						return;
					}
					emitter.send(END, MediaType.TEXT_PLAIN);
					emitter.complete();
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			}).start();
			return emitter;
		}

		@PostMapping("/silent")
		ResponseBodyEmitter silent(int failures) throws IOException {
			boolean fails = fails(failures);
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(fails ? 200L : 60_000L);
			emitter.send(START, MediaType.TEXT_PLAIN);
			if (!fails) {
				emitter.send(END, MediaType.TEXT_PLAIN);
				emitter.complete();
			}
			return emitter;
		}

		@PostMapping("/streaming")
		ResponseEntity<StreamingResponseBody> streaming(int failures) {
			return ResponseEntity.ok()
				.contentType(MediaType.TEXT_PLAIN)
				.body((output) -> write(output, fails(failures)));
		}

		@PostMapping("/blocking")
		void blocking(HttpServletResponse response, int failures) throws IOException {
			response.setContentType("text/event-stream");
			write(response.getOutputStream(), fails(failures));
		}

		@PostMapping("/raw")
		void raw(HttpServletRequest request, int failures) throws IOException {
			boolean fails = fails(failures);
			AsyncContext context = request.startAsync();
			context.setTimeout(fails ? 200 : 60_000);
			OutputStream output = context.getResponse().getOutputStream();
			output.write(START.getBytes(StandardCharsets.UTF_8));
			output.flush();
			if (!fails) {
				output.write(END.getBytes(StandardCharsets.UTF_8));
				context.complete();
			}
		}

		private static void write(OutputStream output, boolean fails) throws IOException {
			output.write(START.getBytes(StandardCharsets.UTF_8));
			output.flush();
			output.write("x".repeat(70_000).getBytes(StandardCharsets.UTF_8));
			if (fails) {
				throw new IllegalStateException("It cannot go on");
			}
			output.write(END.getBytes(StandardCharsets.UTF_8));
		}

		private boolean fails(int failures) {
			return this.runs.incrementAndGet() <= failures;
		}

	}

}
