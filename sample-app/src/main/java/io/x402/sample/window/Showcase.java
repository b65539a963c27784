/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.x402.sample.window.Stage.Reply;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Keeps the last pictures and documents that the built-in buyer has bought, so that they
 * can be looked at.
 */
@RestController
final class Showcase {

	private static final int MOST = 20;

	private static final int LARGEST = 1024 * 1024;

	private static final Set<String> SHOWN = Set.of("image/svg+xml", "image/png", "application/pdf");

	/** A picture could hold a script. The viewer for PDF does not work in a sandbox. */
	private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

	private final Map<String, Piece> pieces = new LinkedHashMap<>();

	/**
	 * Put what was bought on show.
	 * @param reply the paid answer
	 * @return its path, or {@code null} if it is none of the shown kinds
	 */
	@Nullable String add(Reply reply) {
		MediaType type = reply.headers().getContentType();
		if (!reply.answer().isSettled() || type == null || reply.content().length > LARGEST
				|| !SHOWN.contains(type.getType() + "/" + type.getSubtype())) {
			return null;
		}
		String id = UUID.randomUUID().toString();
		synchronized (this.pieces) {
			this.pieces.put(id, new Piece(type, reply.content()));
			if (this.pieces.size() > MOST) {
				this.pieces.remove(this.pieces.keySet().iterator().next());
			}
		}
		return "bought/" + id;
	}

	@GetMapping("/bought/{id}")
	ResponseEntity<byte[]> show(@PathVariable String id) {
		Piece piece;
		synchronized (this.pieces) {
			piece = this.pieces.get(id);
		}
		if (piece == null) {
			return ResponseEntity.notFound().build();
		}
		ResponseEntity.BodyBuilder response = ResponseEntity.ok()
			.contentType(piece.type())
			.header(HttpHeaders.CACHE_CONTROL, "private, no-store")
			.header(HttpHeaders.CONTENT_DISPOSITION, "inline")
			.header("X-Content-Type-Options", "nosniff");
		if (!MediaType.APPLICATION_PDF.isCompatibleWith(piece.type())) {
			response.header("Content-Security-Policy", POLICY);
		}
		return response.body(piece.content());
	}

	private record Piece(MediaType type, byte[] content) {

	}

}
