/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PayingFetchTool;
import io.x402.spring.client.PaymentExchangeFilter;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.PaymentSearchTool;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.SupportedResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link X402ClientAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class X402ClientAutoConfigurationTests {

	private static final String KEY = "07".repeat(32);

	private static final String ACCOUNT = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402ClientAutoConfiguration.class, X402StoreAutoConfiguration.class,
				X402AutoConfiguration.class, X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
				HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
				RestTemplateAutoConfiguration.class, WebClientAutoConfiguration.class));

	private final ApplicationContextRunner enabled = this.runner.withPropertyValues("x402.client.enabled=true",
			"x402.client.private-key=" + KEY);

	@Test
	void whenNotAskedForThenThereIsNoBuyer() {
		this.runner.withPropertyValues("x402.client.private-key=" + KEY)
			.run((context) -> assertThat(context).doesNotHaveBean(Payer.class)
				.doesNotHaveBean(PaymentRequestInterceptor.class)
				.doesNotHaveBean(PaymentExchangeFilter.class));
	}

	@Test
	void whenEnabledThenNoClientPaysUnlessItIsToldTo() {
		this.enabled.run((context) -> {
			assertThat(context).hasSingleBean(Payer.class);
			assertThat(interceptors(context.getBean(RestClient.Builder.class))).noneMatch(this::pays);
			assertThat(context.getBean(RestTemplateBuilder.class).build().getInterceptors()).noneMatch(this::pays);
			assertThat(filters(context.getBean(WebClient.Builder.class))).noneMatch(this::pays);
		});
	}

	@Test
	void whenBuilderIsQualifiedThenItsClientPays() {
		this.enabled.withUserConfiguration(Qualified.class).run((context) -> {
			Clients clients = context.getBean(Clients.class);
			assertThat(interceptors(clients.rest())).filteredOn(this::pays).hasSize(1);
			assertThat(clients.template().build().getInterceptors()).filteredOn(this::pays).hasSize(1);
			assertThat(filters(clients.reactive())).filteredOn(this::pays).hasSize(1);
		});
	}

	@Test
	void whenBuilderIsQualifiedAndThereIsNoBuyerThenSaysHowToGetOne() {
		this.runner.withUserConfiguration(Qualified.class).run((context) -> {
			FailureAnalysis analysis = Startup.failure(context);
			assertThat(analysis.getDescription()).contains("'clients'", "RestClient.Builder", "qualifier 'x402'",
					"no buyer");
			assertThat(analysis.getAction()).contains("x402.client.enabled=true", "x402.client.keystore",
					"spring-boot-restclient");
		});
	}

	@Test
	void whenAllAreCustomizedThenEveryClientPaysOnce() {
		this.enabled
			.withPropertyValues("x402.client.customize.rest-client=true", "x402.client.customize.rest-template=true",
					"x402.client.customize.web-client=true")
			.withUserConfiguration(Qualified.class)
			.run((context) -> {
				assertThat(interceptors(context.getBean(RestClient.Builder.class))).filteredOn(this::pays).hasSize(1);
				assertThat(context.getBean(RestTemplateBuilder.class).build().getInterceptors()).filteredOn(this::pays)
					.hasSize(1);
				assertThat(filters(context.getBean(WebClient.Builder.class))).filteredOn(this::pays).hasSize(1);
				assertThat(interceptors(context.getBean(Clients.class).rest())).filteredOn(this::pays).hasSize(1);
				assertThat(filters(context.getBean(Clients.class).reactive())).filteredOn(this::pays).hasSize(1);
			});
	}

	@Test
	void whenAllAreCustomizedThenTheClientsOfAFacilitatorDoNotPay() {
		this.enabled
			.withPropertyValues("x402.client.customize.rest-client=true", "x402.client.customize.rest-template=true",
					"x402.client.customize.web-client=true")
			.withUserConfiguration(OwnFacilitator.class)
			.run((context) -> {
				OwnFacilitator.Made facilitator = context.getBean(OwnFacilitator.Made.class);
				assertThat(interceptors(facilitator.rest())).noneMatch(this::pays);
				assertThat(facilitator.template().getInterceptors()).noneMatch(this::pays);
				assertThat(filters(facilitator.reactive())).noneMatch(this::pays);
			});
	}

	@Test
	void whenOneBuilderIsCustomizedThenItsClientPays() {
		this.enabled.run((context) -> {
			RestClient.Builder rest = context.getBean(X402ClientRestCustomizer.class).customize(RestClient.builder());
			assertThat(interceptors(rest)).filteredOn(this::pays).hasSize(1);
			WebClient.Builder reactive = context.getBean(X402ClientReactiveCustomizer.class)
				.customize(WebClient.builder());
			assertThat(filters(reactive)).filteredOn(this::pays).hasSize(1);
		});
	}

	@Test
	void whenThereIsSpringAiThenTheToolThatPaysIsForWhoeverAsksForItByName() {
		this.enabled.withUserConfiguration(Agents.class).run((context) -> {
			assertThat(context).hasSingleBean(PayingFetchTool.class);
			Agents.Agent agent = context.getBean(Agents.Agent.class);
			assertThat(agent.tool()).isSameAs(context.getBean("x402FetchTool"));
			assertThat(agent.otherTools()).isNull();
		});
		this.enabled.withClassLoader(new FilteredClassLoader(ToolCallback.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("x402FetchTool"));
	}

	@Test
	void whenThereIsACatalogueThenTheToolThatSearchesItIsForWhoeverAsksForItByName() {
		this.enabled.withUserConfiguration(Agents.class)
			.run((context) -> assertThat(context).doesNotHaveBean(PaymentSearchTool.class));
		this.enabled.withUserConfiguration(Agents.class)
			.withPropertyValues("x402.client.catalogue-url=https://catalogue.example.com")
			.run((context) -> {
				Agents.Agent agent = context.getBean(Agents.Agent.class);
				assertThat(agent.tool()).isSameAs(context.getBean("x402FetchTool"));
				assertThat(agent.bought()).containsExactlyInAnyOrder(context.getBean(PayingFetchTool.class),
						context.getBean(PaymentSearchTool.class));
				assertThat(agent.otherTools()).isNull();
			});
	}

	@Test
	void whenThereIsASignerBeanOfThatNameThenItPays() {
		this.runner.withPropertyValues("x402.client.enabled=true")
			.withBean(X402ClientAutoConfiguration.SIGNER_BEAN, Signer.class, () -> new PrivateKeySigner(KEY))
			.run((context) -> assertThat(context).hasSingleBean(Payer.class));
	}

	@Test
	void whenAnotherSignerBeanIsThereThenItDoesNotPay() {
		this.runner.withPropertyValues("x402.client.enabled=true")
			.withBean("settlementSigner", Signer.class, () -> new PrivateKeySigner(KEY))
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("x402.client.private-key",
					"no other key to pay with"));
	}

	@Test
	void whenThereIsNoWebClientThenRestClientStillPays() {
		this.enabled.withPropertyValues("x402.facilitator.type=simulated", "x402.client.customize.rest-client=true")
			.withClassLoader(new FilteredClassLoader(WebClient.class))
			.run((context) -> {
				assertThat(context).doesNotHaveBean(PaymentExchangeFilter.class);
				assertThat(interceptors(context.getBean(RestClient.Builder.class))).filteredOn(this::pays).hasSize(1);
			});
	}

	@Test
	void whenPropertiesArePrintedThenSecretsAreNot() {
		this.enabled.withPropertyValues("x402.client.keystore-password=hunter2")
			.run((context) -> assertThat(context.getBean(X402ClientProperties.class).toString()).doesNotContain(KEY,
					"hunter2"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					x402.client.private-key=1234                   | A private key has 64 hexadecimal digits
					x402.client.limits.max-amount-per-request=-1          | decimal number of tokens
					x402.client.limits.max-amount-per-request=2           | more than the maximum amount per day
					x402.client.sellers.allowed-hosts=https://shop.example | must be a host
					x402.client.offers.networks=base-sepolai              | did you mean
					x402.client.sellers.recipients[shop.example]=0x12      | must be the address of an account
					x402.client.sellers.recipients[*.shop.example]=0x209693Bc6afc0C5328bA36FaF03C514EF312287C | must name one host
					x402.client.sellers.recipients[*]=0x209693Bc6afc0C5328bA36FaF03C514EF312287C | must name one host
					x402.client.sellers.allowed-hosts=shop.example:65536   | must be a host
					x402.client.sellers.allowed-hosts=shop.example:0443    | must be a host
					x402.client.circle-gateway.contracts[base-sepolia]=0x12 | must be the address of a contract
					x402.client.circle-gateway.contracts[base-sepolai]=0x0077777d7EBA4688BDeF3E311b846F25870A19B9 | did you mean
					x402.client.circle-gateway.max-validity=8d          | between
					x402.client.retry.redelivery-window=8d              | between
					x402.client.catalogue-url=catalogue                 | must be an absolute URL
					x402.client.retry.max-retries=-1                    | at least 0
					""")
	void whenPropertyCannotBeUsedThenTheStartFailsWithAdvice(String property, String problem) {
		this.runner.withPropertyValues("x402.client.enabled=true", "x402.client.private-key=" + KEY, property)
			.run((context) -> {
				FailureAnalysis failure = Startup.failure(context);
				assertThat(failure.getDescription()).contains(property.split("=")[0], problem).doesNotContain(KEY);
				assertThat(failure.getAction()).isNotBlank();
			});
	}

	@Test
	void whenRecipientsOfOneHostAreTwoThenTheStartFails() {
		this.enabled
			.withPropertyValues("x402.client.sellers.recipients[shop.example]=" + ACCOUNT,
					"x402.client.sellers.recipients[Shop.example]=" + ACCOUNT)
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.client.sellers.recipients[", "must be the only one of its host"));
	}

	/** Spring Boot drops a colon outside of brackets. */
	@Test
	void whenKnownRecipientIsOfNoHostThatMayBePaidThenItIsNamed(CapturedOutput output) {
		this.enabled
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("yaml",
						Map.of("x402.client.sellers.allowed-hosts", "shop.example:8443",
								"x402.client.sellers.recipients.shop.example:8443", ACCOUNT))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("The recipient of shop.example8443 is known and never compared");
	}

	@Test
	void whenDepositsOfOneNetworkAreInTwoContractsThenTheStartFails() {
		this.enabled.withPropertyValues("x402.client.circle-gateway.contracts[avalanche]=" + ACCOUNT,
				"x402.client.circle-gateway.contracts[avalanche-c-chain]=0x0077777d7EBA4688BDeF3E311b846F25870A19B9")
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.client.circle-gateway.contracts[", "must be the only one of its network"));
	}

	@Test
	void whenDepositsAreOnANetworkWithoutUsdcThenTheStartFails() {
		this.enabled
			.withPropertyValues(
					"x402.client.circle-gateway.contracts[megaeth]=0x0077777d7EBA4688BDeF3E311b846F25870A19B9")
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.client.circle-gateway.contracts", "eip155:4326", "no USDC is known"));
	}

	private boolean pays(Object interceptor) {
		return interceptor instanceof PaymentRequestInterceptor || interceptor instanceof PaymentExchangeFilter;
	}

	private static List<ClientHttpRequestInterceptor> interceptors(RestClient.Builder builder) {
		List<ClientHttpRequestInterceptor> found = new ArrayList<>();
		builder.requestInterceptors(found::addAll);
		return found;
	}

	private static List<ExchangeFilterFunction> filters(WebClient.Builder builder) {
		List<ExchangeFilterFunction> found = new ArrayList<>();
		builder.filters(found::addAll);
		return found;
	}

	@Configuration(proxyBeanMethods = false)
	static class Qualified {

		@Bean
		Clients clients(@Qualifier("x402") RestClient.Builder rest, @Qualifier("x402") RestTemplateBuilder template,
				@Qualifier("x402") WebClient.Builder reactive) {
			return new Clients(rest, template, reactive);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Agents {

		@Bean
		Agent agent(@Qualifier("x402") ToolCallback tool, @Qualifier("x402") List<ToolCallback> bought,
				ObjectProvider<List<ToolCallback>> tools) {
			return new Agent(tool, bought, tools.getIfAvailable());
		}

		/**
		 * An agent.
		 *
		 * @param tool the tool that pays
		 * @param bought all tools of the buyer
		 * @param otherTools what an MCP server would offer to strangers
		 */
		record Agent(ToolCallback tool, List<ToolCallback> bought, List<ToolCallback> otherTools) {

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFacilitator {

		@Bean
		Made facilitator(RestClient.Builder rest, RestTemplateBuilder template, WebClient.Builder reactive) {
			return new Made(rest, template.build(), reactive);
		}

		record Made(RestClient.Builder rest, RestTemplate template, WebClient.Builder reactive) implements Facilitator {

			@Override
			public VerificationOutcome verify(FacilitatorRequest request) {
				throw new UnsupportedOperationException();
			}

			@Override
			public SettlementOutcome settle(FacilitatorRequest request) {
				throw new UnsupportedOperationException();
			}

			@Override
			public SupportedResponse supported() {
				throw new UnsupportedOperationException();
			}

		}

	}

	record Clients(RestClient.Builder rest, RestTemplateBuilder template, WebClient.Builder reactive) {

	}

}
