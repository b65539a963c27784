/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Every reason for which a priced request is not served, in one table: stable code, HTTP
 * status, whether money moved, and whether the identical payment may be sent again.
 *
 * @since 0.1.0
 */
public enum ReasonCode {

	// @formatter:off
	PAYMENT_REQUIRED("payment_required", 402, Effect.FREE,
			"This resource is paid. Sign one of the offers and repeat the request with the payment."),
	MALFORMED_PAYMENT("malformed_payment", 402, Effect.FREE,
			"The payment header is not base64 of a valid payment. Nothing was charged."),
	PAYMENT_HEADER_TOO_LARGE("payment_header_too_large", 402, Effect.FREE,
			"The payment header is larger than this server reads. Nothing was charged."),
	AMBIGUOUS_PAYMENT("ambiguous_payment", 400, Effect.FREE,
			"More than one payment was sent with this request. Send exactly one. Nothing was charged."),
	INVALID_CHALLENGE("invalid_challenge", 402, Effect.FREE,
			"The challenge of the credential was not made by this server for this request, or the authorization does "
					+ "not belong to it. This request charged nothing. Sign for the challenge of this response."),
	UNSUPPORTED_VERSION("invalid_x402_version", 402, Effect.FREE,
			"The payment is of an x402 version that this header or server does not take. Nothing was charged."),
	REQUIREMENTS_MISMATCH("requirements_mismatch", 402, Effect.FREE,
			"The payment fits none of the current offers. Read the offers again and sign a new payment. Nothing was charged."),
	UNSUPPORTED_PAYLOAD("unsupported_payload_type", 402, Effect.FREE,
			"The signed payload is not of the kind that the chosen offer asks for. Nothing was charged."),
	INVALID_SIGNATURE("invalid_exact_evm_signature", 402, Effect.FREE,
			"The signature does not belong to the payer. Nothing was charged.",
			"invalid_exact_evm_payload_signature", "invalid_exact_evm_payload_signature_address",
			"invalid_permit2_signature", "invalid_exact_evm_failed_to_parse_signature"),
	RECIPIENT_MISMATCH("invalid_exact_evm_recipient_mismatch", 402, Effect.FREE,
			"The payment goes to another recipient than the offer names. Nothing was charged.",
			"invalid_exact_evm_payload_recipient_mismatch", "invalid_permit2_recipient_mismatch",
			"invalid_permit2_spender"),
	AMOUNT_MISMATCH("invalid_exact_evm_payload_authorization_value_mismatch", 402, Effect.FREE,
			"The payment is not of the offered amount. Nothing was charged.",
			"invalid_exact_evm_authorization_value", "invalid_exact_evm_payload_authorization_value",
			"permit2_amount_mismatch", "permit2_token_mismatch"),
	NOT_YET_VALID("invalid_exact_evm_payload_authorization_valid_after", 402, Effect.FREE,
			"The payment is not valid yet. Check the clock of the signer. Nothing was charged.",
			"permit2_not_yet_valid", "permit2_payment_too_early"),
	EXPIRED("invalid_exact_evm_payload_authorization_valid_before", 402, Effect.FREE,
			"The payment is expired or too close to it. Sign a new payment. Nothing was charged.",
			"permit2_deadline_expired", "eip2612_deadline_expired", "payment_expired"),
	VALIDITY_TOO_LONG("authorization_validity_too_long", 402, Effect.FREE,
			"The payment stays valid longer than this server takes. Sign for the offered time. Nothing was charged."),
	INSUFFICIENT_FUNDS("insufficient_funds", 402, Effect.FREE,
			"The payer does not own enough of the asset. Nothing was charged.",
			"invalid_exact_evm_insufficient_balance", "permit2_insufficient_balance"),
	ALLOWANCE_REQUIRED("permit2_allowance_required", 412, Effect.FREE,
			"The payer must allow Permit2 to move the asset first. Nothing was charged."),
	NONCE_ALREADY_USED("invalid_exact_evm_nonce_already_used", 402, Effect.FREE,
			"The authorization was used before. Look for the receipt of that request before you sign a new payment.",
			"permit2_invalid_nonce", "duplicate_settlement"),
	PAYMENT_REJECTED("payment_rejected", 402, Effect.FREE,
			"The facilitator does not accept the payment. Nothing was charged."),
	SETTLEMENT_DECLINED("settlement_declined", 402, Effect.FREE,
			"The payment could not be settled. Nothing was charged."),
	SETTLEMENT_PENDING("settlement_pending", 503, Effect.UNKNOWN_AND_REPEATABLE,
			"It is not known yet whether the payment was settled. Do not sign a new payment; "
					+ "repeat the request with the same payment."),
	PAYMENT_IN_PROGRESS("payment_in_progress", 409, Effect.UNKNOWN_AND_REPEATABLE,
			"The same payment is being processed for the same request. Do not sign a new payment; "
					+ "repeat the request with the same payment."),
	PAYMENT_ALREADY_BOUND("payment_already_bound", 409, Effect.UNKNOWN,
			"The payment was already used for another request. Sign one payment per request."),
	PAYMENT_ALREADY_USED("payment_already_used", 409, Effect.CHARGED,
			"The payment was already settled for this request and its response was released."),
	PAYMENT_ABANDONED("payment_abandoned", 402, Effect.FREE,
			"The request of this payment was served before without a charge, and is not served for it again. "
					+ "Nothing was charged. Sign a new payment."),
	DELIVERY_FAILED("delivery_failed", 503, Effect.CHARGED_AND_REPEATABLE,
			"The payment was settled, but its response could not be completed. Do not sign a new payment; "
					+ "repeat the request with the same payment."),
	INVALID_PAYMENT_IDENTIFIER("invalid_payment_identifier", 400, Effect.FREE,
			"The payment identifier is not 16 to 128 characters of A-Z, a-z, 0-9, _ and -. Nothing was charged."),
	PAYMENT_IDENTIFIER_REQUIRED("payment_identifier_required", 400, Effect.FREE,
			"Payments for this resource must carry the extension payment-identifier with an id. "
					+ "Nothing was charged."),
	PAYMENT_IDENTIFIER_CONFLICT("payment_identifier_conflict", 409, Effect.UNKNOWN,
			"Another payment with the same identifier was used for this resource. Repeat the request with that "
					+ "payment. This one was not charged."),
	PASS_INVALID("pass_invalid", 402, Effect.FREE,
			"The pass is not known here, or opens another resource, price or user. Pay to get a new one. "
					+ "Nothing was charged."),
	PASS_EXPIRED("pass_expired", 402, Effect.FREE,
			"The time of the pass is over. Pay to get a new one. Nothing was charged."),
	PASS_EXHAUSTED("pass_exhausted", 402, Effect.FREE,
			"All uses of the pass are taken. Pay to get a new one. Nothing was charged."),
	PASS_REVOKED("pass_revoked", 402, Effect.FREE,
			"The seller has ended the pass. Nothing was charged."),
	CREDIT_INSUFFICIENT("credit_insufficient", 402, Effect.FREE,
			"The balance is lower than the price. Pay the price, or top up. Nothing was charged."),
	SIGN_IN_INVALID("sign_in_invalid", 402, Effect.FREE,
			"The sign-in is malformed, was made for another request, host or network, or is not signed by its address. "
					+ "Sign the challenge of this response, or pay. Nothing was charged."),
	SIGN_IN_EXPIRED("sign_in_expired", 402, Effect.FREE,
			"The time of the sign-in is over or has not come. Sign the challenge of this response, or pay. "
					+ "Nothing was charged."),
	SIGN_IN_USED("sign_in_used", 402, Effect.FREE,
			"The sign-in was used before. Sign the challenge of this response, or pay. Nothing was charged."),
	SIGN_IN_WITHOUT_PASS("sign_in_without_pass", 402, Effect.FREE,
			"The account that has signed in owns no pass or balance for this resource, or none that has not ended. "
					+ "Pay to get one. Nothing was charged."),
	QUOTE_INVALID("quote_invalid", 402, Effect.FREE,
			"The quote was not made by this server for this request. This request charged nothing, and the transfer is not "
					+ "used. Present it with the quote and the request that it was made for."),
	QUOTE_EXPIRED("quote_expired", 402, Effect.FREE,
			"The time in which a transfer can be presented for the quote is over. This request charged nothing. "
					+ "Ask the seller about a transfer that was made in time."),
	TRANSFER_SIGNATURE_INVALID("transfer_signature_invalid", 402, Effect.FREE,
			"The sender of the transfer has not signed for this quote, transfer and request. This request charged nothing, "
					+ "and the transfer is not used."),
	TRANSFER_FAILED("transfer_failed", 402, Effect.FREE,
			"The transaction has failed, so nothing was transferred. Nothing was charged."),
	TRANSFER_SENDER_MISMATCH("transfer_sender_mismatch", 402, Effect.FREE,
			"The named event is no transfer that the signing account has sent. This request charged nothing, and the "
					+ "transfer is not used."),
	TRANSFER_TOKEN_MISMATCH("transfer_token_mismatch", 402, Effect.FREE,
			"The named event is no transfer of the quoted token. This request charged nothing, and the transfer is not "
					+ "used."),
	TRANSFER_RECIPIENT_MISMATCH("transfer_recipient_mismatch", 402, Effect.FREE,
			"The transfer went to another recipient than the quote names. This request charged nothing."),
	TRANSFER_AMOUNT_MISMATCH("transfer_amount_mismatch", 402, Effect.FREE,
			"The recipient did not get exactly the quoted amount. This request charged nothing. Ask the seller to return "
					+ "what was transferred."),
	TRANSFER_OUTSIDE_QUOTE("transfer_outside_quote", 402, Effect.FREE,
			"The transfer was made before the quote or after its end. This request charged nothing, and the transfer is "
					+ "not used. Present it with the quote that it was made for, or ask the seller to return it."),
	TRANSFER_ALREADY_USED("transfer_already_used", 402, Effect.FREE,
			"The transfer settled a signed payment or another quote. This request charged nothing."),
	REQUEST_REFUSED("request_refused", 403, Effect.FREE,
			"This request is refused, with or without payment. Nothing was charged."),
	PAYER_REFUSED("payer_refused", 403, Effect.FREE,
			"Payments of this payer are not accepted here. Nothing was charged. Do not sign another one.",
			"kyt_risk_detected", "invalid_exact_evm_payload_authorization_from_address_kyt",
			"invalid_exact_evm_payload_authorization_to_address_kyt", "request_blocked_by_location"),
	SCREENING_UNAVAILABLE("screening_unavailable", 503, Effect.FREE_AND_REPEATABLE,
			"The payer cannot be checked right now. Nothing was charged; repeat the request with the same payment."),
	FACILITATOR_UNAVAILABLE("facilitator_unavailable", 503, Effect.FREE_AND_REPEATABLE,
			"Payments cannot be checked right now. Nothing was charged; repeat the request with the same payment."),
	VERIFICATION_LIMIT("verification_limit_exceeded", 503, Effect.FREE_AND_REPEATABLE,
			"Too many payments are being checked, or were found invalid lately. This request charged nothing; repeat it "
					+ "with the same payment in a minute."),
	RATE_LIMIT("rate_limit_exceeded", 429, Effect.FREE_AND_REPEATABLE,
			"Too many requests of this kind lately. This request charged nothing; repeat it, with the same payment if it "
					+ "has one, after the time in Retry-After."),
	STORE_UNAVAILABLE("payment_store_unavailable", 503, Effect.FREE_AND_REPEATABLE,
			"Payments cannot be recorded right now. This request charged nothing; repeat it with the same payment."),
	PAYMENTS_UNAVAILABLE("payments_unavailable", 503, Effect.FREE_AND_REPEATABLE,
			"This paid resource cannot be sold right now. Nothing was charged.");
	// @formatter:on

