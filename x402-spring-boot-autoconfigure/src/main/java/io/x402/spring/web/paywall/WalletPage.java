/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;
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

	/** Texts that the script does not say, or only for some requests. */
	private static final Set<String> NOT_IN_SCRIPT = Set.of("title", "introduction", "footer", "resource", "needed",
			"program", "content", "on", "to", "play", "upto", "units", "long", "none", "unknown");

	private final PaymentCodec codec = new PaymentCodec();

	private final Networks networks;

	private final PaywallTexts texts;

	private final String logo;

	/** Made small when the first browser comes: most applications never see one. */
	private final SingletonSupplier<Parts> parts;

	/**
	 * Create the page as it is shipped.
	 * @param networks the known networks
	 */
	public WalletPage(Networks networks) {
		this(networks, PaywallSettings.defaults());
	}

	/**
	 * Create the page.
	 * @param networks the known networks
	 * @param settings how it looks and what it says
	 */
	public WalletPage(Networks networks, PaywallSettings settings) {
		this.networks = networks;
		this.texts = new PaywallTexts(settings);
		String image = settings.logo();
		this.logo = (image != null) ? "<img class=\"logo\" alt=\"\" src=\"" + escape(image) + "\">" : "";
		// Read at the start, since the first browser may come on a thread that must not
		// wait
		String template = PageResource.read("wallet-page.html", WalletPage.class);
		String script = PageResource.read("wallet-page.js", WalletPage.class);
		String style = PageResource.read("wallet-page.css", WalletPage.class);
		this.parts = SingletonSupplier.of(() -> Parts.of(template, script, style, settings));
	}

	@Override
	public PaywallDocument render(PaywallRequest request, PaymentOffers offers) {
		Parts parts = this.parts.obtain();
		PaywallTexts.Texts language = this.texts.of(request.acceptLanguage());
		List<ShownOffer> shown = offers.accepts()
			.stream()
			.filter((offer) -> !offer.isTopUp() && !Schemes.of(offer).isPaidBefore())
			.map((offer) -> ShownOffer.of(offer, this.networks, language))
			.toList();
		Map<String, String> values = new HashMap<>();
		values.put("language", escape(language.language().toLanguageTag()));
		values.put("style", parts.style());
		values.put("script", parts.script());
		values.put("logo", this.logo);
		for (String name : List.of("title", "needed", "content", "program")) {
			values.put(name, escape(language.get(name)));
		}
		values.put("introduction", element("p", language.get("introduction")));
		values.put("footer", element("footer", language.get("footer")));
		String description = offers.resource().description();
		values.put("description", escape((description != null) ? description : language.get("resource")));
		values.put("url", escape(offers.resource().url()));
		values.put("offers", list(shown, language));
		values.put("data", data(request, shown, language));
		ProgramExamples examples = new ProgramExamples(request.method(), offers.resource().url());
		values.put("curl", escape(examples.curl()));
		values.put("javascript", escape(examples.javascript()));
		values.put("java", escape(examples.java()));
		String html = PLACE.matcher(parts.template())
			.replaceAll((place) -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), "")));
		return new PaywallDocument(parts.policy(), language.language(), html.getBytes(StandardCharsets.UTF_8));
	}

	private static String element(String name, String text) {
		return text.isBlank() ? "" : "<" + name + ">" + escape(text) + "</" + name + ">\n";
	}

	private static String list(List<ShownOffer> offers, PaywallTexts.Texts texts) {
		long payable = offers.stream().filter(ShownOffer::isPayable).count();
		StringBuilder html = new StringBuilder();
		int index = 0;
		for (ShownOffer offer : offers) {
			boolean choice = payable > 1 && offer.isPayable();
			html.append(item(offer, choice ? index : -1, texts));
			index += offer.isPayable() ? 1 : 0;
		}
		return html.toString();
	}

	private static String item(ShownOffer offer, int choice, PaywallTexts.Texts texts) {
		String text = "<span class=\"amount\">" + escape(offer.amount()) + "</span><span class=\"on\">"
				+ escape(texts.get("on", offer.network())) + "</span>"
				+ (offer.testnet() ? "<span class=\"play\">" + escape(texts.get("play")) + "</span>" : "")
				+ "<span class=\"to\" title=\"" + escape(offer.payTo()) + "\">" + escape(texts.get("to")) + " <code>"
				+ escape(offer.shortPayTo()) + "</code></span>";
		if (choice < 0) {
			return "<li><div>" + text + "</div></li>";
		}
		return "<li><input type=\"radio\" name=\"offer\" id=\"offer" + choice + "\" value=\"" + choice + "\""
				+ ((choice == 0) ? " checked" : "") + "><label for=\"offer" + choice + "\">" + text + "</label></li>";
	}

	/**
	 * Nothing in a block of JSON can end it or start markup once {@code <} is escaped.
	 */
	private String data(PaywallRequest request, List<ShownOffer> offers, PaywallTexts.Texts texts) {
		Map<String, Object> repeated = new LinkedHashMap<>();
		repeated.put("method", request.method());
		repeated.put("accept", request.accept());
		put(repeated, "contentType", request.contentType());
		byte[] body = request.body();
		put(repeated, "tooLong", (body == null) ? true : null);
		put(repeated, "body", (body != null && body.length > 0) ? Base64.getEncoder().encodeToString(body) : null);
		List<Map<String, Object>> payable = offers.stream()
			.filter(ShownOffer::isPayable)
			.map(ShownOffer::data)
			.toList();
		Map<String, Object> said = new TreeMap<>(texts.byName());
		said.keySet().removeAll(NOT_IN_SCRIPT);
		if (body == null) {
			said.put("long", texts.get("long"));
		}
		if (payable.isEmpty()) {
			said.put("none", texts.get("none"));
		}
		if (payable.stream().anyMatch((offer) -> Map.of().equals(offer.get("add")))) {
			said.put("unknown", texts.get("unknown"));
		}
		return new String(this.codec.write(Map.of("request", repeated, "offers", payable, "texts", said)),
				StandardCharsets.UTF_8)
			.replace("<", "\\u003c");
	}

	private static void put(Map<String, Object> map, String key, @Nullable Object value) {
		if (value != null) {
			map.put(key, value);
		}
	}

	private static String escape(String text) {
		return HtmlUtils.htmlEscape(text, StandardCharsets.UTF_8.name());
	}

	/**
	 * What all documents share.
	 *
	 * @param template the document, with places for all that differs
	 * @param script its script, made small
	 * @param style its style
	 * @param policy allows nothing but these two
	 */
	private record Parts(String template, String script, String style, String policy) {

		private static final Pattern STYLE_NAME = Pattern.compile("--(\\w)\\w*");

		static Parts of(String template, String script, String style, PaywallSettings settings) {
			String small = CompactScript.of(script);
			String coloured = STYLE_NAME.matcher(style.replace("\n", "") + colors(settings)).replaceAll("--$1");
			return new Parts(template, small, coloured, policy(small, coloured, settings.logo()));
		}

		private static String policy(String script, String style, @Nullable String logo) {
			return "default-src 'none'; script-src " + PageResource.hash(script) + "; style-src "
					+ PageResource.hash(style) + "; connect-src 'self'; img-src blob: data:"
					+ ((logo != null && logo.startsWith("/")) ? " 'self'" : "")
					+ "; frame-src blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
		}

		private static String colors(PaywallSettings settings) {
			String light = (settings.light() != null) ? colors(settings.light()) : "";
			return (settings.dark() != null)
					? light + "@media(prefers-color-scheme:dark){" + colors(settings.dark()) + "}" : dark(light);
		}

		/**
		 * A colour for light mode must not show in dark mode.
		 */
		private static String dark(String light) {
			return light.isEmpty() ? "" : "@media(prefers-color-scheme:light){" + light + "}";
		}

		private static String colors(PaywallColor color) {
			return ":root{--mark:" + color.hex() + ";--on:" + color.ink().hex() + "}";
		}

	}

}
