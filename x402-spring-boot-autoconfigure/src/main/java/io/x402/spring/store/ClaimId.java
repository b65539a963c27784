package io.x402.spring.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.x402.spring.protocol.AuthorizationKey;

/**
 * The identity of an authorization in one short text of fixed length, for primary keys.
 */
public final class ClaimId {

	private ClaimId() {
	}

	public static String of(AuthorizationKey key) {
		MessageDigest digest = sha256();
		update(digest, key.network());
		update(digest, key.asset());
		update(digest, key.payer());
		update(digest, key.nonce());
		return HexFormat.of().formatHex(digest.digest());
	}

	private static void update(MessageDigest digest, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		digest.update(bytes);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
