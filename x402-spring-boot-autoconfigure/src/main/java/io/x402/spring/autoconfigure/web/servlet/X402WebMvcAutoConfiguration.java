/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.EnumSet;
import java.util.List;

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
import io.x402.spring.web.servlet.DefaultPaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.DefaultResourceUrlResolver;
import io.x402.spring.web.servlet.MvcPayments;
import io.x402.spring.web.servlet.PaymentFilters;
import io.x402.spring.web.servlet.PaymentRequiredEntryPoint;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import io.x402.spring.web.servlet.ResourceUrlResolver;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.security.web.access.expression.DefaultHttpSecurityExpressionHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.util.unit.DataSize;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Auto-configuration for payments in Spring MVC.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		after = { X402PaymentAutoConfiguration.class, X402PaywallAutoConfiguration.class,
				X402SignInAutoConfiguration.class },
		afterName = { "org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration",
				"org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
				"org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
				"org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration" })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@EnableConfigurationProperties({ X402FacilitatorProperties.class, X402FreeQuotaProperties.class,
		X402PassProperties.class, X402CreditProperties.class })
@Import(CsrfHeadersConfiguration.class)
public final class X402WebMvcAutoConfiguration {

	/** After Spring Security, whose filter is at -100. */
	static final int FILTER_ORDER = -50;

	/** Before Spring Security, which reads headers of the response. */
	static final int CACHING_FILTER_ORDER = -110;

	private static final List<Class<?>> ASYNCHRONOUS_TYPES = List.of(DeferredResult.class, WebAsyncTask.class,
			ResponseBodyEmitter.class, StreamingResponseBody.class);

	@Bean
	@ConditionalOnMissingBean
	ResourceUrlResolver x402ResourceUrlResolver(X402Properties properties) {
		return new DefaultResourceUrlResolver(properties.baseUrl());
	}

	@Bean
	HandlerPricing x402HandlerPricing(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<HandlerTransactions> transactions, ObjectProvider<CallerExpression.Parser> callers,
			ObjectProvider<PassStore> passes, X402CreditProperties credits, X402FreeQuotaProperties freeQuota) {
		HandlerPricing.Builder pricing = SellerAssembly.pricing(beanFactory)
			.transactions(() -> transactions.getIfAvailable() != null)
			.passes(() -> passes.getIfAvailable() != null)
			.topUp(credits.topUp())
			.freeQuota(freeQuota.limit())
			.asynchronousTypes(ASYNCHRONOUS_TYPES);
		callers.ifAvailable(pricing::callers);
		return pricing.build();
	}

