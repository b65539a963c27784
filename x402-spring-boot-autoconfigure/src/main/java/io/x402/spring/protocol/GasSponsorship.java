/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The extensions {@code eip2612GasSponsoring} and {@code erc20ApprovalGasSponsoring} of
 * protocol v2, for buyers who pay by Permit2 and never approved the token to it. With the
 * first one they sign a permit, which the facilitator uses in the transaction that
 * settles. With the second one, for tokens without permits, they sign a transaction that
 * approves the token, and the facilitator pays for its gas and sends it.
 *
 * @since 0.1.0
 */
public final class GasSponsorship {

	/**
	 * Key of the extension with permits.
	 */
	public static final String KEY = "eip2612GasSponsoring";

	/**
	 * Key of the extension with transactions of buyers.
	 * @since 0.2.0
	 */
	public static final String APPROVAL_KEY = "erc20ApprovalGasSponsoring";

	private static final List<String> MEMBERS = List.of("from", "asset", "spender", "amount", "nonce", "deadline",
			"signature", "version");

	private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-fA-F]{40}");

	/** What a buyer adds to the declaration of an approval, and its form. */
	private static final Map<String, Pattern> APPROVAL = Map.of("from", ADDRESS, "asset", ADDRESS, "spender", ADDRESS,
			"amount", Pattern.compile("[0-9]{1,78}"), "signedTransaction",
			Pattern.compile("0x(?:[0-9a-fA-F]{2}){1,1024}"), "version",
			Pattern.compile("[0-9]{1,4}(?:\\.[0-9]{1,4}){0,4}"));

	private static final int MAX_LENGTH = 200;

	private static final int MAX_TRANSACTION_LENGTH = 2050;

	private GasSponsorship() {
	}

	/**
	 * Return what a seller declares.
	 * @param supported the extensions that the facilitator lists
	 * @param offers the offers
	 * @return the extensions of the 402 document, none if no offer can be paid with them
	 * @since 0.2.0
	 */
	public static Map<String, Object> declarations(List<String> supported, List<PaymentRequirements> offers) {
		Map<String, Object> declarations = new LinkedHashMap<>();
		if (supported.contains(KEY) && offers.stream().anyMatch(GasSponsorship::fits)) {
			declarations.put(KEY, declaration("Sign an EIP-2612 permit to Permit2 and no approval is needed"));
		}
		if (supported.contains(APPROVAL_KEY) && offers.stream().anyMatch(GasSponsorship::isPermit2)) {
			declarations.put(APPROVAL_KEY,
					declaration("Sign a transaction that approves Permit2, and the facilitator pays for its gas"));
		}
		return declarations;
	}

	private static Map<String, Object> declaration(String description) {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("description", description);
		info.put("version", "1");
		return Map.of("info", info, "schema", Map.of("type", "object"));
	}

	private static boolean isPermit2(PaymentRequirements offer) {
		return PaymentRequirements.PERMIT2.equals(offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD));
	}

	/**
	 * A permit is signed in the EIP-712 domain of the token.
	 */
	private static boolean fits(PaymentRequirements offer) {
		return isPermit2(offer) && offer.extraText("name") != null && offer.extraText("version") != null;
	}

	/**
	 * Return the permit of a payment. One that lacks members is none, because a buyer who
	 * needs none echoes what the seller declared.
	 * @param payload the payment
	 * @return its members as the buyer wrote them, empty where they are no text of at
	 * most 200 characters; {@code null} if there is none
	 */
	public static @Nullable Map<String, String> of(PaymentPayload payload) {
		return members(info(payload, KEY), MEMBERS, MAX_LENGTH);
	}

	/**
	 * Return the approval of a payment, right or wrong. One that lacks members is none,
	 * because a buyer who needs none echoes what the seller declared.
	 * @param payload the payment
	 * @return its members as the buyer wrote them, empty where they are no text of at
	 * most 2,050 characters; {@code null} if there is none
	 * @since 0.2.0
	 */
	public static @Nullable Map<String, String> approval(PaymentPayload payload) {
		return members(info(payload, APPROVAL_KEY), APPROVAL.keySet(), MAX_TRANSACTION_LENGTH);
	}

	/**
	 * Return whether members of an approval are in the form of the protocol.
	 * @param approval members by name
	 * @return whether all of them are there and none has another form
	 * @since 0.2.0
	 */
	public static boolean isWellFormed(Map<String, String> approval) {
		return APPROVAL.entrySet()
			.stream()
			.allMatch((member) -> member.getValue().matcher(approval.getOrDefault(member.getKey(), "")).matches());
	}

	private static @Nullable Map<String, String> members(Map<?, ?> info, Collection<String> names, int maxLength) {
		if (!info.keySet().containsAll(names)) {
			return null;
		}
		Map<String, String> members = new LinkedHashMap<>();
		for (String name : names) {
			members.put(name, (info.get(name) instanceof String text && text.length() <= maxLength) ? text : "");
		}
		return members;
	}

	/**
	 * Return the approval of a payment that the buyer has signed for the facilitator to
	 * send. One for another token or payer than those of the payment is none.
	 * @param payload the payment
	 * @param offer the offer
	 * @param payer who pays, or {@code null} if the payment does not show it
	 * @return its members as the buyer wrote them, or {@code null} if there is none, or
	 * none in the form of the protocol
	 * @since 0.2.0
	 */
	public static @Nullable Map<String, String> approval(PaymentPayload payload, PaymentRequirements offer,
			@Nullable String payer) {
		Map<?, ?> info = info(payload, APPROVAL_KEY);
		Map<String, String> approval = new TreeMap<>();
		APPROVAL.forEach((name, form) -> {
			if (info.get(name) instanceof String text && form.matcher(text).matches()) {
				approval.put(name, text);
			}
		});
		boolean whole = approval.size() == APPROVAL.size() && isPermit2(offer);
		return (whole && offer.asset().equalsIgnoreCase(approval.get("asset"))
				&& String.valueOf(approval.get("from")).equalsIgnoreCase(payer)) ? approval : null;
	}

	private static Map<?, ?> info(PaymentPayload payload, String key) {
		return (payload instanceof PaymentPayload.V2 v2 && v2.extensions() != null
				&& v2.extensions().get(key) instanceof Map<?, ?> extension
				&& extension.get("info") instanceof Map<?, ?> info) ? info : Map.of();
	}

}
