/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.util.Map;

import io.x402.spring.discovery.DiscoveryDocuments;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Serves what indexes of paid resources read.
 */
@Controller
final class DiscoveryController {

	private final DiscoveryDocuments documents;

	private final @Nullable String baseUrl;

	private final String contextPath;

	/**
	 * Create a controller.
	 * @param documents the documents
	 * @param baseUrl public URL of the application, or {@code null} for that of the
	 * request
	 * @param contextPath path of the application below the base URL
	 */
	DiscoveryController(DiscoveryDocuments documents, @Nullable String baseUrl, String contextPath) {
		this.documents = documents;
		this.baseUrl = baseUrl;
		this.contextPath = contextPath;
	}

	@ResponseBody
	@GetMapping(path = "/.well-known/x402", produces = MediaType.APPLICATION_JSON_VALUE)
	Map<String, Object> resources(UriComponentsBuilder application) {
		return this.documents.resources(url(application));
	}

	@ResponseBody
	@GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
	Map<String, Object> openApi(UriComponentsBuilder application) {
		return this.documents.openApi(url(application));
	}

	private String url(UriComponentsBuilder application) {
		String origin = (this.baseUrl != null) ? this.baseUrl
				: application.replacePath(null).replaceQuery(null).build().toUriString();
		return origin + this.contextPath;
	}

}
