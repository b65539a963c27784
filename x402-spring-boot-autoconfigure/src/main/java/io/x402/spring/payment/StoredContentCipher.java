/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import io.x402.spring.store.Claim;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import org.jspecify.annotations.Nullable;

/**
 * Protects what a store keeps beside its claims: responses, and settle requests that may
 * must be repeated. With a key they are encrypted with AES-GCM and bound to their claim,
 * so that they cannot be exchanged. Without one they are kept as they are.
 *
 * @since 0.1.0
 */
public final class StoredContentCipher {

	private static final int NONCE_LENGTH = 12;

	private static final int TAG_BITS = 128;

	private final @Nullable SecretKey key;

	private final SecureRandom random = new SecureRandom();

	private StoredContentCipher(@Nullable SecretKey key) {
		this.key = key;
	}

	/**
	 * Return a cipher that leaves content as it is.
	 * @return the cipher
	 */
	public static StoredContentCipher none() {
		return new StoredContentCipher(null);
	}

	/**
	 * Return a cipher with a key.
	 * @param key 16, 24 or 32 bytes
	 * @return the cipher
	 * @throws IllegalArgumentException if the key has another length
	 */
	public static StoredContentCipher withKey(byte[] key) {
		if (key.length != 16 && key.length != 24 && key.length != 32) {
			throw new IllegalArgumentException("A key of AES has 16, 24 or 32 bytes");
		}
		return new StoredContentCipher(new SecretKeySpec(key, "AES"));
	}

	/**
	 * Encrypt the response of a claim, or its conditions, if there are any.
	 */
	ResponseRecord seal(ResponseRecord response, Claim claim) {
		byte[] conditions = response.conditions();
		byte[] sealed = (conditions.length > 0) ? seal(conditions, claim, Use.CONDITIONS) : conditions;
		return response
			.<ResponseRecord>fold(() -> response, () -> response,
					(content) -> ResponseRecord.stored(seal(content, claim, Use.ANSWER)))
			.madeFor(sealed);
	}

	/**
	 * Decrypt the conditions of the response of a claim.
	 * @return the conditions, empty if there are none
	 * @throws PaymentStoreException if they were not encrypted for this claim with this
	 * key
	 */
	byte[] conditions(ResponseRecord response, Claim claim) {
		byte[] conditions = response.conditions();
		return (conditions.length > 0) ? open(conditions, claim, Use.CONDITIONS) : conditions;
	}

	/**
	 * Decrypt the response of a claim.
	 * @throws PaymentStoreException if it was not encrypted for this claim with this key
	 */
	byte[] open(ResponseRecord.Stored response, Claim claim) {
		return open(response.content(), claim, Use.ANSWER);
	}

	/**
	 * Encrypt content of a claim.
	 */
	byte[] seal(byte[] content, Claim claim, Use use) {
		if (this.key == null) {
			return content;
		}
		byte[] nonce = new byte[NONCE_LENGTH];
		this.random.nextBytes(nonce);
		try {
			byte[] sealed = cipher(Cipher.ENCRYPT_MODE, this.key, nonce, claim, use).doFinal(content);
			return ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Decrypt content of a claim.
	 * @throws PaymentStoreException if it was not encrypted for this claim with this key
	 */
	byte[] open(byte[] content, Claim claim, Use use) {
		if (this.key == null) {
			return content;
		}
		try {
			ByteBuffer sealed = ByteBuffer.wrap(content);
			byte[] nonce = new byte[NONCE_LENGTH];
			sealed.get(nonce);
			byte[] rest = new byte[sealed.remaining()];
			sealed.get(rest);
			return cipher(Cipher.DECRYPT_MODE, this.key, nonce, claim, use).doFinal(rest);
		}
		catch (GeneralSecurityException | BufferUnderflowException ex) {
			throw new PaymentStoreException("What is kept beside a claim cannot be decrypted with the configured key");
		}
	}

	private static Cipher cipher(int mode, SecretKey key, byte[] nonce, Claim claim, Use use)
			throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
		cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
		cipher.updateAAD((use.name() + claim.owner()).getBytes(StandardCharsets.UTF_8));
		return cipher;
	}

	/**
	 * What content is for.
	 */
	enum Use {

		/** The response of a handler. */
		ANSWER,

		/** The conditions of a response that is not stored. */
		CONDITIONS,

		/** The settle request. */
		REQUEST

	}

}
