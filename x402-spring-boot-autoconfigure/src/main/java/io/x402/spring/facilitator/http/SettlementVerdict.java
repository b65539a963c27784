/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;

/**
 * Decides what a response of {@code /settle} proves. Each outcome but an unknown one is
 * proved by a closed list of facts:
 * <ul>
 * <li>settled: a successful status, a success without a reason, and a receipt made of
 * single words;</li>
 * <li>declined: a failure without a transaction, with a reason of
 * {@link FacilitatorReasons} that excludes that money moved or is still moving;</li>
 * <li>not executed: a status by which a server refuses to work on a request, without a
 * message of the protocol and without a word of a settlement.</li>
 * </ul>
 */
final class SettlementVerdict {

	/**
	 * Statuses by which a server refuses a request before it works on it. Others can come
	 * from a proxy, or after the settlement: 408, 409, 499 and all of 5xx.
	 */
	private static final Set<Integer> REFUSING = Set.of(400, 401, 402, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415,
			417, 421, 422, 425, 426, 428, 429, 431, 451);

	/** What a message of the protocol says even if it cannot be read. */
	private static final Pattern MESSAGE = Pattern.compile("\"(success|transaction|errorreason)\"|0x[0-9a-f]{64}");

	/**
	 * What an error text says if the settlement was begun: there are facilitators that
	 * response 400 for anything that goes wrong, such as waiting in vain for their own
	 * transaction.
	 */
	private static final Pattern BEGUN = Pattern.compile("transaction|hash|receipt|broadcast|confirm|pending|progress"
			+ "|settled|settlement|settling|time[sd]?[ _-]?out|revert|nonce|already|duplicate");

	private static final Set<Integer> CATCH_ALL = Set.of(400, 422);

	private SettlementVerdict() {
	}

	/**
	 * Return whether a server refuses to work on a request.
	 * @param response a response without a message of the protocol
	 */
	static boolean isRefusal(FacilitatorResponse response) {
		return REFUSING.contains(response.status().value());
	}

	/**
	 * Judge a response without a message of the protocol.
	 */
	static SettlementOutcome of(FacilitatorResponse response) {
		String detail = "settle responded with " + response.describe();
		return (isRefusal(response) && !mayHaveBegun(response)) ? new SettlementOutcome.NotExecuted(detail)
				: new SettlementOutcome.Unknown(detail, null);
	}

	private static boolean mayHaveBegun(FacilitatorResponse response) {
		String text = response.text().toLowerCase(Locale.ROOT);
		return MESSAGE.matcher(text).find()
				|| (CATCH_ALL.contains(response.status().value()) && BEGUN.matcher(text).find());
	}

	static SettlementOutcome of(HttpStatusCode status, SettlementResponse response, FacilitatorRequest request) {
		return response.success() ? ofSuccess(status, response) : ofFailure(status, response, request);
	}

	private static SettlementOutcome ofSuccess(HttpStatusCode status, SettlementResponse response) {
		if (!status.is2xxSuccessful() || isPresent(response.errorReason())) {
			return unknown("settle contradicts itself: HTTP " + status.value() + ", success, reason '"
					+ UpstreamText.excerpt(response.errorReason()) + "'", response);
		}
		if (!isWord(response.transaction()) || !isWord(response.network()) || !isWord(response.payer())
				|| !isWord(response.amount())) {
			return unknown("settle responded with a receipt that cannot be genuine", response);
		}
		return new SettlementOutcome.Settled(
				new SettlementResponse(true, null, null, response.payer(), response.transaction(), response.network(),
						response.amount(), response.extensions(), response.extra()));
	}

	private static SettlementOutcome ofFailure(HttpStatusCode status, SettlementResponse response,
			FacilitatorRequest request) {
		String reason = FacilitatorReasons.word(response.errorReason());
		if (reason == null || status.is5xxServerError() || !excludesCharge(reason, response)) {
			return unknown("settle responded with HTTP " + status.value() + ", failure, reason '"
					+ UpstreamText.excerpt(response.errorReason()) + "'", response);
		}
		return new SettlementOutcome.Declined(ReasonCode.of(reason, ReasonCode.SETTLEMENT_DECLINED),
				SettlementResponse.failure(reason, request.networkName(), request.payer()));
	}

	private static boolean excludesCharge(String reason, SettlementResponse response) {
		ReasonMeaning meaning = FacilitatorReasons.meaning(reason);
		boolean transaction = isPresent(response.transaction());
		if (meaning == ReasonMeaning.REVERTED) {
			return !transaction && FacilitatorReasons.isRevertedCall(response.errorReason());
		}
		return (meaning == ReasonMeaning.REFUSED || meaning == ReasonMeaning.REFUSED_NOW) && !transaction;
	}

	private static SettlementOutcome unknown(String detail, SettlementResponse response) {
		return new SettlementOutcome.Unknown(detail, UpstreamText.identifier(response.transaction()));
	}

	private static boolean isWord(@Nullable String text) {
		return !isPresent(text) || UpstreamText.identifier(text) != null;
	}

	private static boolean isPresent(@Nullable String text) {
		return text != null && !text.isBlank();
	}

}
