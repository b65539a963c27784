/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest in the making. Not safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class Sha256 {

	private final MessageDigest digest;

	/**
	 * Begin a digest of nothing.
	 */
	public Sha256() {
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the digest of a text.
	 * @param text the text, which is encoded in UTF-8
	 * @return hexadecimal digits
	 */
	public static String of(String text) {
		return new Sha256().add(text.getBytes(StandardCharsets.UTF_8)).value();
	}

	/**
	 * Add bytes.
	 * @param bytes the bytes
	 * @return this digest
	 */
	public Sha256 add(byte[] bytes) {
		return add(bytes, 0, bytes.length);
	}

	/**
	 * Add bytes.
	 * @param bytes has the bytes
	 * @param offset index of the first one
	 * @param length number of bytes
	 * @return this digest
	 */
	public Sha256 add(byte[] bytes, int offset, int length) {
		this.digest.update(bytes, offset, length);
		return this;
	}

	/**
	 * Add a text behind its length, so that two texts are not one.
	 * @param text the text, which is encoded in UTF-8
	 * @return this digest
	 */
	public Sha256 field(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		return add(bytes);
	}

	/**
	 * Return the digest and begin another one.
	 * @return hexadecimal digits
	 */
	public String value() {
		return HexFormat.of().formatHex(bytes());
	}

	/**
	 * Return the digest and begin another one.
	 * @return 32 bytes
	 */
	public byte[] bytes() {
		return this.digest.digest();
	}

}
