/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What makes a transfer count once, and quotes that only their maker can make.
 */
class TransferQuoteProperties {

	private static final String URL = "https://shop.example/report?city=Bern";

	private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

	private static final int HALF_A_DAY = 12 * 60 * 60;

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(50_000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300, Map.of("name", "USDC"));

	private final TransferQuotes quotes = quotes("secret", 900, 7200);

	private static TransferQuotes quotes(String secret, int lifetime, int presentation) {
		return new TransferQuotes(secret.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(lifetime),
				Duration.ofSeconds(presentation));
	}

	/**
	 * Two quotes of any two configurations that both take one transfer: as long as one of
	 * them can be presented, the claim that the other one made is there.
	 */
	@Property(seed = "1", tries = 5_000)
	void aTransferIsRememberedAsLongAsAnyQuoteTakesIt(@ForAll @IntRange(min = 60, max = HALF_A_DAY) int lifetime,
			@ForAll @IntRange(min = 60, max = HALF_A_DAY) int presentation,
			@ForAll @IntRange(min = 60, max = HALF_A_DAY) int otherLifetime,
			@ForAll @IntRange(min = 60, max = HALF_A_DAY) int otherPresentation,
			@ForAll @LongRange(min = -100_000, max = 100_000) long later,
			@ForAll @LongRange(min = -1_000, max = 50_000) long block, @ForAll @IntRange(max = 600) int skew) {
		TransferQuote used = made(quotes("one", lifetime, presentation), NOW);
		TransferQuote other = made(quotes("one", otherLifetime, otherPresentation), NOW.plusSeconds(later));
		Instant time = NOW.plusSeconds(block);
		Duration clockSkew = Duration.ofSeconds(skew);
		Assume.that(used.covers(time, clockSkew) && other.covers(time, clockSkew));
		assertThat(used.forgettableAt()).isAfter(other.presentableUntil().plus(TransferQuote.MAX_CLOCK_SKEW));
	}

	private static TransferQuote made(TransferQuotes quotes, Instant now) {
		return quote(quotes.quote(OFFER, "GET", URL, "traits", now));
	}

	private static TransferQuote quote(PaymentRequirements offer) {
		return Objects.requireNonNull(TransferQuote.parse(String.valueOf(offer.extraText("quote"))));
	}

	@Example
	void quotesOfMoreThanADayAreNotMade() {
		assertThat(quotes("one", HALF_A_DAY, HALF_A_DAY)).isNotNull();
		assertThatIllegalArgumentException().isThrownBy(() -> quotes("one", HALF_A_DAY, HALF_A_DAY + 1));
	}

	@Property(seed = "1", tries = 2_000)
	void anyTextIsReadOrRefused(@ForAll String text) {
		assertThat(TransferQuote.parse(text)).isNull();
	}

	@Property(seed = "1")
	void aQuoteIsReadAsItWasMade(@ForAll @LongRange(min = 1, max = 4_000_000_000L) long now) {
		TransferQuote quote = made(this.quotes, Instant.ofEpochSecond(now));
		assertThat(TransferQuote.parse(quote.id())).isEqualTo(quote);
		assertThat(quote.seconds()).isEqualTo(900);
	}

	@Example
	void timesThatNoQuoteHasAreRefused() {
		String code = ".".concat("0".repeat(48));
		assertThat(TransferQuote.parse("100.200.300" + code)).isNotNull();
		assertThat(TransferQuote.parse("200.100.300" + code)).isNull();
		assertThat(TransferQuote.parse("100.300.200" + code)).isNull();
		assertThat(TransferQuote.parse("100.200.86500" + code)).isNotNull();
		assertThat(TransferQuote.parse("100.200.86501" + code)).isNull();
		assertThat(TransferQuote.parse("0.200.300" + code)).isNull();
		assertThat(TransferQuote.parse("100.200.300.0000")).isNull();
	}

	@Example
	void aQuoteIsForItsTermsAndItsRequestAlone() {
		PaymentRequirements offer = this.quotes.quote(OFFER, "GET", URL, "traits", NOW);
		TransferQuote quote = quote(offer);
		assertThat(this.quotes.isIntact(quote, offer, URL)).isTrue();
		assertThat(this.quotes.isIntact(quote, offer, URL + "&x=1")).isFalse();
		assertThat(quotes("other", 900, 7200).isIntact(quote, offer, URL)).isFalse();
		for (PaymentRequirements changed : List.of(offer.withAmount(BigInteger.ONE), offer.asTopUp(),
				with(offer, "eip155:8453", offer.asset(), offer.payTo(), "GET"),
				with(offer, offer.network(), offer.payTo(), offer.payTo(), "GET"),
				with(offer, offer.network(), offer.asset(), offer.asset(), "GET"),
				with(offer, offer.network(), offer.asset(), offer.payTo(), "POST"))) {
			assertThat(this.quotes.isIntact(quote, changed, URL)).as(changed.toString()).isFalse();
		}
		for (TransferQuote changed : List.of(
				new TransferQuote(quote.madeAt().minusSeconds(1), quote.expiresAt(), quote.presentableUntil(),
						quote.code()),
				new TransferQuote(quote.madeAt(), quote.expiresAt().plusSeconds(1), quote.presentableUntil(),
						quote.code()),
				new TransferQuote(quote.madeAt(), quote.expiresAt(), quote.presentableUntil().plusSeconds(1),
						quote.code()))) {
			assertThat(this.quotes.isIntact(changed, offer, URL)).isFalse();
		}
	}

	@Example
	void aQuoteTellsWhetherItWasMadeForTheSameRequest() {
		PaymentRequirements offer = this.quotes.quote(OFFER, "GET", URL, "traits", NOW);
		assertThat(this.quotes.isFor(offer, "traits")).isTrue();
		assertThat(this.quotes.isFor(offer, "other")).isFalse();
		assertThat(this.quotes.isFor(offer, "")).isFalse();
		assertThat(quotes("other", 900, 7200).isFor(offer, "traits")).isFalse();
		assertThat(this.quotes.isFor(OFFER, "traits")).isFalse();
	}

	private static PaymentRequirements with(PaymentRequirements offer, String network, String asset, String payTo,
			String method) {
		return new PaymentRequirements(offer.scheme(), network, offer.amount(), asset, payTo, offer.maxTimeoutSeconds(),
				Map.of("method", method));
	}

	@Example
	void lettersOfAddressesDoNotCount() {
		PaymentRequirements offer = this.quotes.quote(OFFER, "GET", URL, "traits", NOW);
		PaymentRequirements lower = with(offer, offer.network(), offer.asset().toLowerCase(java.util.Locale.ROOT),
				offer.payTo().toLowerCase(java.util.Locale.ROOT), "GET");
		assertThat(this.quotes.isIntact(quote(offer), lower, URL)).isTrue();
	}

}
