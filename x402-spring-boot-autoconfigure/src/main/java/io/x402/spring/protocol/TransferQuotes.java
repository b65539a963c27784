/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Makes quotes of scheme {@code transfer}, and recognizes them by a code that only who
 * knows the key can make over all that they promise. So nothing is stored about a quote.
 *
 * @since 0.2.0
 */
public final class TransferQuotes {

	/** Bytes of the code that proves the terms. */
	private static final int TERMS_LENGTH = 16;

	/** Bytes of the code after it, which proves the request. */
	private static final int REQUEST_LENGTH = 8;

	private final HmacSha256 hmac;

	private final Duration lifetime;

	private final Duration presentation;

	/**
	 * Create an instance.
	 * @param key secret that quotes are made with, the same for all instances
	 * @param lifetime time in which a transfer can be made
	 * @param presentation time after that in which it can be presented
	 * @throws IllegalArgumentException if both are longer than
	 * {@link TransferQuote#MAX_LIFETIME}
	 */
	public TransferQuotes(byte[] key, Duration lifetime, Duration presentation) {
		if (lifetime.plus(presentation).compareTo(TransferQuote.MAX_LIFETIME) > 0) {
			throw new IllegalArgumentException("A quote cannot be presented for so long");
		}
		this.hmac = new HmacSha256(key);
		this.lifetime = lifetime;
		this.presentation = presentation;
	}

	/**
	 * Quote an offer.
	 * @param offer the offer, of any scheme, whose price a transfer is to pay
	 * @param method method of the request
	 * @param url public URL of the request
	 * @param traits what tells the request from others of this method and URL
	 * @param now the time
	 * @return an offer of scheme {@code transfer}
	 */
	public PaymentRequirements quote(PaymentRequirements offer, String method, String url, String traits, Instant now) {
		Instant madeAt = now.truncatedTo(ChronoUnit.SECONDS);
		Instant expiresAt = madeAt.plus(this.lifetime);
		TransferQuote blank = new TransferQuote(madeAt, expiresAt, expiresAt.plus(this.presentation), "");
		String terms = code(blank, offer, method, url);
		TransferQuote quote = new TransferQuote(madeAt, blank.expiresAt(), blank.presentableUntil(),
				terms + code(terms, traits));
		return offer(offer, method, quote);
	}

	/**
	 * Return the offer that a payment was quoted, which was made with this key for this
	 * method and URL, whatever the price is now.
	 * @param payment the payment
	 * @param method method of the request that carries it
	 * @param url public URL of that request
	 * @return the offer as it was made then, or {@code null} if there was none
	 */
	public @Nullable PaymentRequirements quoted(PaymentPayload payment, String method, String url) {
		if (!(payment instanceof PaymentPayload.V2 v2)
				|| !Schemes.TRANSFER.name().equals(v2.accepted().get("scheme"))) {
			return null;
		}
		PaymentRequirements accepted = accepted(v2.accepted());
		TransferQuote quote = (accepted != null
				&& accepted.networkId().read(v2.payload()) instanceof TransferPayload transfer) ? transfer.quote()
						: null;
		return (accepted != null && quote != null && isIntact(quote, accepted, method, url))
				? offer(accepted, method, quote) : null;
	}

	/**
	 * Return whether a quote was made for a request, and not for another one of the same
	 * method and URL.
	 * @param quoted what {@link #quoted} has returned
	 * @param traits what tells the request from others of this method and URL
	 * @return {@code false} if the quote was perhaps made for a request that costs less
	 */
	public boolean isFor(PaymentRequirements quoted, String traits) {
		TransferQuote quote = TransferQuote.parse(String.valueOf(quoted.extraText(TransferRules.QUOTE)));
		return quote != null && HmacSha256.areEqual(quote.code(), terms(quote) + code(terms(quote), traits));
	}

	/**
	 * Return what the sender of a transfer signs.
	 * @param offer the offer that is paid, of scheme {@code transfer}
	 * @param url public URL of the request
	 * @param transfer the transfer, whatever its signature is
	 * @return seven lines, the last one without an end
	 */
	public static String text(PaymentRequirements offer, String url, TransferPayload transfer) {
		return String.join("\n", "I made this transfer to pay for this request.", "",
				"Request: " + offer.extraText(TransferRules.METHOD) + " " + url, "Quote: " + transfer.quote().id(),
				"Network: " + offer.network(), "Transaction: " + transfer.transaction(), "Event: " + transfer.event());
	}

	/**
	 * Return whether a quote was made with this key.
	 * @param quote the quote
	 * @param offer what it is for, an offer of scheme {@code transfer}
	 * @param url public URL of the request that it is for
	 * @return {@code false} if it promised something else, or to another request
	 */
	public boolean isIntact(TransferQuote quote, PaymentRequirements offer, String url) {
		String method = offer.extraText(TransferRules.METHOD);
		return method != null && isIntact(quote, offer, method, url);
	}

	private boolean isIntact(TransferQuote quote, PaymentRequirements offer, String method, String url) {
		return HmacSha256.areEqual(terms(quote), code(quote, offer, method, url));
	}

	private static String terms(TransferQuote quote) {
		return quote.code().substring(0, 2 * TERMS_LENGTH);
	}

	private static @Nullable PaymentRequirements accepted(Map<String, Object> members) {
		BigInteger amount = AtomicAmount.parse(members.get("amount"));
		if (amount == null || !(members.get("network") instanceof String network)
				|| !(members.get("asset") instanceof String asset) || !(members.get("payTo") instanceof String payTo)) {
			return null;
		}
		PaymentRequirements offer = new PaymentRequirements(Schemes.TRANSFER.name(), network, amount, asset, payTo, 1,
				Map.of());
		return isTopUp(members.get("extra")) ? offer.asTopUp() : offer;
	}

	private static boolean isTopUp(@Nullable Object extra) {
		return extra instanceof Map<?, ?> entries && Boolean.TRUE.equals(entries.get(PaymentRequirements.TOP_UP));
	}

	private static PaymentRequirements offer(PaymentRequirements offer, String method, TransferQuote quote) {
		Map<String, Object> extra = new LinkedHashMap<>(Schemes.TRANSFER.offerExtra());
		if (offer.isTopUp()) {
			extra.put(PaymentRequirements.TOP_UP, true);
		}
		extra.put(TransferRules.METHOD, method);
		extra.put(TransferRules.QUOTE, quote.id());
		extra.put(TransferRules.EXPIRES_AT, quote.expiresAt().toString());
		return new PaymentRequirements(Schemes.TRANSFER.name(), offer.network(), offer.amount(), offer.asset(),
				offer.payTo(), quote.seconds(), extra);
	}

	private String code(TransferQuote quote, PaymentRequirements offer, String method, String url) {
		NetworkId network = offer.networkId();
		byte[] content = new Sha256().field("x402 transfer")
			.field(quote.terms())
			.field(offer.network())
			.field(network.canonicalAddress(offer.asset()))
			.field(network.canonicalAddress(offer.payTo()))
			.field(offer.amount().toString())
			.field(Boolean.toString(offer.isTopUp()))
			.field(method)
			.field(url)
			.bytes();
		return this.hmac.hex(content, TERMS_LENGTH);
	}

	private String code(String terms, String traits) {
		return this.hmac.hex(new Sha256().field("x402 transfer request").field(terms).field(traits).bytes(),
				REQUEST_LENGTH);
	}

}
