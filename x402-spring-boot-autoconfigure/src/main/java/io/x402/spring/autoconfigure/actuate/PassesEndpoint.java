/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Instant;
import java.util.List;

import io.x402.spring.access.Passes;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Actuator {@link Endpoint @Endpoint} to expose and revoke passes. It reveals buyers and
 * ends what they have paid for, and must be exposed explicitly. Tokens are not shown.
 */
@Endpoint(id = "x402passes")
final class PassesEndpoint {

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	private final Passes passes;

	/**
	 * Create an endpoint.
	 * @param passes sells passes
	 */
	PassesEndpoint(Passes passes) {
		this.passes = passes;
	}

	/**
	 * Return the passes that were sold last.
	 * @param payer address of the buyer
	 * @param limit maximum number of passes, from 1 to 1000; 100 by default
	 * @return the passes, newest first
	 */
	@ReadOperation
	Sold passes(@Nullable String payer, @Nullable Integer limit) {
		int size = Math.max(1, Math.min((limit != null) ? limit : DEFAULT_LIMIT, MAX_LIMIT));
		return new Sold(this.passes.latest(payer, size).stream().map(Shown::of).toList());
	}

	/**
	 * Return a pass.
	 * @param id identity of the pass, the first 32 digits of its token
	 * @return the pass, or {@code null} if there is none
	 */
	@ReadOperation
	@Nullable Shown pass(@Selector String id) {
		PassRecord pass = this.passes.find(id);
		return (pass != null) ? Shown.of(pass) : null;
	}

	/**
	 * End a pass for good. Nothing is paid back.
	 * @param id identity of the pass, the first 32 digits of its token
	 * @return the pass after that, or a response with status 404 if there is none
	 */
	@DeleteOperation
	WebEndpointResponse<Shown> revoke(@Selector String id) {
		PassRecord pass = this.passes.revoke(id) ? this.passes.find(id) : null;
		return (pass != null) ? new WebEndpointResponse<>(Shown.of(pass))
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	/**
	 * State of a pass.
	 */
	enum State {

		/** Its payment is not settled yet, or its response was not delivered. */
		PREPARED,

		/** It can be used. */
		ACTIVE,

		/** No use is left. */
		EXHAUSTED,

		/** Its time is over. */
		EXPIRED,

		/** The seller has ended it. */
		REVOKED;

		static State of(PassRecord pass) {
			if (pass.revoked()) {
				return REVOKED;
			}
			if (pass.isExpired()) {
				return EXPIRED;
			}
			if (pass.isExhausted()) {
				return EXHAUSTED;
			}
			return pass.started() ? ACTIVE : PREPARED;
		}

	}

	/**
	 * Passes that were sold.
	 *
	 * @param passes the passes
	 */
	record Sold(List<Shown> passes) {

	}

	/**
	 * A pass without what opens it.
	 *
	 * @param id identity
	 * @param state state
	 * @param scope name of what it opens
	 * @param payer address of the buyer, or {@code null} if it is not known
	 * @param network CAIP-2 identifier of the network
	 * @param asset address of the token that was paid
	 * @param amount what was paid, in atomic units, in decimal digits
	 * @param payTo address that was paid
	 * @param preparedAt when its payment was taken
	 * @param expiresAt when it ends, or {@code null} if it has no end or has not started
	 * @param uses number of calls, or {@code null} if it is not limited
	 * @param used number of calls that were made
	 */
	record Shown(String id, State state, String scope, @Nullable String payer, String network, String asset,
			String amount, String payTo, Instant preparedAt, @Nullable Instant expiresAt, @Nullable Long uses,
			long used) {

		static Shown of(PassRecord pass) {
			NewPass sold = pass.pass();
			NewPass.Paid paid = sold.paid();
			return new Shown(sold.id(), State.of(pass), sold.scope(), paid.payer(), paid.network(), paid.asset(),
					paid.amount().toString(), paid.payTo(), pass.preparedAt(), pass.expiresAt(), sold.uses(),
					pass.used());
		}

	}

}
