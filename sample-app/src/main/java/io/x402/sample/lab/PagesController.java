/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.nio.charset.StandardCharsets;

import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentRequired;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Profile;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * Sells what a browser shows: a page with a script of its own, an image and a download.
 */
@RestController
@Profile("lab")
@PaymentRequired(price = "$0.01")
final class PagesController {

	private final HandlerRuns runs;

	PagesController(HandlerRuns runs) {
		this.runs = runs;
	}

	@GetMapping(path = "/page", produces = MediaType.TEXT_HTML_VALUE)
	String page() {
		return html("GET", null);
	}

	@PostMapping(path = "/page", produces = MediaType.TEXT_HTML_VALUE)
	String page(Visitor visitor) {
		return html("POST", visitor.name());
	}

	private String html(String method, @Nullable String name) {
		return "<!DOCTYPE html><html lang=\"en\"><title>page</title><body><h1>%s</h1><p>%s</p><script>document.title = 'ran'</script>"
			.formatted(HtmlUtils.htmlEscape((name != null) ? name : "A page"), this.runs.served(method + " /page"));
	}

	@GetMapping(path = "/image.svg", produces = "image/svg+xml")
	String image() {
		return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"160\" height=\"90\"><title>%s</title><circle cx=\"80\" cy=\"45\" r=\"40\"/></svg>"
			.formatted(this.runs.served("GET /image.svg"));
	}

	@GetMapping("/download")
	ResponseEntity<byte[]> download() {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.header(HttpHeaders.CONTENT_DISPOSITION,
					ContentDisposition.attachment()
						.filename("figures 2026.bin", StandardCharsets.UTF_8)
						.build()
						.toString())
			.body(this.runs.served("GET /download").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * The form.
	 *
	 * @param name what to greet, or {@code null}
	 */
	record Visitor(@Nullable String name) {

	}

}