	@Bean
	@ConditionalOnMissingBean(PricingCatalog.class)
	PricingCatalog x402PricingCatalog(HandlerPricing pricing, ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
			ObjectProvider<AbstractUrlHandlerMapping> urlMappings) {
		return MvcPayments.catalog(pricing, mappings, urlMappings);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnX402Enabled
	static class EnabledConfiguration {

		@Bean
		@ConditionalOnMissingBean(PaymentRequiredEntryPoint.class)
		DefaultPaymentRequiredEntryPoint x402PaymentRequiredEntryPoint(X402Properties properties,
				ObjectProvider<PaywallPage> page, ObjectProvider<PaymentFraming> framing) {
			return new DefaultPaymentRequiredEntryPoint(new RefusalDocuments(properties.malformedPaymentStatus(),
					properties.protocolVersions().contains(ProtocolVersion.V2), page.getIfAvailable(),
					framing.getIfAvailable()));
		}

		@Bean
		MvcPayments x402MvcPayments(HandlerPricing pricing, PaymentProcessor processor, PaymentCodec codec,
				PaymentRequiredEntryPoint entryPoint, X402Properties properties, X402FreeQuotaProperties freeQuota,
				ResourceUrlResolver urls, ObjectProvider<ProtectedRequestPolicy> policies,
				ObjectProvider<RequestMappingHandlerAdapter> adapters,
				ObjectProvider<ContentNegotiationManager> negotiation,
				ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
				ObjectProvider<HandlerTransactions> transactions, ObjectProvider<Passes> passes,
				ObjectProvider<QuotaStore> quotas, ObjectProvider<PaymentFraming> framing) {
			MvcPayments.Builder payments = MvcPayments
				.builder(pricing, processor, codec, entryPoint, properties.redelivery().toSettings())
				.versions(properties.protocolVersions())
				.urls(urls)
				.policies(policies.orderedStream().toList())
				.negotiation(adapters, negotiation)
				.mappings(mappings)
				.freeQuotas(freeQuota.toQuotas(quotas));
			transactions.ifAvailable((bound) -> bound.bindTo(payments));
			passes.ifAvailable(payments::passes);
			framing.ifAvailable(payments::framing);
			return payments.build();
		}

		@Bean
		@ConditionalOnBean(PassStore.class)
		Passes x402Passes(PassStore store, X402PassProperties properties, ObjectProvider<SignIn> signIn,
				ObjectProvider<PaymentLedger> ledger) {
			return properties.toPasses(store, signIn.getIfAvailable(), ledger.getIfUnique());
		}

		/**
		 * A MappedInterceptor bean is found by every handler mapping, not only by those
		 * of Spring MVC's own configuration.
		 */
		@Bean
		MappedInterceptor x402MappedInterceptor(MvcPayments payments) {
			return new MappedInterceptor(null, payments.interceptor());
		}

		@Bean
		FilterRegistrationBean<Filter> x402PaymentFilter(PaymentCodec codec, X402Properties properties,
				Environment environment, ObjectProvider<PaymentFraming> framing,
				ObjectProvider<HandlerPricing> pricing) {
			PaymentFilters.Limits limits = new PaymentFilters.Limits(
					(int) properties.settlement().holdLimit().toBytes(),
					(int) properties.validation().bodyLimit().toBytes(), headerLimit(environment, "tomcat"),
					headerLimit(environment, "jetty"));
			SingletonSupplier<HandlerPricing> prices = SingletonSupplier.of(pricing::getObject);
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					filters(codec, properties, framing).holding(limits, properties.redelivery().toSettings(),
							() -> prices.obtain().mayLetIn()));
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC,
					DispatcherType.FORWARD, DispatcherType.INCLUDE));
			registration.setOrder(FILTER_ORDER);
			return registration;
		}

		private static PaymentFilters filters(PaymentCodec codec, X402Properties properties,
				ObjectProvider<PaymentFraming> framing) {
			return new PaymentFilters(codec, properties.protocolVersions(), framing.getIfAvailable());
		}

		private static int headerLimit(Environment environment, String server) {
			return (int) Binder.get(environment)
				.bind("server." + server + ".max-http-response-header-size", DataSize.class)
				.orElse(DataSize.ofKilobytes(8))
				.toBytes();
		}

		@Bean
		WebMvcConfigurer x402PaidResourceConverters(ObjectProvider<RequestMappingHandlerAdapter> adapters,
				ObjectProvider<AbstractUrlHandlerMapping> mappings) {
			return MvcPayments.resourceConverters(adapters, mappings);
		}

		@Bean
		HandlerExceptionResolver x402HandlerFailureListener() {
			return MvcPayments.handlerFailures();
		}

		@Bean
		FilterRegistrationBean<Filter> x402PaidCachingFilter(PaymentCodec codec, X402Properties properties,
				ObjectProvider<PaymentFraming> framing) {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					filters(codec, properties, framing).caching());
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
			registration.setOrder(CACHING_FILTER_ORDER);
			return registration;
		}

		@Bean
		FilterRegistrationBean<Filter> x402PaymentCorsFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(PaymentFilters.cors());
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

		@Bean
		HandlerExceptionResolver x402UnmatchedRequestResolver(MvcPayments payments) {
			return payments.unmatchedRequests();
		}

		@Bean
		WebMvcConfigurer x402ExceptionResolvers(ObjectProvider<MvcPayments> payments) {
			return new WebMvcConfigurer() {

				@Override
				public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
					payments.ifAvailable((available) -> resolvers.add(0, available.unmatchedRequests()));
				}

			};
		}

		@Bean
		SmartInitializingSingleton x402SellerChecks(ConfigurableListableBeanFactory beanFactory,
				ObjectProvider<HandlerMapping> mappings, ObjectProvider<RouterFunction<?>> functions,
				ResourceUrlResolver urls, Facilitator facilitator, PaymentStore store) {
			return SellerAssembly.checks(beanFactory, new MvcStack(mappings, functions, urls), facilitator, store);
		}

	}

	/**
	 * When disabled, nothing is sold and nothing becomes free.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "x402.enabled", havingValue = false)
	static class DisabledConfiguration {

		@Bean
		MappedInterceptor x402MappedInterceptor(HandlerPricing pricing, PaymentCodec codec,
				ObjectProvider<PaywallPage> page, ObjectProvider<PaymentRequiredEntryPoint> entryPoint) {
			return new MappedInterceptor(null, MvcPayments.closed(pricing, codec,
					entryPoint.getIfAvailable(() -> entryPoint(page.getIfAvailable()))));
		}

		private static PaymentRequiredEntryPoint entryPoint(@Nullable PaywallPage page) {
			return new DefaultPaymentRequiredEntryPoint(
					new RefusalDocuments(ReasonCode.PAYMENT_REQUIRED.status(), true, page));
		}

		@Bean
		SmartInitializingSingleton x402DisabledReport(PricingCatalog catalog) {
			return SellerAssembly.disabled(catalog);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PlatformTransactionManager.class)
	@ConditionalOnSingleCandidate(PlatformTransactionManager.class)
	static class TransactionConfiguration {

		@Bean
		HandlerTransactions x402HandlerTransactions(PlatformTransactionManager manager) {
			return new HandlerTransactions(manager);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DefaultHttpSecurityExpressionHandler.class)
	static class CallerConfiguration {

		@Bean
		@ConditionalOnMissingBean
		CallerExpression.Parser x402CallerExpressions(ApplicationContext context) {
			return MvcPayments.callerExpressions(context);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ArgumentConfiguration implements WebMvcConfigurer {

		@Override
		public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
			resolvers.add(MvcPayments.argumentResolver());
			resolvers.add(MvcPayments.passResolver());
		}

	}

}
