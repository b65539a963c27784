/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.web.edge.Container;
import io.x402.spring.web.paywall.PaywallDocument;
import io.x402.spring.web.paywall.PaywallPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

/**
 * How an application changes what browsers get.
 */
class X402PaywallAutoConfigurationTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withUserConfiguration(Shop.class)
		.withPropertyValues(Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
				"x402.facilitator.type=simulated");

	@Test
	void whenNothingIsSetThenBrowserGetsThePageInItsLanguage() {
		this.runner.run((context) -> {
			MockHttpServletResponse response = response(mvc(context), "de-CH,de;q=0.9");
			assertThat(response.getContentAsString(StandardCharsets.UTF_8)).contains("Zahlung erforderlich",
					"<html lang=\"de\">");
			assertThat(response.getHeader("Content-Language")).isEqualTo("de");
			assertThat(response.getHeaders("Vary")).contains("Accept", "Accept-Language");
		});
	}

	@Test
	void whenDisabledThenBrowserGetsJson() {
		this.runner.withPropertyValues("x402.paywall.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(PaywallPage.class);
			MockHttpServletResponse response = response(mvc(context), "en");
			assertThat(response.getStatus()).isEqualTo(402);
			assertThat(response.getContentType()).isEqualTo("application/json");
			assertThat(response.getContentAsString()).contains("accepts");
		});
	}

	@Test
	void propertiesChangeThePage() {
		this.runner
			.withPropertyValues("x402.paywall.title=Ana <b>", "x402.paywall.introduction=Hello",
					"x402.paywall.footer=Bye", "x402.paywall.logo=/logo.svg", "x402.paywall.accent-color=#0a5c36",
					"x402.paywall.dark-accent-color=#7ee2ae")
			.run((context) -> assertThat(response(mvc(context), "en").getContentAsString()).contains(
					"<title>Ana &lt;b&gt;</title>", "<p>Hello</p>", "<footer>Bye</footer>", "src=\"/logo.svg\"",
					"#0a5c36", "#7ee2ae"));
	}

	@Test
	void messagesOfTheApplicationAreUsed() {
		this.runner.withUserConfiguration(French.class)
			.withPropertyValues("x402.paywall.languages=en,fr")
			.run((context) -> {
				assertThat(response(mvc(context), "fr").getContentAsString(StandardCharsets.UTF_8))
					.contains("<html lang=\"fr\">", "Paiement requis", "Pay with {0}");
				assertThat(response(mvc(context), "de").getContentAsString()).contains("<html lang=\"en\">");
			});
	}

	@Test
	void whenApplicationHasAPageThenBrowserGetsThatOne() {
		this.runner.withUserConfiguration(OwnPage.class).run((context) -> {
			MockHttpServletResponse response = response(mvc(context), "en");
			assertThat(response.getContentAsString()).isEqualTo("<p>GET</p>");
			assertThat(response.getHeader("Content-Security-Policy")).isEqualTo("default-src 'none'");
			assertThat(response.getHeader("Content-Language")).isEqualTo("pt");
		});
	}

	@Test
	void whenPaymentsAreDisabledThenApplicationStillStarts() {
		this.runner.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(response(mvc(context), "en").getStatus()).isEqualTo(503));
	}

	@ParameterizedTest
	@CsvSource({ "logo, https://cdn.example.com/logo.svg", "logo, javascript:alert(1)", "accent-color, red",
			"accent-color, #ffff00", "dark-accent-color, #000080", "languages, ''" })
	void whenValueCannotBeUsedThenApplicationDoesNotStart(String name, String value) {
		this.runner.withPropertyValues("x402.paywall." + name + "=" + value)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageStartingWith("x402.paywall." + name + ": "));
	}

	private static MockMvc mvc(WebApplicationContext context) {
		return MockMvcBuilders.webAppContextSetup(context).build();
	}

	private static MockHttpServletResponse response(MockMvc mvc, String language) throws Exception {
		return mvc
			.perform(get("/sold").header("User-Agent", "Mozilla/5.0")
				.header("Accept", "text/html")
				.header("Accept-Language", language))
			.andReturn()
			.getResponse();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Controllers.class)
	static class Shop {

	}

	@RestController
	static class Controllers {

		@PaymentRequired(price = "$0.05")
		@GetMapping("/sold")
		String sold() {
			return "goods";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class French {

		@Bean
		StaticMessageSource messageSource() {
			StaticMessageSource messages = new StaticMessageSource();
			messages.addMessage("x402.paywall.title", Locale.FRENCH, "Paiement requis");
			return messages;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPage {

		@Bean
		PaywallPage ownPage() {
			return (request, offers) -> new PaywallDocument("default-src 'none'", Locale.forLanguageTag("pt"),
					("<p>" + request.method() + "</p>").getBytes(StandardCharsets.UTF_8));
		}

	}

}
