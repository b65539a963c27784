/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Challenges of the Machine Payments Protocol that a signed EIP-3009 authorization can
 * pay, as offers of scheme {@code exact}. Policies see them as they see those of x402.
 * What cannot be paid that way, or says something twice, is skipped.
 */
final class MachineChallenges {

	private static final int MAX_LENGTH = 64 * 1024;

	private static final int MAX_CHALLENGES = 16;

	/** For a challenge that does not end, as its own clients have it. */
	private static final Duration WITHOUT_END = Duration.ofMinutes(5);

	private static final Pattern PARAMETER = Pattern
		.compile("[\\s,]*+([\\w-]++)\\s*+=\\s*+(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^\\s,\"]++))");

	private static final Pattern SCHEME = Pattern.compile("[\\s,]*+([\\w-]++)(?=[\\s,]|$)");

	private final SellerJson json;

	private final PaymentClock clock;

	MachineChallenges(SellerJson json, PaymentClock clock) {
		this.json = json;
		this.clock = clock;
	}

	/**
	 * Read the challenges of a response.
	 * @param headers headers of the response
	 * @return the challenge, or {@code null} if there is none that can be paid
	 */
	@Nullable Challenge read(HttpHeaders headers) {
		List<Map<String, Object>> offers = headers.getOrEmpty(HttpHeaders.WWW_AUTHENTICATE)
			.stream()
			.flatMap((line) -> parse(line).stream())
			.limit(MAX_CHALLENGES)
			.map(this::offer)
			.filter(Objects::nonNull)
			.toList();
		if (offers.isEmpty()) {
			return null;
		}
		Map<String, Object> resource = new LinkedHashMap<>();
		resource.put("description", parameters(offers.get(0)).get("description"));
		return new Challenge(ProtocolVersion.V2, resource, offers, null, true);
	}

	/**
	 * Return the challenge that an offer was made of.
	 * @param offer an offer that was read here
	 * @return its parameters as the seller sent them
	 */
	@SuppressWarnings("unchecked")
	static Map<String, String> parameters(Map<String, Object> offer) {
		return (Map<String, String>) Objects.requireNonNull(offer.get("challenge"));
	}

	private static List<Map<String, String>> parse(String line) {
		List<Map<String, String>> challenges = new ArrayList<>();
		if (line.length() > MAX_LENGTH) {
			return challenges;
		}
		Map<String, String> ignored = new LinkedHashMap<>();
		Map<String, String> current = ignored;
		Matcher parameter = PARAMETER.matcher(line);
		Matcher scheme = SCHEME.matcher(line);
		int position = 0;
		while (position < line.length()) {
			if (parameter.region(position, line.length()).lookingAt()) {
				String value = (parameter.group(2) != null) ? parameter.group(2).replaceAll("\\\\(.)", "$1")
						: parameter.group(3);
				if (current.put(parameter.group(1), value) != null && current != ignored) {
					challenges.remove(challenges.size() - 1);
					current = ignored;
				}
				position = parameter.end();
			}
			else if (scheme.region(position, line.length()).lookingAt()) {
				current = ignored;
				if (MachineCredential.SCHEME.equalsIgnoreCase(scheme.group(1))) {
					current = new LinkedHashMap<>();
					challenges.add(current);
				}
				position = scheme.end();
			}
			else {
				return challenges;
			}
		}
		return challenges;
	}

	private @Nullable Map<String, Object> offer(Map<String, String> challenge) {
		String encoded = challenge.get("request");
		Map<String, Object> request = (encoded != null) ? this.json.decodeUrlSafe(encoded) : null;
		if (request == null || challenge.get("id") == null || challenge.get("realm") == null
				|| !"evm".equals(challenge.get("method")) || !"charge".equals(challenge.get("intent"))) {
			return null;
		}
		Map<String, Object> details = SellerJson.object(request.get("methodDetails"));
		NetworkId network = (details != null) ? network(details.get("chainId")) : null;
		Duration validity = validity(challenge.get("expires"));
		if (details == null || network == null || validity == null || !takesAuthorizations(details)) {
			return null;
		}
		Map<String, Object> offer = new LinkedHashMap<>();
		offer.put("scheme", "exact");
		offer.put("network", network.value());
		offer.put("amount", request.get("amount"));
		offer.put("asset", request.get("currency"));
		offer.put("payTo", request.get("recipient"));
		offer.put("maxTimeoutSeconds", BigInteger.valueOf(validity.toSeconds()));
		offer.put("challenge", challenge);
		return offer;
	}

	private static @Nullable NetworkId network(@Nullable Object chainId) {
		boolean integer = chainId instanceof Integer || chainId instanceof Long || chainId instanceof BigInteger;
		return integer ? NetworkId.ofChain(new BigInteger(String.valueOf(chainId))) : null;
	}

	/** An authorization pays one recipient the whole amount. */
	private static boolean takesAuthorizations(Map<String, Object> details) {
		boolean splits = details.get("splits") != null && !List.of().equals(details.get("splits"));
		return !splits && details.get("credentialTypes") instanceof List<?> types && types.contains("authorization");
	}

	private @Nullable Duration validity(@Nullable String expires) {
		try {
			return (expires != null) ? Duration.between(this.clock.now(), Instant.parse(expires)) : WITHOUT_END;
		}
		catch (DateTimeParseException | ArithmeticException ex) {
			return null;
		}
	}

}
