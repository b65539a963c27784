/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

/**
 * What the catalogue of a facilitator has made of the declaration of a paid resource.
 *
 * @param facilitator which one it is, without secrets
 * @param route HTTP method and path template, such as {@code GET /forecast/:city}
 * @param status whether the resource is listed
 * @param reason why it is not, as the facilitator says; at most 200 characters on one
 * line, empty if it says nothing
 * @since 0.2.0
 */
public record CatalogueListing(String facilitator, String route, Status status, String reason) {

	/**
	 * Whether a resource is listed.
	 */
	public enum Status {

		/**
		 * The catalogue has taken the declaration.
		 */
		ACCEPTED,

		/**
		 * The catalogue has refused the declaration.
		 */
		REJECTED,

		/**
		 * The facilitator says something else, for example that it has not decided.
		 */
		OTHER

	}

}
