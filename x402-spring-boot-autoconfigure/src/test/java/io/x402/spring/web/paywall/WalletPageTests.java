/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.MessageFormat;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.Offers;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.MessageSource;
import org.springframework.context.support.AbstractMessageSource;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class WalletPageTests {

	private final WalletPage page = new WalletPage(Offers.NETWORKS);

	private final String tags = tags(render("https://api.example.com/sold", "harmless"));

	@ParameterizedTest
	@ValueSource(strings = { "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
			"</h1></main></body><script src=//evil.example></script>", "<!--", "-->", "]]>",
			"<a href=javascript:alert(1)>", "{{offers}}", "{{url}}", "{{description}}", "&lt;script&gt;",
			"&#60;script&#62;", "%3Cscript%3E", "\u2028<script>\u2029", "<scr\u0000ipt>", "＜script＞",
			"<style>*{display:none}</style>", "<meta http-equiv=refresh content=0>", "<base href=//evil.example>",
			"${7*7}", "#{7*7}", "javascript:alert(1)" })
	void whenTextHoldsMarkupThenPageHasNoOtherTagsThanItsOwn(String attack) {
		assertThat(tags(render("https://api.example.com/" + attack, "harmless"))).isEqualTo(this.tags);
		assertThat(tags(render("https://api.example.com/sold?q=" + attack, "harmless"))).isEqualTo(this.tags);
		assertThat(tags(render("https://api.example.com/sold", attack))).isEqualTo(this.tags);
		assertThat(tags(render("https://api.example.com/" + attack, attack))).isEqualTo(this.tags);
	}

	@Test
	void saysWhatItCostsWhereAndToWhom() {
		String html = render("https://api.example.com/sold", "Forecast & more");
		assertThat(html).contains("0.05 USDC", "on Base Sepolia", "play money",
				"title=\"0x209693Bc6afc0C5328bA36FaF03C514EF312287C\"", "0x209693\u2026", "Forecast &amp; more",
				"https://api.example.com/sold");
	}

	@Test
	void isOneSmallDocumentThatLoadsNothing() {
		String html = render("https://api.example.com/sold", "Forecast");
		assertThat(html.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(15 * 1024);
		assertThat(document(this.page, "de", "https://api.example.com/sold", "Forecast").html())
			.hasSizeLessThanOrEqualTo(15 * 1024);
		assertThat(html).doesNotContainPattern("(?i)<[^>]*\\s(on\\w+|src|href)=");
	}

	@Test
	void policyAllowsOnlyTheScriptAndTheStyleOfThePage() throws Exception {
		String html = render("https://api.example.com/sold", "Forecast");
		String policy = document("https://api.example.com/sold", "Forecast").contentSecurityPolicy();
		assertThat(policy).contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
			.doesNotContain("unsafe")
			.contains("script-src " + hash(html, "<script>", "</script>") + ";")
			.contains("style-src " + hash(html, "<style>", "</style>") + ";");
	}

	@Test
	void requestIsRepeatedAsItWas() {
		PaywallRequest request = new PaywallRequest("POST", "text/html", null, "text/plain",
				"</script>".getBytes(StandardCharsets.UTF_8));
		String html = new String(this.page.render(request, offers("https://api.example.com/sold", "x")).html(),
				StandardCharsets.UTF_8);
		assertThat(html).contains("\"method\":\"POST\"", "\"contentType\":\"text/plain\"", "\"body\":\"PC9zY3JpcHQ+\"");
	}

	@Test
	void whenMethodHoldsMarkupThenItStaysText() {
		PaywallRequest request = new PaywallRequest("</script><script>alert(1)</script>", "</script>", "</script>",
				"</script>", new byte[0]);
		assertThat(tags(new String(this.page.render(request, offers("https://api.example.com/sold", "harmless")).html(),
				StandardCharsets.UTF_8)))
			.isEqualTo(this.tags);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none",
			value = { "none | en", "de | de", "de-AT,de;q=0.9,en;q=0.5 | de", "fr, de;q=0.5 | de", "fr | en",
					"en-GB,de;q=0.9 | en", "de;q=0,en | en", "* | en", ";;;q= | en", "<script> | en" })
	void languageIsTheOneThatTheReaderPrefers(@Nullable String acceptLanguage, String language) {
		PaywallDocument document = document(this.page, acceptLanguage, "https://api.example.com/sold", "Forecast");
		assertThat(document.language()).isEqualTo(Locale.forLanguageTag(language));
		assertThat(new String(document.html(), StandardCharsets.UTF_8)).contains("<html lang=\"" + language + "\">",
				language.equals("de") ? "Zahlung erforderlich" : "Payment required");
	}

	@Test
	void whenLanguageHeaderIsLongThenPageIsInTheFirstLanguage() {
		assertThat(document(this.page, "de," + "x,".repeat(300), "https://api.example.com/sold", "x").language())
			.isEqualTo(Locale.ENGLISH);
	}

	@Test
	void everyTextOfTheScriptIsThereInEveryLanguage() throws Exception {
		String script = new ClassPathResource("wallet-page.js", WalletPage.class)
			.getContentAsString(StandardCharsets.UTF_8);
		Set<String> said = new TreeSet<>(Set.of("transaction", "network", "payer"));
		for (Matcher matcher = Pattern.compile("\\bt\\('(\\w+)'").matcher(script); matcher.find();) {
			said.add(matcher.group(1));
		}
		PaywallTexts texts = new PaywallTexts(PaywallSettings.defaults());
		Map<String, String> english = texts.of("en").byName();
		assertThat(english.keySet()).containsAll(said);
		assertThat(texts.of("de").byName().keySet()).isEqualTo(english.keySet());
		assertThat(texts.of("de").byName())
			.allSatisfy((name, text) -> assertThat(places(text)).as(name).isEqualTo(places(english.get(name))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title><script>alert(1)",
			"</p></main><script>alert(1)</script>", "<!--", "{{script}}", "{{data}}", "{0}", "</script>" })
	void whenTextsOfTheSellerHoldMarkupThenPageHasNoOtherTagsThanItsOwn(String attack) {
		String harmless = tags(html(page(settings("harmless", messages("harmless")))));
		assertThat(tags(html(page(settings(attack, messages(attack)))))).isEqualTo(harmless);
		assertThat(html(page(settings(attack, messages(attack))))).doesNotContain("<script>alert", "<img src=x");
	}

	@ParameterizedTest
	@ValueSource(strings = { "javascript:alert(1)", "//evil.example/logo.svg", "https://evil.example/logo.svg",
			"/logo.svg\" onerror=\"alert(1)", "/logo.svg'onerror='alert(1)", "data:text/html;base64,PHNjcmlwdD4=",
			"data:image/svg+xml,<svg onload=alert(1)>", "/\\evil.example", "", "logo.svg", "/a b" })
	void whenLogoIsNotThePathOrTheDataOfAnImageThenIsRefused(String logo) {
		assertThat(PaywallSettings.isLogo(logo)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(
				() -> new PaywallSettings(null, null, null, logo, null, null, PaywallSettings.SHIPPED_LANGUAGES, null));
	}

	@Test
	void logoIsShownAndAllowedByThePolicy() {
		PaywallDocument own = document(page(new PaywallSettings(null, null, null, "/logo.svg?v=1&w=2", null, null,
				PaywallSettings.SHIPPED_LANGUAGES, null)), null, "https://api.example.com/sold", "x");
		assertThat(new String(own.html(), StandardCharsets.UTF_8))
			.contains("<img class=\"logo\" alt=\"\" src=\"/logo.svg?v=1&amp;w=2\">");
		assertThat(own.contentSecurityPolicy()).contains("img-src blob: data: 'self';");
		assertThat(document(this.page, null, "https://api.example.com/sold", "x").contentSecurityPolicy())
			.contains("img-src blob: data:;");
	}

	@Test
	void titleAndTextsAreThoseOfTheSettings() {
		assertThat(html(page(settings("Ana & Rui", null)))).contains("<title>Ana &amp; Rui</title>",
				"<p>Ana &amp; Rui</p>", "<footer>Ana &amp; Rui</footer>");
	}

	@Test
	void textsOfTheApplicationTakePrecedenceInTheirLanguage() {
		StaticMessageSource messages = new StaticMessageSource();
		messages.addMessage("x402.paywall.title", Locale.GERMAN, "Laden von Ana");
		messages.addMessage("x402.paywall.pay", Locale.GERMAN, "Los: {0}");
		WalletPage page = page(settings("Ana's shop", messages));
		assertThat(html(page)).contains("<title>Ana&#39;s shop</title>", "\"pay\":\"Pay with {0}\"");
		assertThat(new String(document(page, "de", "https://api.example.com/sold", "x").html(), StandardCharsets.UTF_8))
			.contains("<title>Laden von Ana</title>", "\"pay\":\"Los: {0}\"");
	}

	@Test
	void colorsAreInTheStyleThatThePolicyAllows() throws Exception {
		WalletPage page = page(new PaywallSettings(null, null, null, null, new PaywallColor("#AA0000"),
				new PaywallColor("#ffcc00"), PaywallSettings.SHIPPED_LANGUAGES, null));
		PaywallDocument document = document(page, null, "https://api.example.com/sold", "x");
		String html = new String(document.html(), StandardCharsets.UTF_8);
		assertThat(html).contains("#aa0000", "#ffcc00");
		assertThat(document.contentSecurityPolicy()).contains("style-src " + hash(html, "<style>", "</style>") + ";");
	}

	@ParameterizedTest
	@ValueSource(strings = { "red", "#fff", "#12345g", "#123456;}", "url(x)", "#1234567" })
	void whenColorIsNoneThenIsRefused(String color) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PaywallColor(color));
	}

	@Test
	void contrastIsThatOfTheAccessibilityGuidelines() {
		PaywallColor white = new PaywallColor("#ffffff");
		assertThat(white.contrast(new PaywallColor("#000000"))).isEqualTo(21, within(0.001));
		assertThat(white.contrast(new PaywallColor("#767676"))).isEqualTo(4.54, within(0.01));
		assertThat(white.contrast(white)).isEqualTo(1);
	}

	private static String places(@Nullable String text) {
		return String.valueOf(text)
			.replaceAll("[^{}01]|(?<!\\{)[01]", "")
			.chars()
			.sorted()
			.mapToObj(Character::toString)
			.collect(Collectors.joining());
	}

	private static PaywallSettings settings(String text, @Nullable MessageSource messages) {
		return new PaywallSettings(text, text, text, null, null, null, PaywallSettings.SHIPPED_LANGUAGES, messages);
	}

	private static MessageSource messages(String text) {
		return new AbstractMessageSource() {

			@Override
			protected MessageFormat resolveCode(String code, Locale locale) {
				return new MessageFormat("");
			}

			@Override
			protected String resolveCodeWithoutArguments(String code, Locale locale) {
				return code.endsWith(".content") ? "Content" : text;
			}

		};
	}

	private static WalletPage page(PaywallSettings settings) {
		return new WalletPage(Offers.NETWORKS, settings);
	}

	private static String html(WalletPage page) {
		return new String(document(page, null, "https://api.example.com/sold", "harmless").html(),
				StandardCharsets.UTF_8);
	}

	private static String hash(String html, String start, String end) throws Exception {
		String text = html.substring(html.indexOf(start) + start.length());
		byte[] digest = MessageDigest.getInstance("SHA-256")
			.digest(text.substring(0, text.indexOf(end)).getBytes(StandardCharsets.UTF_8));
		return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
	}

	private String render(String url, String description) {
		return new String(document(url, description).html(), StandardCharsets.UTF_8);
	}

	private PaywallDocument document(String url, String description) {
		return document(this.page, null, url, description);
	}

	private static PaywallDocument document(PaywallPage page, @Nullable String acceptLanguage, String url,
			String description) {
		return page.render(new PaywallRequest("GET", "text/html", acceptLanguage, null, new byte[0]),
				offers(url, description));
	}

	private static PaymentOffers offers(String url, String description) {
		return Objects.requireNonNull(
				Offers.challenge(url, description, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED)).offers());
	}

	private static String tags(String html) {
		StringBuilder tags = new StringBuilder();
		for (Matcher matcher = Pattern.compile("<[^>]*>?")
			.matcher(html.replaceAll("(?s)(<script>).*(</script>)", "$1$2")); matcher.find();) {
			tags.append(matcher.group());
		}
		return tags.toString();
	}

}
