package io.x402.sample.buyer;

import java.math.BigDecimal;
import java.math.BigInteger;

import io.x402.spring.protocol.Eip3009Payload;
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
	 * @param validAfter first second of validity, since the epoch
	 * @param validBefore first second after validity, since the epoch
	 * @param nonce beginning of the nonce
	 * @param signature beginning of the signature
	 * @param millis time to sign it, in milliseconds
	 */
	record Authorization(String price, String network, String from, String to, BigInteger value, BigInteger validAfter,
			BigInteger validBefore, String nonce, String signature, long millis) {

		static Authorization of(Eip3009Payload payload, String price, String network, long millis) {
			return new Authorization(price, network, payload.from(), payload.to(), payload.value(),
					payload.validAfter(), payload.validBefore(), shortened(payload.nonce()),
					shortened(payload.signature()), millis);
		}

		private static String shortened(String hex) {
			return hex.substring(0, 10) + "…";
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
