/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A pass as it is in the store.
 *
 * @param pass what was sold
 * @param used number of uses that are taken, those of the paid call included
 * @param started whether its time has begun, which it does with its delivery or first use
 * @param expiresAt when it ends, or {@code null} if it has no end or has not started
 * @param revoked whether the seller has revoked it
 * @param preparedAt when its payment was taken, by the clock of the store
 * @param readAt when it was read, by the clock of the store
 * @since 0.2.0
 */
public record PassRecord(NewPass pass, long used, boolean started, @Nullable Instant expiresAt, boolean revoked,
		Instant preparedAt, Instant readAt) {

	/**
	 * Return whether its time is over.
	 * @return {@code true} from the moment of its end on
	 */
	public boolean isExpired() {
		return this.expiresAt != null && !this.readAt.isBefore(this.expiresAt);
	}

	/**
	 * Return the number of uses that are left.
	 * @return the number, or {@code null} if it is not limited
	 */
	public @Nullable Long remaining() {
		Long uses = this.pass.uses();
		return (uses != null) ? Math.max(0, uses - this.used) : null;
	}

	/**
	 * Return whether it has started and not ended, so that its payment was settled and a
	 * use may be left.
	 * @return {@code true} if it can be used
	 */
	public boolean isUsable() {
		return this.started && !this.revoked && !isExpired() && !isExhausted();
	}

	/**
	 * Return whether no use is left.
	 * @return {@code false} if the number is not limited
	 */
	public boolean isExhausted() {
		Long remaining = remaining();
		return remaining != null && remaining == 0;
	}

}
