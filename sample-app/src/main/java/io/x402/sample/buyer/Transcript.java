/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one purchase.
 *
 * @param request method and path
 * @param unpaid the answer to the first request
 * @param authorization what the buyer signed, or {@code null} if there was nothing to pay
 * or no offer it can pay
 * @param paid the answer to the request with payment, or {@code null} if there was none
 * @param wallet the buyer's wallet afterwards
 */
record Transcript(String request, Answer unpaid, @Nullable Authorization authorization, @Nullable Answer paid,
		Wallet wallet) {

	/**
	 * An answer of the shop.
	 *
	 * @param status HTTP status
	 * @param millis time until the whole answer was there, in milliseconds
	 * @param paymentRequired the decoded offers, or {@code null} if none were made
	 * @param receipt the decoded receipt, or {@code null} if there was none
	 * @param contentType media type of the body, or {@code null}
	 * @param bodyBytes length of the body in bytes
	 * @param bodyExcerpt beginning of a textual body, or {@code null}
	 */
	record Answer(int status, long millis, @Nullable PaymentRequiredDocument paymentRequired,
			@Nullable SettlementResponse receipt, @Nullable String contentType, int bodyBytes,
			@Nullable String bodyExcerpt) {

		boolean isSettled() {
			return this.receipt != null && this.receipt.success();
		}

	}

	/**
	 * A signed transfer. Of signature and nonce only the first bytes are told.
	 *
	 * @param price amount and ticker of the token
	 * @param network display name of the network
	 * @param from address of the buyer
	 * @param to address of the shop
	 * @param value amount in atomic units of the token
	 * @param validBefore end of validity, in seconds since the epoch
	 * @param nonce beginning of the nonce
	 * @param signature beginning of the signature
	 * @param millis time to decide and to sign, in milliseconds
	 */
	record Authorization(String price, String network, String from, String to, BigInteger value, BigInteger validBefore,
			String nonce, String signature, long millis) {

		static @Nullable Authorization of(Map<String, Object> payload, PurchaseTerms terms,
				UnaryOperator<String> network, long millis) {
			EvmPayload signed = EvmPayload.from(payload);
			if (signed == null || terms.price() == null) {
				return null;
			}
			return new Authorization(terms.price().stripTrailingZeros().toPlainString() + " " + terms.symbol(),
					network.apply(terms.network()), signed.from(), signed.to(), signed.value(), signed.validBefore(),
					shortened(signed.nonce()), shortened(signed.signature()), millis);
		}

		private static String shortened(String digits) {
			return digits.substring(0, Math.min(digits.length(), 10)) + "…";
		}

	}

	/**
	 * The wallet of the buyer.
	 *
	 * @param address its address
	 * @param warning what everybody must know about its key
	 * @param purchases number of settled purchases since the shop was started
	 * @param spent what they cost, in tokens
	 */
	record Wallet(String address, String warning, int purchases, BigDecimal spent) {

		private static final String PUBLIC_KEY = "The private key of this wallet is public. "
				+ "Never send anything of value to its address.";

		static Wallet of(String address) {
			return new Wallet(address, PUBLIC_KEY, 0, BigDecimal.ZERO);
		}

		Wallet plus(BigDecimal price) {
			return new Wallet(this.address, this.warning, this.purchases + 1, this.spent.add(price));
		}

	}

}
