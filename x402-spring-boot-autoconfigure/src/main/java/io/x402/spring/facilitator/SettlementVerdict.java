package io.x402.spring.facilitator;

import java.util.Set;
import java.util.regex.Pattern;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

/**
 * Decides what an answer of {@code /settle} proves. A success needs a successful status;
 * a failure counts only if its reason excludes that money moved or is still moving.
 * Everything else is unknown.
 */
final class SettlementVerdict {

	/**
	 * Words in the reasons of failures that leave the outcome open: something went wrong
	 * rather than was refused, or the authorization was used, perhaps for this very
	 * payment.
	 */
	private static final Pattern OPEN = Pattern.compile(
			"pending|progress|confirm|time_?d?_?out|unexpected|unknown|internal|error|nonce|already|duplicate",
			Pattern.CASE_INSENSITIVE);

	private static final Set<String> REVERTED = Set.of("invalid_exact_evm_transaction_failed", "transaction_reverted",
			"execution_reverted");

	private SettlementVerdict() {
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
		String reason = UpstreamText.reason(answer.errorReason());
		if (reason == null || status.is5xxServerError() || isOpen(reason)
				|| (isPresent(answer.transaction()) && !REVERTED.contains(reason))) {
			return unknown("settle answered HTTP " + status.value() + ", failure, reason '"
					+ UpstreamText.excerpt(answer.errorReason()) + "'", answer);
		}
		return new SettlementOutcome.Declined(ReasonCode.of(reason, ReasonCode.SETTLEMENT_DECLINED),
				Receipts.failure(request, reason, UpstreamText.identifier(answer.transaction())));
	}

	private static boolean isOpen(String reason) {
		ReasonCode code = ReasonCode.of(reason, ReasonCode.SETTLEMENT_DECLINED);
		return OPEN.matcher(reason).find() || code == ReasonCode.NONCE_ALREADY_USED || code.retryable()
				|| code.charged() != ReasonCode.Charged.NO;
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
