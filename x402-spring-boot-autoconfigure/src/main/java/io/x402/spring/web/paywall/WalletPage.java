/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.PaymentCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.web.util.HtmlUtils;

/**
 * Page on which a person pays with a wallet of the browser. One document without a
 * framework and without a third party; it shows the offers also without its script, whose
 * hash is the only one that its policy lets run.
 *
 * @since 0.2.0
 */
public final class WalletPage implements PaywallPage {

	private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

	private static final Pattern INDENTATION = Pattern.compile("(?m)^\\s+|^//.*\\R");

	/** The texts of the script have none of these. */
	private static final Pattern OPERATOR_SPACE = Pattern.compile(" (=>|===|!==|=|&&|\\|\\||\\?|:|\\+|<|>) ");

	private final PaymentCodec codec = new PaymentCodec();

	private final Networks networks;

	private final String template;

	private final String script;

	private final String style;

	private final String policy;

	/**
	 * Create the page.
	 * @param networks the known networks
	 */
	public WalletPage(Networks networks) {
		this.networks = networks;
		this.template = read("wallet-page.html");
		this.script = compact(read("wallet-page.js"));
		this.style = read("wallet-page.css").replace("\n", "");
		this.policy = "default-src 'none'; script-src " + hash(this.script) + "; style-src " + hash(this.style)
				+ "; connect-src 'self'; img-src blob: data:; frame-src blob:; form-action 'self'; base-uri 'none'; "
				+ "frame-ancestors 'none'";
	}

	@Override
	public PaywallDocument render(PaywallRequest request, PaymentOffers offers) {
		List<ShownOffer> shown = offers.accepts().stream().map((offer) -> ShownOffer.of(offer, this.networks)).toList();
		ProgramExamples examples = new ProgramExamples(request.method(), offers.resource().url());
		Map<String, String> values = Map.of("style", this.style, "script", this.script, "description",
				escape(offers.resource().description(), "This resource"), "url", escape(offers.resource().url(), ""),
				"offers", list(shown), "data", data(request, shown), "curl", escape(examples.curl(), ""), "javascript",
				escape(examples.javascript(), ""), "java", escape(examples.java(), ""));
		String html = PLACE.matcher(this.template)
			.replaceAll((place) -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), "")));
		return new PaywallDocument(this.policy, html.getBytes(StandardCharsets.UTF_8));
	}

	private static String list(List<ShownOffer> offers) {
		long payable = offers.stream().filter(ShownOffer::isPayable).count();
		StringBuilder html = new StringBuilder();
		int index = 0;
		for (ShownOffer offer : offers) {
			boolean choice = payable > 1 && offer.isPayable();
			html.append(item(offer, choice ? index : -1));
			index += offer.isPayable() ? 1 : 0;
		}
		return html.toString();
	}

	private static String item(ShownOffer offer, int choice) {
		String text = "<span class=\"amount\">" + escape(offer.amount(), "") + "</span><span class=\"on\">on "
				+ escape(offer.network(), "") + "</span>"
				+ (offer.testnet() ? "<span class=\"play\">play money</span>" : "") + "<span class=\"to\" title=\""
				+ escape(offer.payTo(), "") + "\">to <code>" + escape(offer.shortPayTo(), "") + "</code></span>";
		if (choice < 0) {
			return "<li><div>" + text + "</div></li>";
		}
		return "<li><input type=\"radio\" name=\"offer\" id=\"offer" + choice + "\" value=\"" + choice + "\""
				+ ((choice == 0) ? " checked" : "") + "><label for=\"offer" + choice + "\">" + text + "</label></li>";
	}

	/**
	 * Nothing in a block of JSON can end it or start markup once {@code <} is escaped.
	 */
	private String data(PaywallRequest request, List<ShownOffer> offers) {
		Map<String, Object> repeated = new LinkedHashMap<>();
		repeated.put("method", request.method());
		repeated.put("accept", request.accept());
		put(repeated, "contentType", request.contentType());
		byte[] body = request.body();
		put(repeated, "tooLong", (body == null) ? true : null);
		put(repeated, "body", (body != null && body.length > 0) ? Base64.getEncoder().encodeToString(body) : null);
		List<Object> payable = offers.stream()
			.filter(ShownOffer::isPayable)
			.map(ShownOffer::data)
			.collect(Collectors.toCollection(ArrayList::new));
		return new String(this.codec.write(Map.of("request", repeated, "offers", payable)), StandardCharsets.UTF_8)
			.replace("<", "\\u003c");
	}

	private static void put(Map<String, Object> map, String key, @Nullable Object value) {
		if (value != null) {
			map.put(key, value);
		}
	}

	private static String escape(@Nullable String text, String absent) {
		return HtmlUtils.htmlEscape((text != null) ? text : absent, StandardCharsets.UTF_8.name());
	}

	private static String hash(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String compact(String script) {
		return OPERATOR_SPACE.matcher(INDENTATION.matcher(script).replaceAll("")).replaceAll("$1");
	}

	private static String read(String name) {
		try {
			return new ClassPathResource(name, WalletPage.class).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
