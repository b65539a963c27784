/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpHeaders;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.web.settlement.Buyer;
import org.jspecify.annotations.Nullable;

/**
 * Signs challenges of the extension {@code sign-in-with-x}, or what is made of them.
 */
final class SignInWallet {

	static final String HEADER = "SIGN-IN-WITH-X";

	/** The account that {@link Buyer} pays with. */
	static final SignInWallet OF_BUYER = new SignInWallet("11".repeat(32));

	private final PaymentCodec codec = new PaymentCodec();

	private final PrivateKeySigner signer;

	SignInWallet(String key) {
		this.signer = new PrivateKeySigner(key);
	}

	String address() {
		return this.signer.address();
	}

	/**
	 * Return the members of the message that a 402 response asks for.
	 */
	@SuppressWarnings("unchecked")
	Map<String, Object> message(HttpHeaders challenge) {
		Map<String, Object> extensions = Buyer.document(challenge).extensions();
		Map<String, Object> extension = (Map<String, Object>) ((extensions != null) ? extensions : Map.of())
			.get(SignInPayload.KEY);
		Map<String, Object> message = new HashMap<>((Map<String, Object>) extension.get("info"));
		message.putAll(((List<Map<String, Object>>) extension.get("supportedChains")).get(0));
		message.put("address", this.signer.address());
		return message;
	}

	/**
	 * Return whether a 402 response has a challenge.
	 */
	static boolean isAsked(HttpHeaders challenge) {
		Map<String, Object> extensions = Buyer.document(challenge).extensions();
		return extensions != null && extensions.containsKey(SignInPayload.KEY);
	}

	/**
	 * Sign what a 402 response asks for.
	 */
	String sign(HttpHeaders challenge) {
		return sign(message(challenge));
	}

	String sign(Map<String, Object> message) {
		message.put("signature", signature(message));
		return encode(message);
	}

	String signature(Map<String, Object> message) {
		message.put("signature", "0x");
		SignInPayload payload = this.codec.read(this.codec.write(message), SignInPayload.class);
		return "0x" + HexFormat.of().formatHex(this.signer.sign(PersonalMessage.digest(payload.text())));
	}

	String encode(@Nullable Object message) {
		return this.codec.encode(message);
	}

}
