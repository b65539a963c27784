/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import org.springframework.core.io.ClassPathResource;

/**
 * Parts of a page of this library, and how a strict content security policy allows them.
 *
 * @since 0.2.0
 */
public final class PageResource {

	private PageResource() {
	}

	/**
	 * Read a part of a page.
	 * @param name name of the resource, relative to the class
	 * @param owner class beside which it is
	 * @return the text
	 * @throws UncheckedIOException if it cannot be read
	 */
	public static String read(String name, Class<?> owner) {
		try {
			return new ClassPathResource(name, owner).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the source of a policy that allows a script or style within a page.
	 * @param text the script or style
	 * @return the hash, in quotes
	 */
	public static String hash(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
