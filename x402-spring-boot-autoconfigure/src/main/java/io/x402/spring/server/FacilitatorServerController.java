/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.io.IOException;
import java.util.function.Function;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.server.FacilitatorRateLimit.Operation;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * The HTTP endpoints of a {@link FacilitatorServer}. They cost nothing, whatever route
 * prices their path.
 *
 * @since 0.1.0
 */
@Controller
@RequestMapping("${x402.facilitator.server.path:/facilitator}")
@PaymentRequired(price = "free")
public class FacilitatorServerController {

	private static final String RETRY_AFTER_SECONDS = "5";

	private final FacilitatorServer server;

	private final PaymentCodec codec;

	private final FacilitatorCallerResolver callers;

	private final FacilitatorRateLimit rateLimit;

	private final int bodyLimit;

	/**
	 * Create a controller.
	 * @param server handles the messages
	 * @param codec writes the responses
	 * @param callers authenticates callers
	 * @param rateLimit limits calls by caller
	 * @param bodyLimit maximum size of a message in bytes
	 */
	public FacilitatorServerController(FacilitatorServer server, PaymentCodec codec, FacilitatorCallerResolver callers,
			FacilitatorRateLimit rateLimit, int bodyLimit) {
		this.server = server;
		this.codec = codec;
		this.callers = callers;
		this.rateLimit = rateLimit;
		this.bodyLimit = bodyLimit;
	}

	@PostMapping("/verify")
	ResponseEntity<byte[]> verify(HttpServletRequest request) throws IOException {
		return write(post(request, Operation.VERIFY, this.server::verify));
	}

	@PostMapping("/settle")
	ResponseEntity<byte[]> settle(HttpServletRequest request) throws IOException {
		return write(post(request, Operation.SETTLE, this.server::settle));
	}

	@GetMapping("/supported")
	ResponseEntity<byte[]> supported(HttpServletRequest request) {
		ServerResponse refusal = refuse(request, Operation.SUPPORTED);
		return write((refusal != null) ? refusal : this.server.supported());
	}

	private ServerResponse post(HttpServletRequest request, Operation operation,
			Function<byte[], ServerResponse> handler) throws IOException {
		ServerResponse refusal = refuse(request, operation);
		if (refusal != null) {
			return refusal;
		}
		if (request.getContentLengthLong() > this.bodyLimit) {
			return ServerResponse.error(413, "message_too_large");
		}
		byte[] body = request.getInputStream().readNBytes(this.bodyLimit + 1);
		return (body.length <= this.bodyLimit) ? handler.apply(body) : ServerResponse.error(413, "message_too_large");
	}

	private @Nullable ServerResponse refuse(HttpServletRequest request, Operation operation) {
		String caller = this.callers.resolve(request);
		if (caller == null) {
			return ServerResponse.error(401, "unauthorized");
		}
		return this.rateLimit.admit(caller, operation) ? null : ServerResponse.error(429, "rate_limited");
	}

	private ResponseEntity<byte[]> write(ServerResponse message) {
		ResponseEntity.BodyBuilder response = ResponseEntity.status(message.status())
			.contentType(MediaType.APPLICATION_JSON)
			.cacheControl(CacheControl.noStore());
		if (message.status() == 401) {
			response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
		}
		if (message.status() == 429 || message.status() == 503) {
			response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
		}
		return response.body(this.codec.write(message.body()));
	}

}
