/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.Set;

import io.x402.spring.PaymentRequired;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells downloads. A name that is not in stock answers 404, and a failed request costs
 * nothing.
 */
@RestController
final class FileController {

	private static final Set<String> STOCK = Set.of("field-notes.txt", "lighthouse.svg");

	private final HandlerRuns runs;

	FileController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.02", description = "A file to keep: field-notes.txt or lighthouse.svg")
	@GetMapping("/files/{name}")
	ResponseEntity<Resource> download(@PathVariable String name) {
		this.runs.served("GET /files/{name}");
		if (!STOCK.contains(name)) {
			return ResponseEntity.notFound().build();
		}
		return ResponseEntity.ok()
			.contentType(MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM))
			.header(HttpHeaders.CONTENT_DISPOSITION, ContentDisposition.attachment().filename(name).build().toString())
			.body(new ClassPathResource("files/" + name));
	}

}
