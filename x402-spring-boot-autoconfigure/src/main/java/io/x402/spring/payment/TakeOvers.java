/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;

/**
 * Decides whether a handler may run for a claim that its holder has lost. It may not
 * while the request of the holder goes on here, or if the holder could not have renewed
 * its lease.
 */
final class TakeOvers {

	private final ClaimHandles handles;

	private final StoreContact contact;

	TakeOvers(ClaimHandles handles, StoreContact contact) {
		this.handles = handles;
		this.contact = contact;
	}

	/**
	 * Return whether a store may decide by itself whether an authorization is free.
	 */
	boolean areLeftToStore(AuthorizationKey key) {
		return !this.handles.isOpen(key) && this.contact.isLasting();
	}

	/**
	 * Return whether a handler may run for a claim that no request has renewed.
	 */
	boolean isAllowed(Claim claim) {
		return !this.handles.isOpen(claim.key()) && (claim.holder() != Claim.Holder.LAPSED || this.contact.isLasting());
	}

}
