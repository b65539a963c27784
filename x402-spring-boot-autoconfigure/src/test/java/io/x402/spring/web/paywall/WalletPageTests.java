/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.Offers;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

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
		assertThat(html.length()).isLessThanOrEqualTo(15 * 1024);
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
		PaywallRequest request = new PaywallRequest("POST", "text/html", "text/plain",
				"</script>".getBytes(StandardCharsets.UTF_8));
		String html = new String(this.page.render(request, offers("https://api.example.com/sold", "x")).html(),
				StandardCharsets.UTF_8);
		assertThat(html).contains("\"method\":\"POST\"", "\"contentType\":\"text/plain\"", "\"body\":\"PC9zY3JpcHQ+\"");
	}

	@Test
	void whenMethodHoldsMarkupThenItStaysText() {
		PaywallRequest request = new PaywallRequest("</script><script>alert(1)</script>", "</script>", "</script>",
				new byte[0]);
		assertThat(tags(new String(this.page.render(request, offers("https://api.example.com/sold", "harmless")).html(),
				StandardCharsets.UTF_8)))
			.isEqualTo(this.tags);
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
		return this.page.render(new PaywallRequest("GET", "text/html", null, new byte[0]), offers(url, description));
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
