/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.AuthorizationKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Every pair of state and step: where it leads to, or that there is no such step.
 */
class ClaimStepTests {

	/** For columns see the header; {@code -} is a pair that does not exist. */
	private static final String TABLE = """
			step      CLAIMED   VERIFIED  EXECUTED  SETTLING  PENDING   SETTLED   DECLINED ABANDONED EXHAUSTED BOUND
			VERIFY    VERIFIED  -         -         -         -         -         -        -         -         -
			SETTLE    SETTLING  SETTLING  SETTLING  -         -         -         -        -         -         -
			EXECUTE   -         -         -         EXECUTED  -         -         -        -         -         -
			COMPLETE  -         -         -         SETTLED   SETTLED   -         -        -         -         -
			DECLINE   DECLINED  -         -         DECLINED  DECLINED  -         -        -         -         -
			CONFIRM   -         -         -         -         SETTLED   -         -        -         -         -
			DISMISS   -         -         -         -         DECLINED  -         -        -         -         -
			SUSPEND   -         -         -         PENDING   PENDING   -         -        -         -         -
			TAKE      -         -         -         PENDING   PENDING   -         -        -         -         -
			RERUN     -         -         -         -         -         SETTLED   -        -         -         -
			ANSWER    -         -         -         -         -         SETTLED   -        -         -         -
			ABANDON   ABANDONED ABANDONED ABANDONED ABANDONED -         -         -        -         -         -
			EXHAUST   EXHAUSTED EXHAUSTED EXHAUSTED EXHAUSTED -         -         -        -         -         -
			RETRY     -         -         -         -         -         -         -        CLAIMED   -         -
			GIVE_BACK ABANDONED ABANDONED -         ABANDONED -         -         -        -         -         -
			BIND      BOUND     -         -         -         -         -         -        -         -         BOUND
			RELEASE   gone      gone      -         gone      -         -         -        -         -         gone
			""";

	@Test
	void everyPairIsListed() {
		List<String[]> lines = TABLE.lines().map((line) -> line.split("\\s+")).toList();
		String[] states = lines.get(0);
		assertThat(Arrays.asList(states).subList(1, states.length))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(ClaimState.values()).map(Enum::name).toList());
		Map<String, String[]> steps = lines.stream()
			.skip(1)
			.collect(Collectors.toMap((line) -> line[0], (line) -> line));
		assertThat(steps.keySet())
			.isEqualTo(Arrays.stream(ClaimStep.values()).map(Enum::name).collect(Collectors.toSet()));
		for (ClaimStep step : ClaimStep.values()) {
			for (int i = 1; i < states.length; i++) {
				Claim claim = idle(ClaimState.valueOf(states[i]), (step == ClaimStep.GIVE_BACK) ? 1 : 0);
				String expected = steps.get(step.name())[i];
				assertThat(step.isDefinedFor(claim)).as(step + " in " + states[i]).isEqualTo(!expected.equals("-"));
				if (step.isDefinedFor(claim)) {
					assertThat((step.to() != null) ? step.to().name() : "gone").isEqualTo(expected);
				}
				else {
					assertThatIllegalStateException().isThrownBy(() -> step.check(claim));
				}
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "RERUN, SETTLED, true, 0", "GIVE_BACK, CLAIMED, true, 0", "GIVE_BACK, VERIFIED, true, 0",
			"GIVE_BACK, SETTLING, true, 0", "RELEASE, CLAIMED, true, 1", "RELEASE, VERIFIED, true, 1",
			"RELEASE, SETTLING, true, 2" })
	void whenACircumstanceForbidsAStepThenItIsNotDefined(ClaimStep step, ClaimState state, boolean active, int runs) {
		assertThat(step.isDefinedFor(claim(state, active, runs))).isFalse();
	}

	@Test
	void everyChangeTakesAClaimWhereItsStepLeads() {
		List<ClaimChange> changes = List.of(ClaimChange.verified(), ClaimChange.settlingAgain(), ClaimChange.taken(),
				ClaimChange.executed("test"), Payments.settled(Payments.receipt()),
				ClaimChange.declined("test", Payments.receipt()), ClaimChange.rejected(),
				ClaimChange.confirmed(Payments.receipt(), null, "test"),
				ClaimChange.dismissed("test", Payments.receipt(), "test"), ClaimChange.unresolved(Duration.ofHours(1)),
				ClaimChange.rerunning(), ClaimChange.answered(ResponseRecord.none()), ClaimChange.abandoned("test"),
				ClaimChange.exhausted("test"), ClaimChange.retrying(), ClaimChange.notRetried(), ClaimChange.bound());
		Set<ClaimStep> taken = changes.stream().map(ClaimChange::step).collect(Collectors.toSet());
		assertThat(ClaimStep.values()).filteredOn((step) -> !taken.contains(step)).containsExactly(ClaimStep.RELEASE);
		for (ClaimChange change : changes) {
			for (ClaimState state : ClaimState.values()) {
				Claim claim = idle(state, 1);
				if (change.step().isDefinedFor(claim)) {
					assertThat(change.applyTo(claim)).returns(change.step().to(), Claim::state)
						.returns(change.active(), Claim::active);
				}
				else {
					assertThatIllegalStateException().isThrownBy(() -> change.applyTo(claim));
				}
			}
		}
	}

	@Test
	void noLateStepLeavesAClaimActive() {
		assertThat(ClaimChange.settled(Payments.receipt(), null, true).late().active()).isFalse();
		assertThat(ClaimChange.settled(Payments.receipt(), null, true).late().receipt()).isEqualTo(Payments.receipt());
	}

	private static Claim idle(ClaimState state, int runs) {
		return claim(state, false, runs);
	}

	private static Claim claim(ClaimState state, boolean active, int runs) {
		NewClaim claimed = new NewClaim(
				new AuthorizationKey(Payments.NETWORK, Payments.ASSET, Payments.PAYER, Payments.nonce(1)), "request",
				"payload", Instant.now().plusSeconds(60),
				new Sale("purchase", "GET /goods", "exact", BigInteger.TEN, Payments.SELLER, Payments.PAYER));
		return new Claim(claimed, "owner", 3, active ? Claim.Holder.PRESENT : Claim.Holder.NONE,
				new Claim.Progress(state, 0, runs, false, null));
	}

}
