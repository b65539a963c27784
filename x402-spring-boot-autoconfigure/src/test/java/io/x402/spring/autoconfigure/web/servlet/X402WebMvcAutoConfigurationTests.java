/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.HashMap;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PaymentRequirementsCustomizer;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.servlet.DefaultPaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.DefaultResourceUrlResolver;
import io.x402.spring.web.servlet.PaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import io.x402.spring.web.servlet.ProtectedRequestPolicy.Decision;
import io.x402.spring.web.servlet.ResourceUrlResolver;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * The web integration comes up in servlet applications only and gives way to beans of the
 * application.
 */
class X402WebMvcAutoConfigurationTests {

	private final WebApplicationContextRunner runner = Startup.with(Shop.class).withPropertyValues(Startup.PAY_TO);

	@Test
	void whenApplicationIsNoWebApplicationThenThereIsNoWebIntegration() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
					X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
					X402WebMvcAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HandlerPricing.class));
	}

	@Test
	void whenSpringMvcIsAbsentThenThereIsNoWebIntegration() {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
					X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
					X402WebMvcAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HandlerPricing.class));
	}

	@Test
	void whenNothingIsDeclaredThenDefaultsAreThere() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(DefaultPaymentRequiredEntryPoint.class)
			.hasSingleBean(DefaultResourceUrlResolver.class));
	}

	@Test
	void paymentFilterComesAfterSecurityInEveryDispatchThatRunsHandlers() {
		this.runner.run((context) -> {
			FilterRegistrationBean<?> filter = context.getBean("x402PaymentFilter", FilterRegistrationBean.class);
			assertThat(filter.getFilter()).extracting(Object::getClass)
				.hasToString("class io.x402.spring.web.servlet.PaymentFilter");
			assertThat(filter.getOrder()).isGreaterThan(SecurityFilterProperties.DEFAULT_FILTER_ORDER);
			assertThat(filter.determineDispatcherTypes()).containsExactlyInAnyOrder(DispatcherType.REQUEST,
					DispatcherType.ASYNC, DispatcherType.FORWARD, DispatcherType.INCLUDE);
		});
	}

	@Test
	void whenEntryPointIsDeclaredThenItAnswers() {
		PaymentRequiredEntryPoint own = (request, response, challenge) -> {
			response.setStatus(402);
			response.getOutputStream().write("my answer".getBytes());
		};
		this.runner.withBean(PaymentRequiredEntryPoint.class, () -> own).run((context) -> {
			assertThat(context).doesNotHaveBean(DefaultPaymentRequiredEntryPoint.class);
			mockMvc(context).perform(get("/annotated"))
				.andExpect(status().isPaymentRequired())
				.andExpect(content().string("my answer"))
				.andExpect(header().string("Cache-Control", "no-store"));
		});
	}

	@Test
	void whenUrlResolverIsDeclaredThenItNamesTheResource() {
		this.runner.withBean(ResourceUrlResolver.class, () -> (request) -> "https://shop.example/x")
			.withPropertyValues("x402.network=base")
			.run((context) -> mockMvc(context).perform(get("/annotated"))
				.andExpect(jsonPath("$.accepts[0].resource").value("https://shop.example/x")));
	}

	@Test
	void whenCustomizersAreDeclaredThenTheyChangeOffersInOrder() {
		this.runner.withUserConfiguration(Customizers.class)
			.run((context) -> mockMvc(context).perform(get("/annotated"))
				.andExpect(jsonPath("$.accepts[0].extra.by").value("first, second")));
	}

	@Test
	void whenPolicyDecidesThenRequestIsFreeOrRefusedOrCharged() {
		this.runner.withUserConfiguration(Policies.class).run((context) -> {
			MockMvc mvc = mockMvc(context);
			mvc.perform(get("/annotated").header("X-Api-Key", "good")).andExpect(content().string("goods"));
			mvc.perform(get("/annotated").header("X-Api-Key", "bad"))
				.andExpect(status().isForbidden())
				.andExpect(header().string("Cache-Control", "no-store"))
				.andExpect(header().doesNotExist("PAYMENT-REQUIRED"))
				.andExpect(jsonPath("$.code").value("request_refused"));
			mvc.perform(get("/annotated")).andExpect(status().isPaymentRequired());
			assertThatException().isThrownBy(() -> mvc.perform(get("/annotated").header("X-Api-Key", "throws")))
				.withMessageContaining("as intended by this test");
		});
	}

	@Test
	void whenDisabledThenEverythingPricedIsClosedAndNothingElse() {
		this.runner.withPropertyValues("x402.enabled=false", "x402.routes[0].path=/routed", "x402.routes[0].price=0.01")
			.run((context) -> {
				MockMvc mvc = mockMvc(context);
				for (String path : new String[] { "/annotated", "/routed", "/dynamic" }) {
					mvc.perform(get(path))
						.andExpect(status().isServiceUnavailable())
						.andExpect(header().string("Cache-Control", "no-store"))
						.andExpect(jsonPath("$.code").value("payments_unavailable"));
					mvc.perform(get(path).header("PAYMENT-SIGNATURE", "e30="))
						.andExpect(status().isServiceUnavailable());
				}
				mvc.perform(get("/free")).andExpect(status().isOk()).andExpect(content().string("goods"));
				mvc.perform(get("/unpriced")).andExpect(status().isOk());
				assertThat(context).doesNotHaveBean("x402PaymentFilter");
			});
	}

	@Test
	void whenDisabledThenTheEntryPointOfTheApplicationAnswers() {
		this.runner.withPropertyValues("x402.enabled=false")
			.withBean(PaymentRequiredEntryPoint.class, () -> (request, response, challenge) -> {
				response.setStatus(challenge.refusal().reason().status());
				response.setHeader("X-Offers", String.valueOf(challenge.offers()));
			})
			.run((context) -> mockMvc(context).perform(get("/annotated"))
				.andExpect(status().isServiceUnavailable())
				.andExpect(header().string("X-Offers", "null"))
				.andExpect(header().string("Cache-Control", "no-store"))
				.andExpect(content().string("")));
	}

	@Test
	void whenDisabledThenPriceThatCannotBeAskedForIsClosedToo() {
		Startup.with(Shop.class)
			.withPropertyValues("x402.enabled=false")
			.run((context) -> mockMvc(context).perform(get("/annotated")).andExpect(status().isServiceUnavailable()));
	}

	private static MockMvc mockMvc(AssertableWebApplicationContext context) {
		return MockMvcBuilders.webAppContextSetup(context).build();
	}

	@RestController
	@Configuration(proxyBeanMethods = false)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/annotated")
		String annotated() {
			return "goods";
		}

		@PaymentRequired(price = "#{'free'}")
		@GetMapping("/dynamic")
		String dynamic() {
			return "goods";
		}

		@GetMapping("/routed")
		String routed() {
			return "goods";
		}

		@PaymentRequired(price = "free")
		@GetMapping("/free")
		String free() {
			return "goods";
		}

		@GetMapping("/unpriced")
		String unpriced() {
			return "goods";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		PaymentRequirementsCustomizer second() {
			return (offer) -> by(offer, offer.extraText("by") + ", second");
		}

		@Bean
		@Order(1)
		PaymentRequirementsCustomizer first() {
			return (offer) -> by(offer, "first");
		}

		private static PaymentRequirements by(PaymentRequirements offer, String name) {
			Map<String, Object> extra = new HashMap<>(offer.extra());
			extra.put("by", name);
			return new PaymentRequirements(offer.scheme(), offer.network(), offer.amount(), offer.asset(),
					offer.payTo(), offer.maxTimeoutSeconds(), extra);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Policies {

		@Bean
		@Order(2)
		ProtectedRequestPolicy free() {
			return (request, offers) -> "good".equals(request.getHeader("X-Api-Key")) ? Decision.FREE : Decision.CHARGE;
		}

		@Bean
		@Order(1)
		ProtectedRequestPolicy refuse() {
			return Policies::decide;
		}

		private static Decision decide(HttpServletRequest request, PaymentOffers offers) {
			if ("throws".equals(request.getHeader("X-Api-Key"))) {
				throw new IllegalStateException("as intended by this test");
			}
			return "bad".equals(request.getHeader("X-Api-Key")) ? Decision.REFUSE : Decision.CHARGE;
		}

	}

}
