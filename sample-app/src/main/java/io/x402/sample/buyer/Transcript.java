/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.client.ReceiptReader;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

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
public record Transcript(String request, Answer unpaid, @Nullable Authorization authorization, @Nullable Answer paid,
		Wallet wallet) {

	/**
	 * An answer of the shop.
	 *
	 * @param status HTTP status
	 * @param millis time until the whole answer was there, in milliseconds
	 * @param paymentRequired the decoded offers, or {@code null} if none were made
	 * @param receipt the decoded receipt, or {@code null} if there was none
	 * @param headers other headers that matter to a buyer; of tokens the beginning only
	 * @param contentType media type of the body, or {@code null}
	 * @param bodyBytes length of the body in bytes
	 * @param bodyExcerpt beginning of a textual body, or {@code null}
	 */
	public record Answer(int status, long millis, @Nullable PaymentRequiredDocument paymentRequired,
			@Nullable SettlementResponse receipt, Map<String, String> headers, @Nullable String contentType,
			int bodyBytes, @Nullable String bodyExcerpt) {

		private static final int EXCERPT_BYTES = 2000;

		private static final ReceiptReader RECEIPTS = new ReceiptReader();

		private static final List<MediaType> TEXTUAL = List.of(new MediaType("text"), MediaType.APPLICATION_JSON,
				new MediaType("application", "*+json"), new MediaType("image", "svg+xml"));

		private static final List<String> TELLING = List.of(HttpHeaders.RETRY_AFTER, "Idempotent-Replayed",
				"X402-Pass-Policy", "X402-Pass", "X402-Pass-Remaining", "X402-Pass-Expires", "X402-Credit-Balance");

		/**
		 * Return what a reader may see of an answer.
		 * @param status HTTP status
		 * @param millis time until the whole answer was there, in milliseconds
		 * @param headers the headers
		 * @param content the body
		 * @param codec reads offers and receipts
		 * @return the answer
		 */
		public static Answer of(int status, long millis, HttpHeaders headers, byte[] content, PaymentCodec codec) {
			MediaType type = headers.getContentType();
			return new Answer(status, millis,
					decode(headers, ProtocolVersion.PAYMENT_REQUIRED_HEADER, PaymentRequiredDocument.class, codec),
					RECEIPTS.read(headers), telling(headers), (type != null) ? type.toString() : null, content.length,
					excerpt(type, content));
		}

		private static <T> @Nullable T decode(HttpHeaders headers, String name, Class<T> type, PaymentCodec codec) {
			String value = headers.getFirst(name);
			try {
				return (value != null) ? codec.decode(value, type) : null;
			}
			catch (JacksonException ex) {
				return null;
			}
		}

		private static Map<String, String> telling(HttpHeaders headers) {
			Map<String, String> telling = new LinkedHashMap<>();
			for (String name : TELLING) {
				String value = headers.getFirst(name);
				if (value != null) {
					telling.put(name,
							name.equals("X402-Pass") ? value.substring(0, Math.min(value.length(), 8)) + "…" : value);
				}
			}
			return telling;
		}

		private static @Nullable String excerpt(@Nullable MediaType type, byte[] body) {
			if (type == null || TEXTUAL.stream().noneMatch((textual) -> textual.includes(type))) {
				return null;
			}
			return new String(Arrays.copyOf(body, Math.min(body.length, EXCERPT_BYTES)), StandardCharsets.UTF_8);
		}

		/**
		 * Return whether the seller says that the money moved.
		 * @return {@code true} if there is a receipt that says so
		 */
		@JsonIgnore
		public boolean isSettled() {
			return this.receipt != null && this.receipt.success();
		}

	}

	/**
	 * A signed transfer. Of signature and nonce only the first bytes are told.
	 *
	 * @param price amount and ticker of the token
	 * @param scheme scheme of the offer: under {@code upto} the amount is the most
	 * @param network display name of the network
	 * @param from address of the buyer
	 * @param to address of the shop
	 * @param value amount in atomic units of the token
	 * @param validBefore end of validity, in seconds since the epoch
	 * @param nonce beginning of the nonce
	 * @param signature beginning of the signature
	 * @param millis time to decide and to sign, in milliseconds
	 */
	public record Authorization(String price, String scheme, String network, String from, String to, BigInteger value,
			BigInteger validBefore, String nonce, String signature, long millis) {

		static @Nullable Authorization of(Map<String, Object> payload, PurchaseTerms terms,
				UnaryOperator<String> network, long millis) {
			EvmPayload signed = EvmPayload.from(payload);
			if (signed == null || terms.price() == null) {
				return null;
			}
			return of(signed, terms.price().stripTrailingZeros().toPlainString() + " " + terms.symbol(),
					network.apply(terms.network()), terms.scheme(), millis);
		}

		/**
		 * Return what a reader may see of a signed transfer.
		 * @param signed the transfer
		 * @param price amount and ticker of the token
		 * @param network display name of the network
		 * @param scheme scheme of the offer
		 * @param millis time to decide and to sign, in milliseconds
		 * @return the authorization
		 */
		public static Authorization of(EvmPayload signed, String price, String network, String scheme, long millis) {
			return new Authorization(price, scheme, network, signed.from(), signed.to(), signed.value(),
					signed.validBefore(), shortened(signed.nonce()), shortened(signed.signature()), millis);
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
	public record Wallet(String address, String warning, int purchases, BigDecimal spent) {

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
