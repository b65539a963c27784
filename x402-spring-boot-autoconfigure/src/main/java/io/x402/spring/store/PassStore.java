/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Keeps passes: what was paid for and is used up by later requests. Every method is one
 * atomic step. A pass is kept before its payment is settled, and its token leaves the
 * seller only afterwards, so that no pass is lost and none is used unpaid. An ended pass
 * is kept for {@link #KEPT}, which is longer than any payment can be redelivered, so that
 * none is sold twice. One that has not started may have been delivered while the store
 * was out of reach, and is kept until it is forgotten by name; only a store that is never
 * out of reach, being in memory, can tell that no buyer has its token.
 * <p>
 * A balance is a pass whose uses are atomic units of a token, and a call takes as many as
 * it costs. So counts are exact up to {@link Long#MAX_VALUE}, and a call takes all of its
 * uses or none.
 *
 * @since 0.2.0
 */
public interface PassStore {

	/** How long a pass is kept that has ended. */
	Duration KEPT = Duration.ofDays(31);

	/**
	 * How long an operation is remembered that has taken uses. In that time an instance
	 * that has lost the store tries to give back. Calls that run longer {@linkplain #keep
	 * keep} theirs.
	 */
	Duration OPERATION_KEPT = Duration.ofHours(1);

	/**
	 * How long an operation is remembered that was given back. It would matter only to a
	 * use that a client of the store repeats, or that arrives late.
	 */
	Duration GIVEN_BACK_KEPT = Duration.ofMinutes(5);

	/** How many passes of one buyer that a call could use are returned at most. */
	int USABLE = 10;

	/**
	 * Keep a pass that is about to be paid for. One that is kept already stays as it is,
	 * except that the last token is the one that opens it, and that its buyer is noted if
	 * it was not known before.
	 * @param pass the pass
	 * @param attempt tells this attempt to sell it from others, at most 64 characters
	 * @param uses number of uses that the paid call takes, greater than zero and no more
	 * than the pass has
	 * @throws PaymentStoreException if the store is full or out of reach
	 */
	void prepare(NewPass pass, String attempt, long uses);

	/**
	 * Keep a pass that is about to be paid for, whose first use is the paid call.
	 * @param pass the pass
	 * @param attempt tells this attempt to sell it from others, at most 64 characters
	 * @throws PaymentStoreException if the store is full or out of reach
	 */
	default void prepare(NewPass pass, String attempt) {
		prepare(pass, attempt, 1);
	}

	/**
	 * Forget a pass whose payment is not charged. One that has started or is revoked
	 * stays, and so does one that another attempt has prepared since.
	 * @param id identity of the pass
	 * @param attempt the attempt that has ended
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void forget(String id, String attempt);

	/**
	 * Start the time of a pass, unless it has started.
	 * @param id identity of the pass
	 * @return the pass, or {@code null} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	@Nullable PassRecord start(String id);

	/**
	 * Find a pass.
	 * @param id identity of the pass
	 * @return the pass, ended or not, or {@code null} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	@Nullable PassRecord find(String id);

	/**
	 * Take uses of a pass, all of them or none, and start its time unless it has started.
	 * An operation that is executed again takes nothing more and returns the pass as it
	 * is. One that was given back before takes nothing.
	 * @param operation the pass, the number of uses, and what tells this call from others
	 * @param tokenHash SHA-256 of the token that must open it now, or {@code null} if it
	 * is used without its token
	 * @return the pass after that, or {@code null} if it has ended, has fewer uses left,
	 * another token opens it, there is none, or the operation was given back
	 * @throws PaymentStoreException if the store is out of reach: the uses may have been
	 * taken, or may be taken later, so that the operation must be given back
	 */
	@Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash);

	/**
	 * Give back what an operation has taken, once, however often it is called. If the
	 * operation has taken nothing, nothing is given back, and it takes nothing later.
	 * @param operation the operation, as it was used
	 * @param uses number of uses: as many as it takes, or fewer; more give back as many
	 * as it has taken
	 * @throws PaymentStoreException if the store is out of reach; to be called again then
	 */
	void giveBack(PassOperation operation, long uses);

	/**
	 * Remember an operation for another {@link #OPERATION_KEPT}, since its call still
	 * runs.
	 * @param operation the operation, as it was used
	 * @throws PaymentStoreException if the store is out of reach
	 */
	void keep(PassOperation operation);

	/**
	 * Note that the call of an operation has ended and gives nothing back. A store whose
	 * steps cannot be executed again, or late, need not remember the operation any more;
	 * others do nothing.
	 * @param operation the operation, as it was used
	 */
	default void complete(PassOperation operation) {
	}

	/**
	 * End a pass for good.
	 * @param id identity of the pass
	 * @return {@code false} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	boolean revoke(String id);

	/**
	 * Find the passes whose payments were taken last, newest first, ended or not.
	 * @param payer address of the buyer, in any letter case, or {@code null} for all
	 * buyers
	 * @param limit maximum number of passes, at least one
	 * @return the passes
	 * @throws PaymentStoreException if the store is out of reach
	 */
	List<PassRecord> latest(@Nullable String payer, int limit);

	/**
	 * Find the passes of a buyer that have started and not ended, and that a call could
	 * use, those first whose payments were taken first. Others are not counted, however
	 * many there are.
	 * @param query what the call needs
	 * @return at most {@link #USABLE} passes
	 * @throws PaymentStoreException if the store is out of reach
	 */
	List<PassRecord> usable(PassQuery query);

	/**
	 * Forget passes that have ended, and operations. Called regularly.
	 * @throws PaymentStoreException if the store is out of reach
	 */
	default void maintain() {
	}

}
