/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.HtmlUtils;

/**
 * The page that a person sees who opens a priced resource in a browser. It has no script
 * and shows text only after escaping.
 *
 * @since 0.1.0
 */
public final class PaymentPage {

	private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; "
			+ "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

	private final Networks networks;

	private final String template;

	/**
	 * Create the page.
	 * @param networks the known networks
	 */
	public PaymentPage(Networks networks) {
		this.networks = networks;
		try {
			this.template = new ClassPathResource("payment-page.html", PaymentPage.class)
				.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	byte[] render(PaymentOffers made) {
		ResourceInfo resource = made.resource();
		String offers = made.accepts().stream().map(this::offer).collect(Collectors.joining());
		Map<String, String> values = Map.of("description", escape(resource.description(), "This resource"), "url",
				escape(resource.url(), ""), "offers", offers);
		return PLACE.matcher(this.template)
			.replaceAll((place) -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), "")))
			.getBytes(StandardCharsets.UTF_8);
	}

	void protect(HttpHeaders headers) {
		headers.set("Content-Security-Policy", POLICY);
		headers.set("X-Content-Type-Options", "nosniff");
	}

	private String offer(PaymentRequirements offer) {
		Network network = this.networks.byId(offer.network());
		Asset asset = (network != null) ? network.assetAt(offer.asset()) : null;
		String amount = (asset != null)
				? asset.toTokens(offer.amount()).stripTrailingZeros().toPlainString() + " " + asset.symbol()
				: offer.amount() + " units of " + offer.asset();
		String where = (network != null) ? network.name() + (network.testnet() ? " (test network)" : "")
				: offer.network();
		return "<li><strong>" + limit(offer) + escape(amount, "") + "</strong><span>on " + escape(where, "")
				+ "</span><code>" + escape(offer.payTo(), "") + "</code></li>";
	}

	private static String limit(PaymentRequirements offer) {
		return Schemes.of(offer).isMetered() ? "up to " : "";
	}

	private static String escape(@Nullable String text, String absent) {
		return HtmlUtils.htmlEscape((text != null) ? text : absent, StandardCharsets.UTF_8.name());
	}

}
