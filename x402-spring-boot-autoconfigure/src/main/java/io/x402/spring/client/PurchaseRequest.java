package io.x402.spring.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A request that may have to be paid.
 *
 * @param method HTTP method
 * @param uri what is asked for
 * @param fingerprint equal for requests of the same method, URL and body
 * @param repeatable whether it can be sent a second time
 */
record PurchaseRequest(String method, URI uri, String fingerprint, boolean repeatable) {

	static PurchaseRequest of(String method, URI uri, byte[] body) {
		MessageDigest digest = sha256();
		digest.update((method + ' ' + uri + '\n').getBytes(StandardCharsets.UTF_8));
		return new PurchaseRequest(method, uri, HexFormat.of().formatHex(digest.digest(body)), true);
	}

	static PurchaseRequest notRepeatable(String method, URI uri) {
		return new PurchaseRequest(method, uri, "", false);
	}

	String authority() {
		return AllowedSellers.authority(this.uri);
	}

	URI resource() {
		return URI.create(this.uri.getScheme() + "://" + authority()
				+ ((this.uri.getRawPath() != null) ? this.uri.getRawPath() : ""));
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
