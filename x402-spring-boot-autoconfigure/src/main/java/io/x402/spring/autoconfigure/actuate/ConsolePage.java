/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import org.springframework.core.io.ClassPathResource;

/**
 * The page of the console. It holds no figures, which its script reads.
 */
final class ConsolePage {

	private final String html;

	private final String policy;

	ConsolePage() {
		String script = read("console.js");
		String style = read("console.css");
		this.policy = "default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style)
				+ "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
		this.html = read("console.html").replace("{{policy}}", this.policy)
			.replace("{{style}}", style)
			.replace("{{script}}", script);
	}

	/**
	 * Return the page.
	 * @return the HTML, which has the policy too, for transports without headers
	 */
	String html() {
		return this.html;
	}

	/**
	 * Return the policy that protects the page.
	 * @return value of the {@code Content-Security-Policy} header
	 */
	String policy() {
		return this.policy + "; frame-ancestors 'none'";
	}

	private static String hash(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String read(String name) {
		try {
			return new ClassPathResource(name, ConsolePage.class).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
