/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Collectors;

import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.http.FacilitatorReasons.Entry;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FacilitatorReasons}.
 */
class FacilitatorReasonsTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "facilitators.md");

	private static final Path EXPECTED = Path.of("target", "facilitator-reasons.md");

	@Test
	void whenTableIsDocumentedThenTheDocumentSaysTheSame() throws IOException {
		String expected = document();
		Files.createDirectories(EXPECTED.getParent());
		Files.writeString(EXPECTED, expected);
		assertThat(Files.readString(DOCUMENT))
			.as("docs/facilitators.md holds the table of FacilitatorReasons: copy %s into it", EXPECTED)
			.contains(expected);
	}

	private static String document() {
		String rows = FacilitatorReasons.entries()
			.stream()
			.sorted(Comparator.comparing(Entry::meaning))
			.map((entry) -> "| `" + entry.word() + "` | " + entry.meaning().label() + " | " + entry.source() + " |\n")
			.collect(Collectors.joining());
		StringBuilder meanings = new StringBuilder();
		for (ReasonMeaning meaning : ReasonMeaning.values()) {
			meanings.append("| ")
				.append(meaning.label())
				.append(" | ")
				.append(meaning.verify())
				.append(" | ")
				.append(meaning.settle())
				.append(" |\n");
		}
		return "| Meaning | as a reason of verify | as a reason of settle |\n|---|---|---|\n" + meanings
				+ "\n| Reason | Meaning | Source |\n|---|---|---|\n" + rows;
	}

	@ParameterizedTest
	@EnumSource
	void whenReasonIsSpelledInAnyWayOfOursThenItIsInTheTable(ReasonCode code) {
		assertThat(code.aliases()).allSatisfy((alias) -> assertThat(FacilitatorReasons.meaning(alias)).isNotNull());
	}

	@Test
	void whenReasonDependsOnWhatWasSignedAloneThenItsDeclineHoldsForRepetitions() {
		for (Entry entry : FacilitatorReasons.entries()) {
			if (entry.meaning() == ReasonMeaning.REFUSED || entry.meaning() == ReasonMeaning.REFUSED_NOW) {
				Declined declined = new Declined(ReasonCode.of(entry.word(), ReasonCode.SETTLEMENT_DECLINED),
						SettlementResponse.failure(entry.word(), FacilitatorRequests.NETWORK, null));
				assertThat(declined.afterEarlierCall() instanceof Declined).as(entry.word())
					.isEqualTo(entry.meaning() == ReasonMeaning.REFUSED);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "insufficient_funds, insufficient_funds", "a: b c, a", "' a : b', a", "a:b:c, a", "':a',", "no way,",
			"'',", "," })
	void whenTextGoesOnAfterAColonThenTheReasonIsWhatStandsBeforeIt(String text, String word) {
		assertThat(FacilitatorReasons.word(text)).isEqualTo(word);
	}

	@ParameterizedTest
	@ValueSource(strings = { "kyt_risk_detected", "invalid_exact_evm_payload_authorization_from_address_kyt",
			"invalid_exact_evm_payload_authorization_to_address_kyt", "request_blocked_by_location" })
	void whenFacilitatorRefusesForComplianceThenThePayerIsRefusedAndItIsNoFault(String word) {
		assertThat(ReasonCode.of(word, ReasonCode.PAYMENT_REJECTED)).isSameAs(ReasonCode.PAYER_REFUSED);
		assertThat(FacilitatorReasons.meaning(word)).isSameAs(ReasonMeaning.REFUSED_NOW);
		assertThat(FacilitatorReasons.isFault(word)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "unexpected_verify_error, true", "settle_exact_node_failure, true", "rpc_unavailable, true",
			"some_rpc_failure, true", "upstream_timed_out, true", "insufficient_funds, false",
			"invalid_exact_evm_nonce_already_used, false", "permit2_deadline_expired, false", "kyt_screening, false",
			"never_heard_of, false", ", false" })
	void whenVerifyIsRefusedThenAFaultOfTheFacilitatorIsToldFromOneOfThePayment(String word, boolean fault) {
		assertThat(FacilitatorReasons.isFault(word)).isEqualTo(fault);
	}

}
