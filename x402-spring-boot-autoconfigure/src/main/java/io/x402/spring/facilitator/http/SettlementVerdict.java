package io.x402.spring.facilitator.http;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import io.x402.spring.facilitator.FacilitatorReasons;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.ReasonMeaning;
import io.x402.spring.facilitator.Receipts;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.UpstreamText;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

/**
 * Decides what an answer of {@code /settle} proves. Each outcome but an unknown one is
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
	 * answer 400 for anything that goes wrong, such as waiting in vain for their own
	 * transaction.
	 */
	private static final Pattern BEGUN = Pattern.compile("transaction|hash|receipt|broadcast|confirm|pending|progress"
			+ "|settled|settlement|settling|time[sd]?[ _-]?out|revert|nonce|already|duplicate");

	private static final Set<Integer> CATCH_ALL = Set.of(400, 422);

	private SettlementVerdict() {
	}

	/**
	 * Return whether a server refuses to work on a request.
	 * @param answer an answer without a message of the protocol
	 */
	static boolean isRefusal(FacilitatorAnswer answer) {
		return REFUSING.contains(answer.status().value());
	}

	/**
	 * Judge an answer without a message of the protocol.
	 */
	static SettlementOutcome of(FacilitatorAnswer answer) {
		String detail = "settle answered " + answer.describe();
		return (isRefusal(answer) && !mayHaveBegun(answer)) ? new SettlementOutcome.NotExecuted(detail)
				: new SettlementOutcome.Unknown(detail, null);
	}

	private static boolean mayHaveBegun(FacilitatorAnswer answer) {
		String text = answer.text().toLowerCase(Locale.ROOT);
		return MESSAGE.matcher(text).find()
				|| (CATCH_ALL.contains(answer.status().value()) && BEGUN.matcher(text).find());
	}

	static SettlementOutcome of(HttpStatusCode status, SettlementResponse answer, FacilitatorRequest request) {
		return answer.success() ? ofSuccess(status, answer) : ofFailure(status, answer, request);
	}

	private static SettlementOutcome ofSuccess(HttpStatusCode status, SettlementResponse answer) {
		if (!status.is2xxSuccessful() || isPresent(answer.errorReason())) {
			return unknown("settle contradicts itself: HTTP " + status.value() + ", success, reason '"
					+ UpstreamText.excerpt(answer.errorReason()) + "'", answer);
		}
		if (!isWord(answer.transaction()) || !isWord(answer.network()) || !isWord(answer.payer())
				|| !isWord(answer.amount())) {
			return unknown("settle answered with a receipt that cannot be genuine", answer);
		}
		return new SettlementOutcome.Settled(new SettlementResponse(true, null, null, answer.payer(),
				answer.transaction(), answer.network(), answer.amount(), answer.extensions(), answer.extra()));
	}

	private static SettlementOutcome ofFailure(HttpStatusCode status, SettlementResponse answer,
			FacilitatorRequest request) {
		String reason = FacilitatorReasons.word(answer.errorReason());
		if (reason == null || status.is5xxServerError() || !excludesCharge(reason, answer)) {
			return unknown("settle answered HTTP " + status.value() + ", failure, reason '"
					+ UpstreamText.excerpt(answer.errorReason()) + "'", answer);
		}
		return new SettlementOutcome.Declined(ReasonCode.of(reason, ReasonCode.SETTLEMENT_DECLINED),
				Receipts.failure(request, reason, UpstreamText.identifier(answer.transaction())));
	}

	private static boolean excludesCharge(String reason, SettlementResponse answer) {
		ReasonMeaning meaning = FacilitatorReasons.meaning(reason);
		boolean transaction = isPresent(answer.transaction());
		if (meaning == ReasonMeaning.REVERTED) {
			return !transaction && FacilitatorReasons.isRevertedCall(answer.errorReason());
		}
		return (meaning == ReasonMeaning.REFUSED || meaning == ReasonMeaning.REFUSED_NOW) && !transaction;
	}

	private static SettlementOutcome unknown(String detail, SettlementResponse answer) {
		return new SettlementOutcome.Unknown(detail, UpstreamText.identifier(answer.transaction()));
	}

	private static boolean isWord(@Nullable String text) {
		return !isPresent(text) || UpstreamText.identifier(text) != null;
	}

	private static boolean isPresent(@Nullable String text) {
		return text != null && !text.isBlank();
	}

}
