/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Arrays;
import java.util.List;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import org.jspecify.annotations.Nullable;

/**
 * An offer as it is written in an annotation or a route, before placeholders, expressions
 * and defaults are resolved. Empty texts stand for defaults.
 *
 * @since 0.1.0
 */
public final class OfferDefinition {

	private final Builder values;

	private OfferDefinition(Builder values) {
		this.values = values;
	}

	/**
	 * Begin to define an offer.
	 * @param price the price
	 * @return a builder with the defaults
	 * @see PaymentRequired#price()
	 */
	public static Builder price(String price) {
		return new Builder(price);
	}

	static OfferDefinition of(PaymentRequired annotation) {
		PaymentFlow[] flow = annotation.flow();
		if (flow.length > 1) {
			throw new InvalidPricingException("flow", Arrays.toString(flow), "an offer has one flow",
					"Name one flow, or repeat the annotation for several offers.");
		}
		return price(annotation.price()).networks(List.of(annotation.network()))
			.asset(annotation.asset())
			.payTo(annotation.payTo())
			.description(annotation.description())
			.mimeType(annotation.mimeType())
			.maxTimeout(annotation.maxTimeout())
			.scheme(annotation.scheme())
			.flow((flow.length == 1) ? flow[0] : null)
			.transactional(annotation.transactional())
			.discoverable(annotation.discoverable())
			.freeQuota(annotation.freeQuota())
			.freeFor(annotation.freeFor())
			.pass(PassDefinition.of(annotation.pass()))
			.topUp(annotation.topUp())
			.build();
	}

	String price() {
		return this.values.price;
	}

	List<String> networks() {
		return this.values.networks;
	}

	String asset() {
		return this.values.asset;
	}

	String payTo() {
		return this.values.payTo;
	}

	String description() {
		return this.values.description;
	}

	String mimeType() {
		return this.values.mimeType;
	}

	String maxTimeout() {
		return this.values.maxTimeout;
	}

	PaymentScheme scheme() {
		return this.values.scheme;
	}

	@Nullable PaymentFlow flow() {
		return this.values.flow;
	}

	boolean transactional() {
		return this.values.transactional;
	}

	boolean discoverable() {
		return this.values.discoverable;
	}

	String freeQuota() {
		return this.values.freeQuota;
	}

	String freeFor() {
		return this.values.freeFor;
	}

	PassDefinition pass() {
		return this.values.pass;
	}

	String topUp() {
		return this.values.topUp;
	}

	@Override
	public String toString() {
		return "OfferDefinition[" + price() + "]";
	}

	/**
	 * Builds an {@link OfferDefinition}. Every attribute means what the attribute of that
	 * name of {@link PaymentRequired} means.
	 */
	public static final class Builder {

		private String price;

		private List<String> networks = List.of();

		private String asset = "";

		private String payTo = "";

		private String description = "";

		private String mimeType = "";

		private String maxTimeout = "";

		private PaymentScheme scheme = PaymentScheme.EXACT;

		private @Nullable PaymentFlow flow;

		private boolean transactional;

		private boolean discoverable = true;

		private String freeQuota = "";

		private String freeFor = "";

		private PassDefinition pass = PassDefinition.NONE;

		private String topUp = "";

		private Builder(String price) {
			this.price = price;
		}

		private Builder(Builder other) {
			this(other.price);
			this.networks = other.networks;
			this.asset = other.asset;
			this.payTo = other.payTo;
			this.description = other.description;
			this.mimeType = other.mimeType;
			this.maxTimeout = other.maxTimeout;
			this.scheme = other.scheme;
			this.flow = other.flow;
			this.transactional = other.transactional;
			this.discoverable = other.discoverable;
			this.freeQuota = other.freeQuota;
			this.freeFor = other.freeFor;
			this.pass = other.pass;
			this.topUp = other.topUp;
		}

		/**
		 * Set the networks to be paid on.
		 * @param networks the networks, none for {@code x402.network}
		 * @return this builder
		 */
		public Builder networks(List<String> networks) {
			this.networks = List.copyOf(networks);
			return this;
		}

		/**
		 * Set the asset to be paid in.
		 * @param asset a ticker or an address
		 * @return this builder
		 */
		public Builder asset(String asset) {
			this.asset = asset;
			return this;
		}

		/**
		 * Set the recipient.
		 * @param payTo an address
		 * @return this builder
		 */
		public Builder payTo(String payTo) {
			this.payTo = payTo;
			return this;
		}

		/**
		 * Set the description of the resource.
		 * @param description a text
		 * @return this builder
		 */
		public Builder description(String description) {
			this.description = description;
			return this;
		}

		/**
		 * Set the media type of a successful response.
		 * @param mimeType a media type
		 * @return this builder
		 */
		public Builder mimeType(String mimeType) {
			this.mimeType = mimeType;
			return this;
		}

		/**
		 * Set how long the buyer's authorization must be valid.
		 * @param maxTimeout a duration such as {@code 60s}
		 * @return this builder
		 */
		public Builder maxTimeout(String maxTimeout) {
			this.maxTimeout = maxTimeout;
			return this;
		}

		/**
		 * Set how the charged amount follows from the price.
		 * @param scheme the scheme
		 * @return this builder
		 */
		public Builder scheme(PaymentScheme scheme) {
			this.scheme = scheme;
			return this;
		}

		/**
		 * Set when money moves in relation to the handler.
		 * @param flow the flow, {@code null} for {@code x402.settlement.flow}
		 * @return this builder
		 */
		public Builder flow(@Nullable PaymentFlow flow) {
			this.flow = flow;
			return this;
		}

		/**
		 * Set whether the transaction of the handler is bound to the payment.
		 * @param transactional {@code true} to commit only if the payment is settled
		 * @return this builder
		 */
		public Builder transactional(boolean transactional) {
			this.transactional = transactional;
			return this;
		}

		/**
		 * Set whether catalogues may list the resource.
		 * @param discoverable {@code false} to leave it out of them
		 * @return this builder
		 */
		public Builder discoverable(boolean discoverable) {
			this.discoverable = discoverable;
			return this;
		}

		/**
		 * Set the calls that each client has free.
		 * @param freeQuota a quota such as {@code 3 per 1d}, empty for the default
		 * @return this builder
		 */
		public Builder freeQuota(String freeQuota) {
			this.freeQuota = freeQuota;
			return this;
		}

		/**
		 * Set the callers who do not pay.
		 * @param freeFor an expression about the caller, empty for the default
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder freeFor(String freeFor) {
			this.freeFor = freeFor;
			return this;
		}

		/**
		 * Set the pass that is sold with the response.
		 * @param pass the pass, {@link PassDefinition#NONE} for none
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder pass(PassDefinition pass) {
			this.pass = pass;
			return this;
		}

		/**
		 * Set the amount of a top-up that buyers can pay in place of the price.
		 * @param topUp an amount such as {@code $5}, empty for the default
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder topUp(String topUp) {
			this.topUp = topUp;
			return this;
		}

		/**
		 * Define the offer.
		 * @return the definition
		 */
		public OfferDefinition build() {
			return new OfferDefinition(new Builder(this));
		}

	}

}
