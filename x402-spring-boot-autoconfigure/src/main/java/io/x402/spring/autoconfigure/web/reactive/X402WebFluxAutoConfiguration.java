/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import io.x402.spring.access.Passes;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402FreeQuotaProperties;
import io.x402.spring.autoconfigure.web.SellerAssembly;
import io.x402.spring.autoconfigure.web.X402CreditProperties;
import io.x402.spring.autoconfigure.web.X402PassProperties;
import io.x402.spring.autoconfigure.web.X402PaywallAutoConfiguration;
import io.x402.spring.autoconfigure.web.X402SignInAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.pricing.CallerExpression;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.signin.SignIn;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.paywall.PaywallPage;
import io.x402.spring.web.reactive.DefaultServerPaymentRequiredEntryPoint;
import io.x402.spring.web.reactive.DefaultServerResourceUrlResolver;
import io.x402.spring.web.reactive.ReactivePayments;
import io.x402.spring.web.reactive.ServerPaymentRequiredEntryPoint;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import io.x402.spring.web.reactive.ServerResourceUrlResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.security.access.expression.AbstractSecurityExpressionHandler;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.WebFilter;

/**
 * Auto-configuration for payments in WebFlux.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		after = { X402PaymentAutoConfiguration.class, X402PaywallAutoConfiguration.class,
				X402SignInAutoConfiguration.class },
		afterName = "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@EnableConfigurationProperties({ X402FacilitatorProperties.class, X402WebFluxProperties.class,
		X402FreeQuotaProperties.class, X402PassProperties.class, X402CreditProperties.class })
public final class X402WebFluxAutoConfiguration {

	/** After Spring Security, whose filter is at -100. */
	static final int FILTER_ORDER = -50;

	@Bean
	@ConditionalOnMissingBean
	ServerResourceUrlResolver x402ResourceUrlResolver(X402Properties properties) {
		return new DefaultServerResourceUrlResolver(properties.baseUrl());
	}

	/**
	 * A transaction is refused with the reason by {@link UnsupportedPrices}.
	 */
	@Bean
	HandlerPricing x402HandlerPricing(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<CallerExpression.Parser> callers, ObjectProvider<PassStore> passes,
			X402CreditProperties credits, X402FreeQuotaProperties freeQuota) {
		HandlerPricing.Builder pricing = SellerAssembly.pricing(beanFactory)
			.transactions(() -> true)
			.passes(() -> passes.getIfAvailable() != null)
			.topUp(credits.topUp())
			.freeQuota(freeQuota.limit());
		callers.ifAvailable(pricing::callers);
		return pricing.build();
	}

	@Bean
	@ConditionalOnMissingBean(PricingCatalog.class)
	PricingCatalog x402PricingCatalog(HandlerPricing pricing, ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
			ObjectProvider<AbstractUrlHandlerMapping> urlMappings) {
		return ReactivePayments.catalog(pricing, mappings, urlMappings);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnX402Enabled
	static class EnabledConfiguration {

		@Bean
		@ConditionalOnMissingBean(ServerPaymentRequiredEntryPoint.class)
		DefaultServerPaymentRequiredEntryPoint x402PaymentRequiredEntryPoint(X402Properties properties,
				ObjectProvider<PaywallPage> page, ObjectProvider<PaymentFraming> framing) {
			return new DefaultServerPaymentRequiredEntryPoint(new RefusalDocuments(properties.malformedPaymentStatus(),
					properties.protocolVersions().contains(ProtocolVersion.V2), page.getIfAvailable(),
					framing.getIfAvailable()));
		}

		@Bean
		ReactivePayments x402ReactivePayments(HandlerPricing pricing, PaymentProcessor processor, PaymentCodec codec,
				ServerPaymentRequiredEntryPoint entryPoint, X402Properties properties, X402WebFluxProperties webFlux,
				ServerResourceUrlResolver urls, ObjectProvider<ServerProtectedRequestPolicy> policies,
				ObjectProvider<HandlerAdapter> adapters, ObjectProvider<PaymentFraming> framing,
				ObjectProvider<RequestMappingInfoHandlerMapping> mappings, X402FreeQuotaProperties freeQuota,
				ObjectProvider<QuotaStore> quotas, ObjectProvider<Passes> passes) {
			ReactivePayments.Builder payments = ReactivePayments
				.builder(pricing, processor, codec, entryPoint, properties.redelivery().toSettings())
				.versions(properties.protocolVersions())
				.urls(urls)
				.mappings(mappings)
				.policies(policies.orderedStream().toList())
				.limits(new ReactivePayments.Limits((int) properties.settlement().holdLimit().toBytes(),
						(int) properties.validation().bodyLimit().toBytes(), webFlux.maxThreads(),
						webFlux.maxWaiting()))
				.freeQuotas(freeQuota.toQuotas(quotas));
			framing.ifAvailable(payments::framing);
			passes.ifAvailable(payments::passes);
			return payments.build(adapters);
		}

		@Bean
		@ConditionalOnBean(PassStore.class)
		Passes x402Passes(PassStore store, X402PassProperties properties, ObjectProvider<SignIn> signIn,
				ObjectProvider<PaymentLedger> ledger) {
			return properties.toPasses(store, signIn.getIfAvailable(), ledger.getIfUnique());
		}

		@Bean
		HandlerAdapter x402PaymentHandlerAdapter(ReactivePayments payments) {
			return payments.adapter();
		}

		@Bean
		HandlerResultHandler x402PaidResultHandler(ObjectProvider<HandlerResultHandler> handlers) {
			return ReactivePayments.results(handlers);
		}

		@Bean
		WebFilter x402PaymentWebFilter(ReactivePayments payments) {
			return payments.filter(FILTER_ORDER);
		}

		@Bean
		HttpHandlerDecoratorFactory x402PaidRequestDecorator(ReactivePayments payments) {
			return payments.requests();
		}

		@Bean
		HttpHandlerDecoratorFactory x402PaymentCorsDecorator() {
			return ReactivePayments.cors();
		}

		@Bean
		SmartInitializingSingleton x402SellerChecks(ConfigurableListableBeanFactory beanFactory,
				ObjectProvider<HandlerMapping> mappings, ObjectProvider<RouterFunction<?>> functions,
				ServerResourceUrlResolver urls, Facilitator facilitator, PaymentStore store) {
			return SellerAssembly.checks(beanFactory, new ReactiveStack(mappings, functions, urls), facilitator, store);
		}

	}

	/**
	 * When disabled, nothing is sold and nothing becomes free.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "x402.enabled", havingValue = false)
	static class DisabledConfiguration {

		@Bean
		HandlerAdapter x402ClosedHandlerAdapter(HandlerPricing pricing, PaymentCodec codec,
				ObjectProvider<PaywallPage> page, ObjectProvider<ServerPaymentRequiredEntryPoint> entryPoint,
				ObjectProvider<HandlerAdapter> adapters) {
			return ReactivePayments.closed(pricing, codec,
					entryPoint.getIfAvailable(() -> entryPoint(page.getIfAvailable())), adapters);
		}

		private static ServerPaymentRequiredEntryPoint entryPoint(@Nullable PaywallPage page) {
			return new DefaultServerPaymentRequiredEntryPoint(
					new RefusalDocuments(ReasonCode.PAYMENT_REQUIRED.status(), true, page));
		}

		@Bean
		SmartInitializingSingleton x402DisabledReport(PricingCatalog catalog) {
			return SellerAssembly.disabled(catalog);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ AbstractSecurityExpressionHandler.class, AuthorizationContext.class })
	static class CallerConfiguration {

		@Bean
		@ConditionalOnMissingBean
		CallerExpression.Parser x402CallerExpressions(ApplicationContext context) {
			return ReactivePayments.callerExpressions(context);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ArgumentConfiguration implements WebFluxConfigurer {

		@Override
		public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
			configurer.addCustomResolver(ReactivePayments.argumentResolver(), ReactivePayments.passResolver());
		}

	}

}
