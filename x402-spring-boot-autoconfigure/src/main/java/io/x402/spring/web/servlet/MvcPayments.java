/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.x402.spring.AccessPass;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.access.FreeQuotas;
import io.x402.spring.access.Passes;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.pricing.CallerExpression;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.PriceProbes;
import io.x402.spring.web.RedeliverySettings;
import io.x402.spring.web.SecurityExpressions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Payments in Spring MVC: assembles what asks for them, takes them and hands them to
 * handlers. {@link PaymentFilters} has the filters that must stand around it.
 *
 * @since 0.1.0
 */
public final class MvcPayments {

	private final PaymentInterceptor interceptor;

	private final UnmatchedRequestResolver unmatchedRequests;

	private MvcPayments(PaymentInterceptor interceptor, UnmatchedRequestResolver unmatchedRequests) {
		this.interceptor = interceptor;
		this.unmatchedRequests = unmatchedRequests;
	}

	/**
	 * Start to assemble. What is not said is as {@link Builder} has it.
	 * @param pricing finds prices
	 * @param processor takes payments
	 * @param codec decodes payments and encodes receipts
	 * @param entryPoint responds to requests that are not served
	 * @param redelivery what is stored of responses, and which requests are the same
	 * @return the builder
	 */
	public static Builder builder(HandlerPricing pricing, PaymentProcessor processor, PaymentCodec codec,
			PaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery) {
		return new Builder(pricing, processor, codec, entryPoint, redelivery);
	}

	/**
	 * Return what asks for payment before a priced handler runs. It must be known to
	 * every handler mapping of the application.
	 * @return the interceptor
	 */
	public HandlerInterceptor interceptor() {
		return this.interceptor;
	}

	/**
	 * Return what asks for payment where Spring MVC finds handlers for the path of a
	 * request but none for the rest of it. It comes before other resolvers.
	 * @return the resolver
	 */
	public HandlerExceptionResolver unmatchedRequests() {
		return this.unmatchedRequests;
	}

	/**
	 * Return what sells nothing and refuses every request for a priced handler.
	 * @param pricing finds prices
	 * @param codec encodes refusals
	 * @param entryPoint responds to requests that are not served
	 * @return the interceptor
	 */
	public static HandlerInterceptor closed(HandlerPricing pricing, PaymentCodec codec,
			PaymentRequiredEntryPoint entryPoint) {
		return new ClosedInterceptor(pricing, codec, entryPoint);
	}

	/**
	 * Return the prices of the mappings of an application.
	 * @param pricing finds prices
	 * @param mappings mappings of handler methods
	 * @param urlMappings other mappings
	 * @return the catalog
	 */
	public static PricingCatalog catalog(HandlerPricing pricing,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
			ObjectProvider<AbstractUrlHandlerMapping> urlMappings) {
		return new MvcPricingCatalog(pricing, mappings, urlMappings);
	}

	/**
	 * Return what sends files in parts that can be held. It replaces the converters of
	 * resources of the application, those of static resources once all beans are there.
	 * @param adapters adapters of handler methods
	 * @param mappings mappings of static resources
	 * @return the configurer, to be declared as a bean
	 */
	public static WebMvcConfigurer resourceConverters(ObjectProvider<RequestMappingHandlerAdapter> adapters,
			ObjectProvider<AbstractUrlHandlerMapping> mappings) {
		return new PaidResourceConverters(adapters, mappings);
	}

	/**
	 * Return what notices that a paid handler failed. It resolves nothing.
	 * @return the resolver, to be declared as a bean
	 */
	public static HandlerExceptionResolver handlerFailures() {
		return new HandlerFailureListener();
	}

	/**
	 * Return what reads expressions about callers. Needs Spring Security.
	 * @param context has the handler of expressions, unless it is the default, and the
	 * beans that expressions refer to
	 * @return the parser
	 * @since 0.2.0
	 */
	public static CallerExpression.Parser callerExpressions(ApplicationContext context) {
		return new SecurityExpressions<>(context, new ServletCallers());
	}

	/**
	 * Return what hands a {@link VerifiedPayment} to handlers.
	 * @return the resolver
	 */
	public static HandlerMethodArgumentResolver argumentResolver() {
		return new VerifiedPaymentArgumentResolver();
	}

	/**
	 * Return what hands an {@link AccessPass} to handlers.
	 * @return the resolver
	 * @since 0.2.0
	 */
	public static HandlerMethodArgumentResolver passResolver() {
		return new AccessPassArgumentResolver();
	}

	/**
	 * Assembles {@link MvcPayments}.
	 */
	public static final class Builder {

		private static final StaticListableBeanFactory NONE = new StaticListableBeanFactory();

