/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import org.jspecify.annotations.Nullable;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The URL under which indexes find an application.
 *
 * @param baseUrl configured URL of the application, or {@code null} for that of the
 * request
 * @param contextPath path of the application below it
 */
record PublicUrl(@Nullable String baseUrl, String contextPath) {

	/**
	 * Return the URL.
	 * @param application builder of a URL of the request
	 * @return the URL without a trailing slash
	 */
	String of(UriComponentsBuilder application) {
		String origin = (this.baseUrl != null) ? this.baseUrl
				: application.replacePath(null).replaceQuery(null).build().toUriString();
		return origin + this.contextPath;
	}

	/**
	 * Return a document with this URL. A cache must not keep one that names the host of a
	 * request, which a client can choose.
	 * @param <T> type of the document
	 * @param document the document
	 * @return the response
	 */
	<T> ResponseEntity<T> respond(T document) {
		CacheControl control = (this.baseUrl != null) ? CacheControl.empty() : CacheControl.noStore();
		return ResponseEntity.ok().cacheControl(control).body(document);
	}

}
