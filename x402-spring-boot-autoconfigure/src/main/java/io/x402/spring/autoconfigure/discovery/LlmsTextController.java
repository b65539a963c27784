/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import io.x402.spring.discovery.DiscoveryDocuments;

import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Serves a text about the paid resources that language models read.
 */
@Controller
final class LlmsTextController {

	/** Path of the text, below that of the application. */
	static final String PATH = "/llms.txt";

	private final DiscoveryDocuments documents;

	private final PublicUrl url;

	LlmsTextController(DiscoveryDocuments documents, PublicUrl url) {
		this.documents = documents;
		this.url = url;
	}

	@GetMapping(path = PATH, produces = "text/plain;charset=UTF-8")
	ResponseEntity<String> text(UriComponentsBuilder application) {
		return this.url.respond(this.documents.text(this.url.of(application)));
	}

}
