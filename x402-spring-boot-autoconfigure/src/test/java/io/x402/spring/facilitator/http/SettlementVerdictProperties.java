/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.http.FacilitatorReasons.Entry;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever status and body a facilitator answers {@code /settle} with, an outcome other
 * than an unknown one is on a closed list that is written down here a second time.
 */
class SettlementVerdictProperties {

	private static final String HASH = "0x" + "5a".repeat(32);

	private static final Set<Integer> REFUSING = Set.of(400, 401, 402, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415,
			417, 421, 422, 425, 426, 428, 429, 431, 451);

	private static final Set<String> REFUSED = words(ReasonMeaning.REFUSED, ReasonMeaning.REFUSED_NOW);

	private static final Set<String> REVERTED = words(ReasonMeaning.REVERTED);

	private static final PaymentCodec CODEC = new PaymentCodec();

	@Property(seed = "1")
	void whenFacilitatorAnswersAnythingThenTheOutcomeIsProvedOrUnknown(@ForAll("statuses") int status,
			@ForAll("bodies") String body) {
		FacilitatorResponse answer = answer(status, body);
		SettlementResponse message = answer.message(SettlementResponse.class);
		SettlementOutcome outcome = (message != null)
				? SettlementVerdict.of(answer.status(), message, FacilitatorRequests.v2())
				: SettlementVerdict.of(answer);
		if (outcome instanceof Settled) {
			assertThat(status).isBetween(200, 299);
			assertThat(message.success()).isTrue();
		}
		else if (outcome instanceof Declined) {
			assertThat(status).isLessThan(500).matches((value) -> value < 300 || value >= 400);
			assertThat(message.success()).isFalse();
			assertThat(message.errorReason()).isNotNull();
			String word = message.errorReason().split(":", 2)[0].strip();
			if (message.transactionOrNull() == null) {
				assertThat(REFUSED.contains(word)
						|| (REVERTED.contains(word) && message.errorReason().contains("The contract function ")))
					.as(message.errorReason())
					.isTrue();
			}
			else {
				assertThat(REVERTED).contains(word);
			}
		}
		else if (outcome instanceof NotExecuted) {
			assertThat(REFUSING).contains(status);
			assertThat(message).isNull();
			assertThat(body).doesNotContain("\"success\"", "\"transaction\"", HASH);
		}
		else {
			assertThat(outcome).isInstanceOf(Unknown.class);
		}
	}

	@Property(seed = "1")
	void whenReasonIsNotInTheTableThenTheOutcomeIsUnknown(@ForAll("statuses") int status,
			@ForAll("unknownWords") String word, @ForAll boolean transaction) {
		SettlementResponse message = new SettlementResponse(false, word, null, null, transaction ? HASH : "", null,
				null, null, null);
		assertThat(SettlementVerdict.of(HttpStatusCode.valueOf(status), message, FacilitatorRequests.v2()))
			.isInstanceOf(Unknown.class);
	}

	@Provide
	Arbitrary<Integer> statuses() {
		return Arbitraries.oneOf(Arbitraries.integers().between(200, 599), Arbitraries.of(200, 202, 307, 308, 400, 401,
				402, 403, 404, 405, 408, 409, 413, 422, 429, 499, 500, 502, 503, 504));
	}

	@Provide
	Arbitrary<String> bodies() {
		Arbitrary<String> flag = Arbitraries.of("true", "false", "\"false\"", "null", "0");
		Arbitrary<String> transaction = Arbitraries.of("", HASH, "pending", "0x12");
		Arbitrary<String> message = Combinators.combine(flag, reasons(), transaction)
			.as((success, reason, hash) -> "{\"success\":%s,\"errorReason\":\"%s\",\"transaction\":\"%s\"}"
				.formatted(success, reason, hash));
		Arbitrary<String> cut = Combinators.combine(message, Arbitraries.integers().between(0, 60))
			.as((text, length) -> text.substring(0, Math.min(length, text.length())));
		return Arbitraries.oneOf(message, cut,
				Arbitraries.of("", "{}", "[]", "null", "<html>nginx</html>",
						"{\"error\":\"Invalid request: Timed out while waiting for transaction\"}",
						"{\"error\":\"rate limited\"}", "{\"errorType\":\"payment_method_required\"}"));
	}

	private Arbitrary<String> reasons() {
		List<String> known = FacilitatorReasons.entries().stream().map(Entry::word).toList();
		return Arbitraries.oneOf(Arbitraries.of(known), unknownWords(),
				Combinators
					.combine(Arbitraries.of(known), Arbitraries.of("The contract function reverted", "Timed out", ""))
					.as((word, detail) -> word + ": " + detail));
	}

	@Provide
	Arbitrary<String> unknownWords() {
		Arbitrary<String> pieces = Arbitraries.of("invalid", "exact", "evm", "settle", "failed", "insufficient",
				"balance", "signature", "refused", "declined", "x");
		return pieces.list()
			.ofMinSize(1)
			.ofMaxSize(6)
			.map((words) -> String.join("_", words))
			.filter((word) -> FacilitatorReasons.meaning(word) == null);
	}

	private static FacilitatorResponse answer(int status, String body) {
		return new FacilitatorResponse(HttpStatusCode.valueOf(status), body.getBytes(StandardCharsets.UTF_8), null)
			.read(CODEC, SettlementResponse.class);
	}

	private static Set<String> words(ReasonMeaning... meanings) {
		Set<ReasonMeaning> all = Set.of(meanings);
		return FacilitatorReasons.entries()
			.stream()
			.filter((entry) -> all.contains(entry.meaning()))
			.map(Entry::word)
			.collect(Collectors.toSet());
	}

}