	private static final Map<String, ReasonCode> BY_REASON = byReason();

	private final String code;

	private final int status;

	private final Effect effect;

	private final String message;

	private final List<String> aliases;

	ReasonCode(String code, int status, Effect effect, String message, String... aliases) {
		this.code = code;
		this.status = status;
		this.effect = effect;
		this.message = message;
		this.aliases = List.of(aliases);
	}

	/**
	 * Return the code as buyers see it, the protocol's own where it has one.
	 * @return the stable code
	 */
	public String code() {
		return this.code;
	}

	/**
	 * Return the HTTP status of the response.
	 * @return the status code
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Return whether money moved.
	 * @return the response, as far as it is known
	 */
	public Charged charged() {
		return this.effect.charged;
	}

	/**
	 * Return whether the identical payment, not a new one, may be sent again.
	 * @return {@code true} if a repetition can succeed
	 */
	public boolean retryable() {
		return this.effect.repeatable;
	}

	/**
	 * Return one sentence or two that help the developer of a buyer.
	 * @return plain English text
	 */
	public String message() {
		return this.message;
	}

	/**
	 * Return other spellings of this reason that facilitators use.
	 * @return the aliases
	 */
	public List<String> aliases() {
		return this.aliases;
	}

	/**
	 * Find the reason for a facilitator's machine-readable text, which is an open set.
	 * Reasons that are about a request and not about a payment are not found.
	 * @param reason the text, may be {@code null}
	 * @param other what to return for a text that is not in the table
	 * @return the reason
	 */
	public static ReasonCode of(@Nullable String reason, ReasonCode other) {
		return (reason != null) ? BY_REASON.getOrDefault(reason, other) : other;
	}

	private static Map<String, ReasonCode> byReason() {
		Map<String, ReasonCode> map = new HashMap<>();
		for (ReasonCode value : values()) {
			if (value.status != 400 && value.status != 403 && value.status != 409) {
				map.put(value.code, value);
			}
			value.aliases.forEach((alias) -> map.put(alias, value));
		}
		return Collections.unmodifiableMap(map);
	}

	/**
	 * Whether money moved.
	 */
	public enum Charged {

		/** Nothing was charged. */
		NO,

		/** The payment was settled. */
		YES,

		/** The outcome is not known (yet). */
		UNKNOWN

	}

	/**
	 * What the request did to the money, and whether its payment may be sent again.
	 */
	private enum Effect {

		FREE(Charged.NO, false),

		FREE_AND_REPEATABLE(Charged.NO, true),

		CHARGED(Charged.YES, false),

		CHARGED_AND_REPEATABLE(Charged.YES, true),

		UNKNOWN(Charged.UNKNOWN, false),

		UNKNOWN_AND_REPEATABLE(Charged.UNKNOWN, true);

		private final Charged charged;

		private final boolean repeatable;

		Effect(Charged charged, boolean repeatable) {
			this.charged = charged;
			this.repeatable = repeatable;
		}

	}

}
