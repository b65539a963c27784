/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.discovery.DiscoveryDocuments;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Serves what indexes of paid resources read.
 */
@Controller
final class DiscoveryController {

	private final DiscoveryDocuments documents;

	private final PublicUrl url;

	private final OwnershipProofs proofs;

	private final boolean llmsText;

	/**
	 * Create a controller.
	 * @param documents the documents
	 * @param url URL of the application
	 * @param proofs proofs of who is paid
	 * @param llmsText whether there is a text for language models
	 */
	DiscoveryController(DiscoveryDocuments documents, PublicUrl url, OwnershipProofs proofs, boolean llmsText) {
		this.documents = documents;
		this.url = url;
		this.proofs = proofs;
		this.llmsText = llmsText;
	}

	@GetMapping(path = "/.well-known/x402", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Map<String, Object>> resources(UriComponentsBuilder application) {
		Map<String, Object> document = new LinkedHashMap<>(this.documents.resources(this.url.of(application)));
		addProofs(document);
		return this.url.respond(document);
	}

	@GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Map<String, Object>> openApi(UriComponentsBuilder application) {
		String site = this.url.of(application);
		Map<String, Object> document = new LinkedHashMap<>(this.documents.openApi(site));
		Map<String, Object> discovery = new LinkedHashMap<>();
		addProofs(discovery);
		if (this.llmsText) {
			discovery.put("llmsTxtUrl", site + LlmsTextController.PATH);
			document.put("x-service-info", Map.of("docs", Map.of("llms", site + LlmsTextController.PATH)));
		}
		if (!discovery.isEmpty()) {
			document.put("x-discovery", discovery);
		}
		return this.url.respond(document);
	}

	private void addProofs(Map<String, Object> document) {
		List<String> all = this.proofs.all();
		if (!all.isEmpty()) {
			document.put("ownershipProofs", all);
		}
	}

}
