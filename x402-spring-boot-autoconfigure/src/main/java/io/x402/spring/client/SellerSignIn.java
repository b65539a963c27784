/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.Signer;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.SignInPayload;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Signs in at sellers that ask for it, so that what was paid for is used before anything
 * is paid. What is signed begins with the name of the host that the request went to, and
 * is of no use at another one.
 */
final class SellerSignIn {

	private static final Log logger = LogFactory.getLog(SellerSignIn.class);

	/** Room for what official sellers ask for, with two long URLs. */
	private static final int MAX_LENGTH = 8 * 1024;

	private final Signer signer;

	private final Set<String> networks;

	private final SellerJson json;

	/**
	 * Create an instance.
	 * @param signer signs with the key of the account that pays
	 * @param networks networks that may be paid on
	 * @param json writes headers
	 */
	SellerSignIn(Signer signer, Set<String> networks, SellerJson json) {
		this.signer = signer;
		this.networks = networks;
		this.json = json;
	}

	/**
	 * Sign what a seller asks for.
	 * @param challenge what a 402 response asks for
	 * @param request where the request went to
	 * @return value of the request header, or {@code null} if the seller does not ask, or
	 * for something else
	 */
	@Nullable String sign(Challenge challenge, URI request) {
		Map<String, Object> extensions = challenge.extensions();
		Map<String, Object> extension = (extensions != null) ? SellerJson.object(extensions.get(SignInPayload.KEY))
				: null;
		SignInPayload message = (extension != null) ? message(extension) : null;
		if (message == null || !message.isWellFormed() || !isOf(request, message)) {
			return null;
		}
		try {
			String text = message.text();
			return (text.length() <= MAX_LENGTH)
					? this.json.encode(message.signed(this.signer.sign(PersonalMessage.digest(text)))) : null;
		}
		catch (RuntimeException ex) {
			logger.error("A sign-in could not be signed: " + ex.getClass().getName());
			return null;
		}
	}

	/**
	 * Return the message for the first network that may be paid on.
	 */
	private @Nullable SignInPayload message(Map<String, Object> extension) {
		Map<String, Object> info = SellerJson.object(extension.get("info"));
		String network = network(extension.get("supportedChains"));
		if (info == null || network == null) {
			return null;
		}
		return new SignInPayload(text(info, "domain"), this.signer.address(), optional(info, "statement"),
				text(info, "uri"), text(info, "version"), network, SignInPayload.EIP191, text(info, "nonce"),
				text(info, "issuedAt"), optional(info, "expirationTime"), optional(info, "notBefore"),
				optional(info, "requestId"), resources(info.get("resources")), null, "unsigned");
	}

	private @Nullable String network(@Nullable Object chains) {
		if (!(chains instanceof List<?> list)) {
			return null;
		}
		return list.stream()
			.map(SellerJson::object)
			.filter(Objects::nonNull)
			.filter((chain) -> SignInPayload.EIP191.equals(chain.get("type")))
			.map((chain) -> String.valueOf(chain.get("chainId")))
			.filter((network) -> this.networks.contains(network) && new NetworkId(network).isEvm())
			.findFirst()
			.orElse(null);
	}

	/**
	 * What is missing or is no text leaves the message without its form.
	 */
	private static String text(Map<String, Object> info, String name) {
		return (info.get(name) instanceof String text) ? text : "";
	}

	private static @Nullable String optional(Map<String, Object> info, String name) {
		return (info.get(name) != null) ? text(info, name) : null;
	}

	private static @Nullable List<String> resources(@Nullable Object resources) {
		if (!(resources instanceof List<?> list)) {
			return null;
		}
		List<String> texts = new ArrayList<>();
		list.forEach((resource) -> texts.add((resource instanceof String text) ? text : ""));
		return texts;
	}

	private static boolean isOf(URI request, SignInPayload message) {
		return message.domain().equals(SpendingPolicy.Sellers.authority(request))
				&& origin(request).equals(origin(message.uri()));
	}

	private static @Nullable String origin(String uri) {
		try {
			URI parsed = URI.create(uri);
			return (parsed.getRawUserInfo() == null) ? origin(parsed) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static String origin(URI uri) {
		return String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT) + "://" + SpendingPolicy.Sellers.authority(uri);
	}

}
