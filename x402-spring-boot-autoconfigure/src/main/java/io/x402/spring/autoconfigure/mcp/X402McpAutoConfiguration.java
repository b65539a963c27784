/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.mcp;

import java.util.List;

import io.modelcontextprotocol.server.McpServerFeatures;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.discovery.X402DiscoveryProperties;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.web.SellerAssembly;
import io.x402.spring.autoconfigure.web.reactive.X402WebFluxAutoConfiguration;
import io.x402.spring.autoconfigure.web.servlet.X402WebMvcAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.mcp.McpPayments;
import io.x402.spring.mcp.ToolGate;
import io.x402.spring.mcp.ToolSettings;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.OfferCheck;
import io.x402.spring.pricing.PricingCheck;
import io.x402.spring.pricing.ToolCatalog;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.web.RedeliverySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Auto-configuration for paid tools of MCP servers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		after = { X402PaymentAutoConfiguration.class, X402WebMvcAutoConfiguration.class,
				X402WebFluxAutoConfiguration.class },
		beforeName = "org.springframework.ai.mcp.server.common.autoconfigure.McpServerAutoConfiguration")
@ConditionalOnClass({ McpServerFeatures.class, McpTool.class, ToolCallback.class })
@EnableConfigurationProperties(X402McpProperties.class)
public final class X402McpAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static McpPayments x402McpPayments(ObjectProvider<ToolGate> gate) {
		return new McpPayments(gate);
	}

	@Bean
	static BeanPostProcessor x402ToolGateProcessor(McpPayments payments) {
		return payments.processor();
	}

	@Bean
	@ConditionalOnBean(HandlerPricing.class)
	EndpointCheck x402McpEndpointCheck(HandlerPricing pricing, Environment environment,
			ListableBeanFactory beanFactory) {
		return new EndpointCheck(pricing, environment, beanFactory);
	}

	/**
	 * Without web stack a server talks to its clients by standard input and output.
	 */
	@Configuration(proxyBeanMethods = false)
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnNotWebApplication
	static class LocalConfiguration {

		@Bean
		@ConditionalOnMissingBean
		HandlerPricing x402HandlerPricing(ConfigurableListableBeanFactory beanFactory) {
			// A transaction is refused with the reason when the price of a tool is
			// checked
			return SellerAssembly.pricing(beanFactory)
				.routes(List.of(), PathPatternParser.defaultInstance)
				.transactions(() -> true)
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(HandlerPricing.class)
	static class PricingConfiguration {

		@Bean
		@ConditionalOnX402Enabled
		ToolGate x402ToolGate(McpPayments payments, HandlerPricing pricing, X402McpProperties mcp,
				PaymentProcessor processor, PaymentCodec codec, X402Properties properties,
				ObjectProvider<X402DiscoveryProperties> discovery, Environment environment) {
			RedeliverySettings redelivery = properties.redelivery().toSettings();
			int storeLimit = redelivery.enabled() ? redelivery.bodyLimit() : -1;
			return payments.gate(pricing, mcp.offers(), processor, new ToolSettings(codec,
					properties.protocolVersions(), storeLimit, transport(discovery.getIfAvailable(), environment)));
		}

		/**
		 * Catalogues list what is reached over HTTP.
		 */
		private static @Nullable String transport(@Nullable X402DiscoveryProperties discovery,
				Environment environment) {
			if (discovery == null || !discovery.enabled()
					|| environment.getProperty("spring.ai.mcp.server.stdio", Boolean.class, false)) {
				return null;
			}
			String protocol = environment.getProperty("spring.ai.mcp.server.protocol", "SSE");
			return protocol.equalsIgnoreCase("SSE") ? "sse" : "streamable-http";
		}

		@Bean
		@ConditionalOnBooleanProperty(name = "x402.enabled", havingValue = false)
		ToolGate x402ClosedToolGate(McpPayments payments, HandlerPricing pricing, X402McpProperties mcp,
				PaymentCodec codec) {
			return payments.closedGate(pricing, mcp.offers(), codec);
		}

		@Bean
		ToolCatalog x402ToolCatalog(McpPayments payments, ToolGate gate, ListableBeanFactory beanFactory) {
			return payments.catalog(gate, beanFactory);
		}

		@Bean
		SmartInitializingSingleton x402ToolReport(McpPayments payments, ToolGate gate,
				ObjectProvider<Facilitator> facilitator, ObjectProvider<OfferCheck> checks,
				ListableBeanFactory beanFactory) {
			return payments.report(gate, new PricingCheck(checks.orderedStream().toList(), true,
					facilitator.getIfAvailable() instanceof SimulatedFacilitator), beanFactory);
		}

	}

	/**
	 * Without prices there is no gate, and what is priced must not become free.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(HandlerPricing.class)
	static class UnsupportedConfiguration {

		@Bean
		SmartInitializingSingleton x402UnsupportedTools(McpPayments payments, X402McpProperties properties) {
			return () -> {
				refuse(payments.annotatedTools());
				refuse(properties.tools().stream().map(X402McpProperties.Tool::name).toList());
			};
		}

		private static void refuse(Iterable<String> tools) {
			for (String tool : tools) {
				throw new InvalidPricingException("name", tool,
						"paid tools of a web application need Spring MVC or WebFlux",
						"Serve MCP with spring-ai-starter-mcp-server-webmvc, or remove the price.")
					.of("tool " + tool);
			}
		}

	}

}
