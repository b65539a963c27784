/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows the source of the handlers, which the build puts beside their classes.
 */
@RestController
final class SourceController {

	private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	@GetMapping("/source/{name:[A-Za-z]+}.java")
	ResponseEntity<Resource> source(@PathVariable String name) {
		Resource source = sourceOf(name);
		return source.exists()
				? ResponseEntity.ok().contentType(TEXT).header("X-Content-Type-Options", "nosniff").body(source)
				: ResponseEntity.notFound().build();
	}

	/**
	 * Return where the source of a handler can be read.
	 * @param handler class of the handler
	 * @return a path, or {@code null} if it is none of this shop
	 */
	static @Nullable String pathOf(Class<?> handler) {
		String name = handler.getSimpleName();
		return sourceOf(name).exists() ? "source/" + name + ".java" : null;
	}

	private static Resource sourceOf(String name) {
		return new ClassPathResource("sources/io/x402/sample/shop/" + name + ".java");
	}

}
