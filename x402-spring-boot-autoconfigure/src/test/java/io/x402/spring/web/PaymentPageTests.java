/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.Offers;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class PaymentPageTests {

	private final PaymentPage page = new PaymentPage(Offers.NETWORKS);

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
		assertThat(html).contains("0.05 USDC", "Base Sepolia (test network)",
				"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "Forecast &amp; more", "https://api.example.com/sold");
	}

	@Test
	void hasNoScriptAndAPolicyThatAllowsNone() {
		assertThat(render("https://api.example.com/sold", "x")).doesNotContainIgnoringCase("<script")
			.doesNotContainPattern("(?i)\\son\\w+=")
			.doesNotContainPattern("(?i)(src|href)=");
		HttpHeaders headers = new HttpHeaders();
		this.page.protect(headers);
		assertThat(headers.getFirst("Content-Security-Policy")).contains("default-src 'none'", "frame-ancestors 'none'",
				"base-uri 'none'", "form-action 'none'");
		assertThat(headers.getFirst("Content-Security-Policy")).doesNotContain("script-src");
		assertThat(headers.getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
	}

	private String render(String url, String description) {
		PaymentChallenge challenge = Offers.challenge(url, description, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED));
		return new String(this.page.render(Objects.requireNonNull(challenge.offers())), StandardCharsets.UTF_8);
	}

	private static String tags(String html) {
		StringBuilder tags = new StringBuilder();
		for (Matcher matcher = Pattern.compile("<[^>]*>?").matcher(html); matcher.find();) {
			tags.append(matcher.group());
		}
		return tags.toString();
	}

}
