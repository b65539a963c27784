/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A signed message of the extension {@code sign-in-with-x}, as the request header
 * {@value #HEADER} carries it. Its text form shows the address only.
 *
 * @param domain host of the seller, with its port unless that is the usual one
 * @param address account that signs
 * @param statement sentence that the account agrees to, or {@code null}
 * @param uri URL of the request
 * @param version version of the format
 * @param chainId CAIP-2 identifier of the network of the account
 * @param type kind of signature, such as {@code eip191}
 * @param nonce what makes the message unique
 * @param issuedAt when the challenge was made, in ISO 8601
 * @param expirationTime end of the message in ISO 8601, or {@code null}
 * @param notBefore beginning of the message in ISO 8601, or {@code null}
 * @param requestId identifier of the request, or {@code null}
 * @param resources URLs that are part of the message, or {@code null}
 * @param signatureScheme hint about the signature, which is not signed, or {@code null}
 * @param signature signature of the {@link #text() text}
 * @since 0.2.0
 */
public record SignInPayload(String domain, String address, @Nullable String statement, String uri, String version,
		String chainId, String type, String nonce, String issuedAt, @Nullable String expirationTime,
		@Nullable String notBefore, @Nullable String requestId, @Nullable List<String> resources,
		@Nullable String signatureScheme, String signature) {

	/** Name of the request header. */
	public static final String HEADER = "SIGN-IN-WITH-X";

	/** Key of the extension. */
	public static final String KEY = "sign-in-with-x";

	/** Kind of the signatures of plain accounts on EVM networks. */
	public static final String EIP191 = "eip191";

	/** Kind of the signatures of accounts on Solana networks. */
	public static final String ED25519 = "ed25519";

	/** Hint for signatures of accounts on Solana networks. */
	private static final String SIWS = "siws";

	private static final String SOLANA = "solana:";

	private static final String VERSION = "1";

	/**
	 * Return the kind of signatures of the accounts of a network.
	 * @param network CAIP-2 identifier of the network
	 * @return the kind, or {@code null} if there is none that this library can check
	 */
	public static @Nullable String typeOf(String network) {
		if (new NetworkId(network).isEvm()) {
			return EIP191;
		}
		return network.startsWith(SOLANA) ? ED25519 : null;
	}

	/**
	 * Return whether it says itself that it is signed as the accounts of its network
	 * sign.
	 * @return {@code false} for another kind of signature, such as that of a contract
	 */
	public boolean isOfAccount() {
		boolean evm = EIP191.equals(this.type);
		String hint = this.signatureScheme;
		return this.type.equals(typeOf(this.chainId)) && (hint == null || hint.equals(evm ? EIP191 : SIWS));
	}

	/**
	 * Return whether the members can be lines of a text without a doubt where one ends
	 * and the next begins, and those that must be there are.
	 * @return {@code false} if the text could be read in two ways
	 */
	public boolean isWellFormed() {
		List<@Nullable String> required = new ArrayList<>();
		required.add(this.domain);
		required.add(this.address);
		required.add(this.uri);
		required.add(this.version);
		required.add(this.chainId);
		required.add(this.type);
		required.add(this.nonce);
		required.add(this.issuedAt);
		required.add(this.signature);
		List<@Nullable String> optional = new ArrayList<>();
		optional.add(this.statement);
		optional.add(this.expirationTime);
		optional.add(this.notBefore);
		optional.add(this.requestId);
		if (this.resources != null) {
			required.addAll(this.resources);
		}
		return required.stream().allMatch((member) -> member != null && !member.isEmpty() && isLine(member))
				&& optional.stream().allMatch((member) -> member == null || (!member.isEmpty() && isLine(member)))
				&& VERSION.equals(this.version);
	}

	private static boolean isLine(String text) {
		return text.codePoints()
			.noneMatch((character) -> Character.isISOControl(character)
					|| Character.getType(character) == Character.LINE_SEPARATOR
					|| Character.getType(character) == Character.PARAGRAPH_SEPARATOR);
	}

	/**
	 * Return the text that is signed: on EVM networks that of EIP-4361, on others the
	 * same with the name of their family.
	 * @return lines without a line break after the last one
	 */
	public String text() {
		NetworkId network = new NetworkId(this.chainId);
		List<String> lines = new ArrayList<>();
		lines.add(this.domain + " wants you to sign in with your " + (network.isEvm() ? "Ethereum" : "Solana")
				+ " account:");
		lines.add(this.address);
		lines.add("");
		if (this.statement != null) {
			lines.add(this.statement);
			lines.add("");
		}
		else if (network.isEvm()) {
			lines.add("");
		}
		lines.add("URI: " + this.uri);
		lines.add("Version: " + this.version);
		lines.add("Chain ID: " + this.chainId.substring(this.chainId.indexOf(':') + 1));
		lines.add("Nonce: " + this.nonce);
		lines.add("Issued At: " + this.issuedAt);
		add(lines, "Expiration Time: ", this.expirationTime);
		add(lines, "Not Before: ", this.notBefore);
		add(lines, "Request ID: ", this.requestId);
		if (this.resources != null && !this.resources.isEmpty()) {
			lines.add("Resources:");
			this.resources.forEach((resource) -> lines.add("- " + resource));
		}
		return String.join("\n", lines);
	}

	private static void add(List<String> lines, String name, @Nullable String value) {
		if (value != null) {
			lines.add(name + value);
		}
	}

	/**
	 * Return what the header holds once this message is signed.
	 * @param signature the signature of the {@link #text() text}
	 * @return the members that are there, in the order of the format
	 */
	public Map<String, Object> signed(byte[] signature) {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("domain", this.domain);
		members.put("address", this.address);
		put(members, "statement", this.statement);
		members.put("uri", this.uri);
		members.put("version", this.version);
		members.put("chainId", this.chainId);
		members.put("type", this.type);
		members.put("nonce", this.nonce);
		members.put("issuedAt", this.issuedAt);
		put(members, "expirationTime", this.expirationTime);
		put(members, "notBefore", this.notBefore);
		put(members, "requestId", this.requestId);
		put(members, "resources", this.resources);
		members.put("signature", "0x" + HexFormat.of().formatHex(signature));
		return members;
	}

	private static void put(Map<String, Object> members, String name, @Nullable Object value) {
		if (value != null) {
			members.put(name, value);
		}
	}

	@Override
	public String toString() {
		return "SignInPayload[address=" + this.address + "]";
	}

}