		private final HandlerPricing pricing;

		private final PaymentProcessor processor;

		private final PaymentCodec codec;

		private final RedeliverySettings redelivery;

		private final PaymentRequiredEntryPoint entryPoint;

		private Set<ProtocolVersion> versions = EnumSet.allOf(ProtocolVersion.class);

		private ResourceUrlResolver urls = new DefaultResourceUrlResolver(null);

		private List<ProtectedRequestPolicy> policies = List.of();

		private NegotiationCheck negotiation = new NegotiationCheck(
				NONE.getBeanProvider(RequestMappingHandlerAdapter.class),
				NONE.getBeanProvider(ContentNegotiationManager.class));

		private ObjectProvider<RequestMappingInfoHandlerMapping> mappings = NONE
			.getBeanProvider(RequestMappingInfoHandlerMapping.class);

		private @Nullable PaymentTransactions transactions;

		private @Nullable FreeQuotas freeQuotas;

		private @Nullable Passes passes;

		private @Nullable PaymentFraming framing;

		private Builder(HandlerPricing pricing, PaymentProcessor processor, PaymentCodec codec,
				PaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery) {
			this.pricing = pricing;
			this.processor = processor;
			this.codec = codec;
			this.redelivery = redelivery;
			this.entryPoint = entryPoint;
		}

		/**
		 * Set the protocol versions in which payments are taken.
		 * @param versions the versions; all unless set
		 * @return this builder
		 */
		public Builder versions(Set<ProtocolVersion> versions) {
			this.versions = Set.copyOf(versions);
			return this;
		}

		/**
		 * Set what finds the public URL of a request.
		 * @param urls the resolver; trusts the request unless set
		 * @return this builder
		 */
		public Builder urls(ResourceUrlResolver urls) {
			this.urls = urls;
			return this;
		}

		/**
		 * Set what decides about priced requests.
		 * @param policies the policies, in order; none unless set
		 * @return this builder
		 */
		public Builder policies(List<ProtectedRequestPolicy> policies) {
			this.policies = List.copyOf(policies);
			return this;
		}

		/**
		 * Set what finds requests that no response of their handler is acceptable for, so
		 * that they are refused before they pay.
		 * @param adapters adapters of handler methods; none unless set
		 * @param negotiation finds out what a request accepts; none unless set
		 * @return this builder
		 */
		public Builder negotiation(ObjectProvider<RequestMappingHandlerAdapter> adapters,
				ObjectProvider<ContentNegotiationManager> negotiation) {
			this.negotiation = new NegotiationCheck(adapters, negotiation);
			return this;
		}

		/**
		 * Set the mappings of handler methods, for
		 * {@link MvcPayments#unmatchedRequests()}.
		 * @param mappings the mappings; none unless set
		 * @return this builder
		 */
		public Builder mappings(ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
			this.mappings = mappings;
			return this;
		}

		/**
		 * Set the transactions of handlers that are bound to their payment.
		 * @param manager begins, commits and rolls them back; of a kind that is bound to
		 * threads, as those for JDBC and JPA are; none unless set
		 * @return this builder
		 */
		public Builder transactions(PlatformTransactionManager manager) {
			this.transactions = new PaymentTransactions(manager);
			return this;
		}

		/**
		 * Set what counts free calls.
		 * @param freeQuotas the counts; no call is free unless set
		 * @return this builder
		 */
		public Builder freeQuotas(FreeQuotas freeQuotas) {
			this.freeQuotas = freeQuotas;
			return this;
		}

		/**
		 * Set what sells and takes passes.
		 * @param passes the passes; none unless set
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder passes(Passes passes) {
			this.passes = passes;
			return this;
		}

		/**
		 * Set another framing in which payments are taken too.
		 * @param framing the framing; none unless set
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder framing(PaymentFraming framing) {
			this.framing = framing;
			return this;
		}

		/**
		 * Assemble.
		 * @return the payments
		 */
		public MvcPayments build() {
			PaymentHeaders headers = new PaymentHeaders(this.codec, this.versions, this.framing);
			PaymentResponses responses = new PaymentResponses(this.codec, this.entryPoint, this.redelivery,
					this.framing);
			RequestPrices prices = new RequestPrices(this.pricing, this.urls, this.policies);
			PaymentGate gate = new PaymentGate(headers, this.processor, this.redelivery, this.freeQuotas, this.passes);
			PaymentInterceptor interceptor = new PaymentInterceptor(prices, gate, responses,
					new HandlerStart(responses, this.negotiation, this.transactions));
			return new MvcPayments(interceptor, new UnmatchedRequestResolver(prices, new PriceProbes(gate, headers),
					responses.refusals(), this.mappings));
		}

	}

}
