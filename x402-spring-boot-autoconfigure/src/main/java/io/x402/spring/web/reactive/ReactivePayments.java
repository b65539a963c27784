/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

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
import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.server.WebFilter;

/**
 * Payments in WebFlux: assembles what asks for them, takes them and hands them to
 * handlers. All of {@link #requests()}, {@link #filter(int)}, {@link #adapter()} and
 * {@link #results(ObjectProvider)} must be beans of the application.
 *
 * @since 0.2.0
 */
public final class ReactivePayments implements AutoCloseable {

	private final PaymentHeaders headers;

	private final Limits limits;

	private final RedeliverySettings redelivery;

	private final EngineThreads threads;

	private final BooleanSupplier unpaid;

	private final PaymentHandlerAdapter adapter;

	private ReactivePayments(Builder builder, ObjectProvider<HandlerAdapter> adapters) {
		this.headers = new PaymentHeaders(builder.codec, builder.versions, builder.framing);
		this.limits = builder.limits;
		this.redelivery = builder.redelivery;
		this.threads = new EngineThreads(this.limits.threads(), this.limits.queue());
		this.unpaid = builder.pricing::mayLetIn;
		this.adapter = adapter(builder, adapters);
	}

	private PaymentHandlerAdapter adapter(Builder builder, ObjectProvider<HandlerAdapter> all) {
		RequestPrices prices = new RequestPrices(builder.pricing, builder.urls, builder.policies, this.threads);
		PaymentGate gate = new PaymentGate(this.headers, builder.processor, this.redelivery, builder.freeQuotas,
				builder.passes);
		HandlerAdapters adapters = new HandlerAdapters(() -> all.orderedStream().toList());
		PaymentWriter writer = new PaymentWriter(builder.codec, builder.entryPoint, this.redelivery, builder.framing);
		PaymentRefusals refusals = new PaymentRefusals(gate, writer, this.threads);
		UnpaidAccess unpaid = new UnpaidAccess(gate, this.threads, adapters);
		return new PaymentHandlerAdapter(prices, unpaid, new PaidAccess(gate, writer, this.threads, adapters, refusals),
				refusals, new UnmatchedRequests(prices, new PriceProbes(gate, this.headers), unpaid, builder.mappings));
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
			ServerPaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery) {
		return new Builder(pricing, processor, codec, entryPoint, redelivery);
	}

	/**
	 * Return what makes the bodies of paid requests readable before their handler.
	 * @return the decorator of the server's handler
	 */
	public HttpHandlerDecoratorFactory requests() {
		return new PaidRequestDecorator(this.headers, this.limits.requestBody(), this.threads, this.unpaid);
	}

	/**
	 * Return the filter that holds responses until they are settled. It belongs after
	 * what authenticates and before what writes.
	 * @param order order of the filter
	 * @return the filter
	 */
	public WebFilter filter(int order) {
		return new PaymentWebFilter(this.headers, this.limits.response(), this.redelivery, this.threads, this.unpaid,
				order);
	}

	/**
	 * Return what asks for payment before a priced handler runs. It stands before all
	 * other adapters and supports all handlers.
	 * @return the adapter
	 */
	public HandlerAdapter adapter() {
		return this.adapter;
	}

	/**
	 * Return what writes the results of paid handlers. It stands before all others and
	 * supports no other results.
	 * @param handlers the handlers of results of the application, which write them
	 * @return the handler of results
	 * @since 0.2.0
	 */
	public static HandlerResultHandler results(ObjectProvider<HandlerResultHandler> handlers) {
		return new PaidResultHandler(() -> handlers.orderedStream().toList());
	}

	/**
	 * Return what lets browsers of other origins see and send the headers of payments,
	 * where the application lets these origins in. It comes before all filters.
	 * @return the decorator of the server's handler
	 */
	public static HttpHandlerDecoratorFactory cors() {
		return new PaymentCorsDecorator();
	}

	/**
	 * Return what sells nothing and refuses every request for a priced handler.
	 * @param pricing finds prices
	 * @param codec encodes refusals
	 * @param entryPoint responds to requests that are not served
	 * @param adapters the adapters of the application, which run handlers
	 * @return the adapter, which stands before all others
	 */
	public static HandlerAdapter closed(HandlerPricing pricing, PaymentCodec codec,
			ServerPaymentRequiredEntryPoint entryPoint, ObjectProvider<HandlerAdapter> adapters) {
		return new ClosedHandlerAdapter(pricing,
				new PaymentWriter(codec, entryPoint, RedeliverySettings.disabled(), null),
				new HandlerAdapters(() -> adapters.orderedStream().toList()));
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
		return new ReactivePricingCatalog(pricing, mappings, urlMappings);
	}

