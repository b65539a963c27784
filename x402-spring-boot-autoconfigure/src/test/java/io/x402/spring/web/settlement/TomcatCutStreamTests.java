/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Paid responses that fail on the way, on Tomcat.
 */
class TomcatCutStreamTests extends AbstractCutStreamTests {

	@Override
	protected Edge open() {
		return new ServletEdge(Shop.open(Container.TOMCAT, GoodsConfiguration.class, PROPERTY));
	}

	@Override
	protected Stream<String> failing() {
		return Stream.concat(super.failing(), Stream.of("/emitter", "/silent-emitter"));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/declared")
		void declared(HttpServletResponse response) throws IOException {
			response.setContentLength(LENGTH);
			response.getOutputStream().write(new byte[LENGTH - 10]);
			response.flushBuffer();
			throw new IllegalStateException("It cannot go on");
		}

		@GetMapping("/declared-stream")
		ResponseEntity<StreamingResponseBody> declaredStream() {
			return ResponseEntity.ok().contentLength(LENGTH).body((output) -> {
				output.write(new byte[LENGTH - 10]);
				output.flush();
			});
		}

		@GetMapping("/stream")
		ResponseEntity<StreamingResponseBody> stream() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> {
				output.write(new byte[LENGTH]);
				output.flush();
				throw new IOException("It cannot go on");
			});
		}

		@GetMapping("/whole-stream")
		ResponseEntity<StreamingResponseBody> wholeStream() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> {
				output.write("goods".repeat(LENGTH).getBytes(StandardCharsets.UTF_8));
				output.flush();
				output.write(" and goods".getBytes(StandardCharsets.UTF_8));
			});
		}

		@GetMapping("/emitter")
		ResponseBodyEmitter emitter() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(20_000L);
			emitter.send("goods");
			Thread sender = new Thread(() -> {
				try {
					emitter.send("goods");
				}
				catch (IOException ex) {
					// It is cut off then
				}
				emitter.completeWithError(new IllegalStateException("It cannot go on"));
			});
			sender.start();
			return emitter;
		}

		@GetMapping("/silent-emitter")
		ResponseBodyEmitter silentEmitter() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(200L);
			emitter.send("goods");
			return emitter;
		}

	}

}
