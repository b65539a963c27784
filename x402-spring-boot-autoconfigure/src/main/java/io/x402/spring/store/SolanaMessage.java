package io.x402.spring.store;

import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * The signed part of a Solana transaction: all that follows the signatures.
 */
final class SolanaMessage {

	private static final int SIGNATURE_LENGTH = 64;

	private SolanaMessage() {
	}

	static @Nullable String digest(String transaction) {
		byte[] bytes;
		try {
			bytes = Base64.getDecoder().decode(transaction);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
		// A transaction that fits a packet has fewer than 128 signatures, a count of one
		// byte
		int start = (bytes.length > 0) ? 1 + bytes[0] * SIGNATURE_LENGTH : 0;
		if (start <= 0 || start >= bytes.length) {
			return null;
		}
		return PayloadDigest.of(bytes, start, bytes.length - start);
	}

}