	/**
	 * Return what reads expressions about callers. Needs Spring Security.
	 * @param context has the handler of expressions, unless it is the default, and the
	 * beans that expressions refer to
	 * @return the parser
	 * @since 0.2.0
	 */
	public static CallerExpression.Parser callerExpressions(ApplicationContext context) {
		return new SecurityExpressions<>(context, new ExchangeCallers());
	}

	/**
	 * Return what hands a {@link VerifiedPayment} to handlers.
	 * @return the resolver
	 */
	public static HandlerMethodArgumentResolver argumentResolver() {
		return new AttributeArgumentResolver<>(VerifiedPayment.class, "payment");
	}

	/**
	 * Return what hands an {@link AccessPass} to handlers.
	 * @return the resolver
	 * @since 0.2.0
	 */
	public static HandlerMethodArgumentResolver passResolver() {
		return new AttributeArgumentResolver<>(AccessPass.class, "pass");
	}

	/**
	 * Take no more payments. What has begun is settled.
	 */
	@Override
	public void close() {
		this.threads.close();
	}

	/**
	 * Limits of what is held of a request and its response, and of what waits for the
	 * engine.
	 *
	 * @param response maximum number of bytes of a response that are held before it is
	 * settled
	 * @param requestBody maximum number of bytes of a request body that count for its
	 * fingerprint
	 * @param threads maximum number of threads that take payments, and as many that
	 * settle them
	 * @param queue maximum number of requests that wait for their payment to be taken
	 */
	public record Limits(int response, int requestBody, int threads, int queue) {

	}

	/**
	 * Assembles {@link ReactivePayments}.
	 */
	public static final class Builder {

		private final HandlerPricing pricing;

		private final PaymentProcessor processor;

		private final PaymentCodec codec;

		private final ServerPaymentRequiredEntryPoint entryPoint;

		private final RedeliverySettings redelivery;

		private Set<ProtocolVersion> versions = EnumSet.allOf(ProtocolVersion.class);

		private ServerResourceUrlResolver urls = new DefaultServerResourceUrlResolver(null);

		private List<ServerProtectedRequestPolicy> policies = List.of();

		private @Nullable ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

		private @Nullable FreeQuotas freeQuotas;

		private @Nullable Passes passes;

		private Limits limits = new Limits(64 * 1024, 64 * 1024, 200, 10000);

		private @Nullable PaymentFraming framing;

		private Builder(HandlerPricing pricing, PaymentProcessor processor, PaymentCodec codec,
				ServerPaymentRequiredEntryPoint entryPoint, RedeliverySettings redelivery) {
			this.pricing = pricing;
			this.processor = processor;
			this.codec = codec;
			this.entryPoint = entryPoint;
			this.redelivery = redelivery;
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
		public Builder urls(ServerResourceUrlResolver urls) {
			this.urls = urls;
			return this;
		}

		/**
		 * Set the mappings whose prices are shown to requests of the same path that they
		 * do not take.
		 * @param mappings the mappings; none unless set
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder mappings(ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
			this.mappings = mappings;
			return this;
		}

		/**
		 * Set what decides about priced requests.
		 * @param policies the policies, in order; none unless set
		 * @return this builder
		 */
		public Builder policies(List<ServerProtectedRequestPolicy> policies) {
			this.policies = List.copyOf(policies);
			return this;
		}

		/**
		 * Set what is held and what waits.
		 * @param limits the limits; 64 KB of request and response, 200 threads of each
		 * kind and 10,000 requests that wait unless set
		 * @return this builder
		 */
		public Builder limits(Limits limits) {
			this.limits = limits;
			return this;
		}

		/**
		 * Set another framing in which payments are taken too.
		 * @param framing the framing; none unless set
		 * @return this builder
		 */
		public Builder framing(PaymentFraming framing) {
			this.framing = framing;
			return this;
		}

		/**
		 * Set what counts free calls.
		 * @param freeQuotas the counts; no call is free unless set
		 * @return this builder
		 * @since 0.2.0
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
		 * Assemble.
		 * @param adapters the adapters of the application, which run handlers
		 * @return the payments
		 */
		public ReactivePayments build(ObjectProvider<HandlerAdapter> adapters) {
			return new ReactivePayments(this, adapters);
		}

	}

}
