/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties.Pass;
import io.x402.spring.autoconfigure.X402Properties.Route;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestMethod;

/**
 * OpenAPI document of an upstream, and the prices of its operations.
 *
 * @param location Location of the document, a file or a resource of the class path.
 * @param prices Prices of operations.
 * @param others Price of operations and paths that no price names, or 'closed' to respond
 * to them with 404.
 */
record OpenApiImport(@Nullable String location, @DefaultValue List<Price> prices,
		@DefaultValue("closed") String others) {

	static final String CLOSED = "closed";

	boolean isClosed() {
		return CLOSED.equalsIgnoreCase(this.others.strip());
	}

	/**
	 * Price of operations, by their identifiers or by their tags.
	 *
	 * @param operation Comma-separated list of operation identifiers.
	 * @param tag Comma-separated list of tags. Does not apply to operations that are
	 * priced by their identifier.
	 * @param price Price, such as $0.05, or 'free' or 'closed'.
	 * @param network Comma-separated list of networks to be paid on.
	 * @param asset Asset to be paid in, as a ticker or an address.
	 * @param payTo Address of the recipient.
	 * @param description Description for the buyer. By default, the summary of the
	 * operation.
	 * @param maxTimeout Time for which an authorization must be valid.
	 * @param scheme Payment scheme.
	 * @param flow Payment flow.
	 * @param discoverable Whether catalogues may list the operations.
	 * @param freeQuota Calls that each client has free, such as '3 per 1d'.
	 * @param pass Pass that is sold with the response.
	 * @param topUp Amount of a top-up that buyers can pay in place of the price.
	 */
	record Price(@DefaultValue Set<String> operation, @DefaultValue Set<String> tag, @DefaultValue("") String price,
			@DefaultValue List<String> network, @DefaultValue("") String asset, @DefaultValue("") String payTo,
			@DefaultValue("") String description, @Nullable Duration maxTimeout,
			@DefaultValue("exact") PaymentScheme scheme, @Nullable PaymentFlow flow,
			@DefaultValue("true") boolean discoverable, @DefaultValue("") String freeQuota, @DefaultValue Pass pass,
			@DefaultValue("") String topUp) {

		/**
		 * Return the price of all paths and methods that match nothing else.
		 */
		static Price of(String price) {
			return new Price(Set.of(), Set.of(), price, List.of(), "", "", "", null, PaymentScheme.EXACT, null, true,
					"", new Pass(null, 0, "", false), "");
		}

		/**
		 * Check that it prices something.
		 * @param property name of the property
		 * @throws InvalidPropertyException if it does not
		 */
		void check(String property) {
			if (!StringUtils.hasText(this.price)) {
				throw new InvalidPropertyException(property + ".price", null, "is missing",
						"Set a price, 'free' or 'closed'.");
			}
			if (this.operation.isEmpty() == this.tag.isEmpty()) {
				throw new InvalidPropertyException(property, null, "must name either operations or tags",
						"Set either operation or tag.");
			}
		}

		boolean isClosed() {
			return CLOSED.equalsIgnoreCase(this.price.strip());
		}

		Route route(String path, Set<RequestMethod> methods, String summary) {
			String text = this.description.isEmpty() ? summary : this.description;
			return new Route(path, methods, this.price, this.network, this.asset, this.payTo, text, "", this.maxTimeout,
					this.scheme, this.flow, this.discoverable, this.freeQuota, "", this.pass, this.topUp);
		}

	}

}
