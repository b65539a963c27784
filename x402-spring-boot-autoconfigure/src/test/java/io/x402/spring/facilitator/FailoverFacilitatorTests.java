/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.x402.spring.facilitator.FailoverFacilitator.Member;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link FailoverFacilitator}.
 */
class FailoverFacilitatorTests {

	private static final String SOLANA = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

	private static final FacilitatorRequest REQUEST = FacilitatorRequests.v2();

	private static final Unknown UNKNOWN = new Unknown("timeout", null);

	private static final NotExecuted NOT_SENT = new NotExecuted("connection refused");

	private static final Declined DECLINED = new Declined(ReasonCode.INSUFFICIENT_FUNDS,
			SettlementResponse.failure("insufficient_funds", FacilitatorRequests.NETWORK, FacilitatorRequests.PAYER));

	private final List<String> calls = new ArrayList<>();

	private final Script first = new Script("first");

	private final Script second = new Script("second");

	private final FailoverFacilitator facilitator = failover(Set.of(), Set.of());

	@Test
	void whenFirstVerifiesThenNobodyElseIsAsked() {
		assertThat(this.facilitator.verify(REQUEST)).isInstanceOf(Valid.class);
		assertThat(this.calls).containsExactly("verify first");
	}

	@Test
	void whenFirstSaysThatPaymentIsInvalidThenNobodyElseIsAsked() {
		this.first.verify.add(new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		assertThat(this.facilitator.verify(REQUEST)).isEqualTo(new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		assertThat(this.calls).containsExactly("verify first");
	}

	@Test
	void whenFirstIsUnavailableThenNextVerifiesAndSettles() {
		this.first.verify.add(new Unavailable("down"));
		assertThat(this.facilitator.verify(REQUEST)).isInstanceOf(Valid.class);
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Settled.class);
		assertThat(this.calls).containsExactly("verify first", "verify second", "settle second");
	}

	@Test
	void whenFirstThrowsThenNextVerifies() {
		this.first.verify.add(new Unavailable("throw"));
		assertThat(this.facilitator.verify(REQUEST)).isInstanceOf(Valid.class);
	}

	@Test
	void whenAllAreUnavailableThenSoIsTheWhole() {
		this.first.verify.add(new Unavailable("down"));
		this.second.verify.add(new Unavailable("down too"));
		assertThat(this.facilitator.verify(REQUEST)).isEqualTo(new Unavailable("down too"));
	}

	@Test
	void whenSettlementWasNotSentThenNextSettles() {
		this.first.settle.add(NOT_SENT);
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Settled.class);
		assertThat(this.calls).containsExactly("settle first", "settle second");
	}

	@Test
	void whenSettlementWasSentToNobodyThenItIsCertainlyNotSettledAndMayStartAnew() {
		this.first.settle.add(NOT_SENT);
		this.second.settle.add(NOT_SENT);
		assertThat(this.facilitator.settle(REQUEST)).isEqualTo(NOT_SENT);
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Settled.class);
		assertThat(this.calls).containsExactly("settle first", "settle second", "settle first");
	}

	@Test
	void whenSettlementIsDeclinedThenNobodyElseIsAsked() {
		this.first.settle.add(DECLINED);
		assertThat(this.facilitator.settle(REQUEST)).isEqualTo(DECLINED);
		assertThat(this.calls).containsExactly("settle first");
	}

	@Test
	void whenSettlementMayHaveBeenSentThenItStaysWithThatFacilitatorForGood() {
		this.first.settle.add(UNKNOWN);
		assertThat(this.facilitator.settle(REQUEST)).isEqualTo(UNKNOWN);
		this.first.verify.add(new Unavailable("down"));
		this.facilitator.verify(REQUEST);
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Settled.class);
		assertThat(this.calls).containsExactly("settle first", "verify first", "verify second", "settle first");
	}

	@Test
	void whenRepetitionWasNotSentThenThatProvesNothingAboutTheFirstAttempt() {
		this.first.settle.add(UNKNOWN);
		this.first.settle.add(NOT_SENT);
		this.facilitator.settle(REQUEST);
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Unknown.class);
		assertThat(this.calls).containsExactly("settle first", "settle first");
	}

	@Test
	void whenAPaymentIsBeingSettledThenNoOtherCallOfItLeaves() {
		List<SettlementOutcome> others = new ArrayList<>();
		this.first.during = () -> others.add(this.facilitator.settle(REQUEST));
		this.first.settle.add(NOT_SENT);
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Settled.class);
		assertThat(others).hasOnlyElementsOfType(Unknown.class).hasSize(1);
		assertThat(this.calls).containsExactly("settle first", "settle second");
	}

	@Test
	void whenSettlementThrowsThenItMayHaveBeenSent() {
		this.first.settle.add(new Unknown("throw", null));
		assertThat(this.facilitator.settle(REQUEST)).isInstanceOf(Unknown.class);
		assertThat(this.calls).containsExactly("settle first");
	}

	@Test
	void whenAnotherPaymentFollowsThenItIsNotBoundByTheFirst() {
		this.first.settle.add(NOT_SENT);
		this.second.settle.add(UNKNOWN);
		this.facilitator.settle(REQUEST);
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("nonce", "0x" + "cd".repeat(32));
		this.facilitator.settle(new FacilitatorRequest(
				FacilitatorRequests.v2(FacilitatorRequests.payload("authorization", authorization)),
				REQUEST.requirements(), REQUEST.resource()));
		assertThat(this.calls).containsExactly("settle first", "settle second", "settle first");
	}

	@Test
	void whenSignatureOrLetterCaseDiffersThenItIsTheSamePayment() {
		this.first.settle.add(NOT_SENT);
		this.second.settle.add(UNKNOWN);
		this.facilitator.settle(REQUEST);
		Map<String, Object> authorization = FacilitatorRequests.authorization();
		authorization.put("from", FacilitatorRequests.PAYER.toLowerCase(Locale.ROOT));
		Map<String, Object> payload = FacilitatorRequests.payload("authorization", authorization);
		payload.put("signature", "0x" + "11".repeat(65));
		this.facilitator.settle(
				new FacilitatorRequest(FacilitatorRequests.v2(payload), REQUEST.requirements(), REQUEST.resource()));
		assertThat(this.calls).containsExactly("settle first", "settle second", "settle second");
	}

	@Test
	void whenNetworksAreConfiguredThenOthersAreNotSentThere() {
		FailoverFacilitator split = failover(Set.of(SOLANA), Set.of(FacilitatorRequests.NETWORK));
		split.verify(REQUEST);
		split.settle(REQUEST);
		split.verify(solana(Map.of()));
		assertThat(this.calls).containsExactly("verify second", "settle second", "verify first");
	}

	@Test
	void whenNobodyIsConfiguredForTheNetworkThenNothingIsSent() {
		FailoverFacilitator none = failover(Set.of(SOLANA), Set.of(SOLANA));
		assertThat(none.verify(REQUEST)).isInstanceOf(Unavailable.class);
		assertThat(none.settle(REQUEST)).isInstanceOf(NotExecuted.class);
		assertThat(this.calls).isEmpty();
	}

	@Test
	void whenFirstIsKnownNotToSupportTheKindThenTheOneThatDoesIsAsked() {
		this.first.kinds = List.of(new Kind(2, "exact", SOLANA, null));
		this.second.kinds = List.of(new Kind(2, "exact", FacilitatorRequests.NETWORK, null),
				new Kind(1, "exact", "base-sepolia", null));
		FailoverFacilitator split = known(failover(Set.of(), Set.of()));
		split.verify(REQUEST);
		split.verify(FacilitatorRequests.v1());
		assertThat(this.calls).containsExactly("verify second", "verify second");
	}

	@Test
	void whenNobodyIsKnownToSupportTheKindThenAllAreTriedInOrder() {
		this.first.kinds = List.of();
		this.second.kinds = List.of();
		FailoverFacilitator empty = known(failover(Set.of(), Set.of()));
		this.first.verify.add(new Unavailable("down"));
		empty.verify(REQUEST);
		assertThat(this.calls).containsExactly("verify first", "verify second");
	}

	@Test
	void whenOfferNamesTheFeePayerOfOneThenOnlyThatOneIsAsked() {
		this.first.kinds = List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "one")));
		this.second.kinds = List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "two")));
		FailoverFacilitator split = known(failover(Set.of(), Set.of()));
		split.verify(solana(Map.of("feePayer", "two")));
		this.first.verify.add(new Unavailable("down"));
		assertThat(split.verify(solana(Map.of("feePayer", "one")))).isInstanceOf(Unavailable.class);
		assertThat(this.calls).containsExactly("verify second", "verify first");
	}

	@Test
	void whenBothSupportAKindThenFirstTellsWhatOffersNeed() {
		this.first.kinds = List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "one")));
		this.second.kinds = List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "two")),
				new Kind(2, "exact", FacilitatorRequests.NETWORK, null));
		assertThat(failover(Set.of(), Set.of()).supported()).isEqualTo(new SupportedResponse(
				List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "one")),
						new Kind(2, "exact", FacilitatorRequests.NETWORK, null)),
				List.of("both"), Map.of("eip155:*", List.of("0xfirst", "0xsecond"))));
	}

	@Test
	void whenFirstCannotBeUsedThenNextTellsWhatOffersNeed() {
		this.first.kinds = List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "one")));
		this.second.kinds = List.of(new Kind(2, "exact", SOLANA, Map.of("feePayer", "two")));
		this.first.usable = false;
		assertThat(failover(Set.of(), Set.of()).supported().kinds()).extracting(Kind::extra)
			.containsExactly(Map.of("feePayer", "two"));
	}

	@Test
	void whenNetworkIsLeftToAnotherThenItsKindsDoNotCount() {
		this.first.kinds = List.of(new Kind(2, "exact", FacilitatorRequests.NETWORK, null),
				new Kind(1, "exact", "base-sepolia", null), new Kind(2, "exact", SOLANA, null));
		this.second.kinds = List.of();
		assertThat(failover(Set.of(FacilitatorRequests.NETWORK, "base-sepolia"), Set.of()).supported().kinds())
			.extracting(Kind::network)
			.containsExactly(FacilitatorRequests.NETWORK, "base-sepolia");
	}

	@Test
	void whenOneDoesNotTellWhatItSupportsThenTheOtherCounts() {
		this.first.kinds = null;
		this.second.kinds = List.of(new Kind(2, "exact", FacilitatorRequests.NETWORK, null));
		FailoverFacilitator half = failover(Set.of(), Set.of());
		assertThat(half.supported().supports(ProtocolVersion.V2, "exact", FacilitatorRequests.NETWORK)).isTrue();
		this.second.kinds = null;
		assertThatExceptionOfType(FacilitatorException.class).isThrownBy(failover(Set.of(), Set.of())::supported);
	}

	@Test
	void whenConditionIsAskedForThenThatOfEachIsTold() {
		this.first.usable = false;
		assertThat(this.facilitator.conditions()).containsExactly(new FacilitatorCondition("first", false, ""),
				new FacilitatorCondition("second", true, ""));
		assertThat(this.calls).isEmpty();
	}

	@Test
	void whenOneVerifiesFewPaymentsAtTheSameTimeThenThatHoldsForAll() {
		Facilitator few = new FacilitatorDouble().making(7);
		assertThat(new FailoverFacilitator(List.of(new Member("many", new FacilitatorDouble().making(50), Set.of()),
				new Member("few", few, Set.of()), new Member("any", this.first, Set.of())))
			.maxConcurrentVerifications()).isEqualTo(7);
	}

	@Test
	void whenThereIsNobodyThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new FailoverFacilitator(List.of()));
	}

	private FailoverFacilitator failover(Set<String> networksOfFirst, Set<String> networksOfSecond) {
		return new FailoverFacilitator(List.of(new Member("first", this.first, networksOfFirst),
				new Member("second", this.second, networksOfSecond)));
	}

	private static FailoverFacilitator known(FailoverFacilitator facilitator) {
		facilitator.supported();
		return facilitator;
	}

	private static FacilitatorRequest solana(Map<String, Object> extra) {
		PaymentRequirements offer = new PaymentRequirements("exact", SOLANA, BigInteger.ONE, "mint", "seller", 60,
				extra);
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, Map.of(), Map.of("transaction", "AQAB" + extra.hashCode()), null), offer,
				FacilitatorRequests.RESOURCE);
	}

	/**
	 * A facilitator that answers as told, and then says yes.
	 */
	private final class Script implements MonitoredFacilitator {

		private final String name;

		private final Deque<VerificationOutcome> verify = new ArrayDeque<>();

		private final Deque<SettlementOutcome> settle = new ArrayDeque<>();

		private List<Kind> kinds = List.of(new Kind(2, "exact", FacilitatorRequests.NETWORK, null),
				new Kind(1, "exact", "base-sepolia", null), new Kind(2, "exact", SOLANA, null));

		private final SupportedKinds supported = new SupportedKinds() {

			@Override
			public @Nullable SupportedResponse known() {
				return (Script.this.kinds != null) ? get() : null;
			}

			@Override
			public SupportedResponse get() {
				return load();
			}

		};

		private boolean usable = true;

		private Runnable during = () -> {
		};

		Script(String name) {
			this.name = name;
		}

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			FailoverFacilitatorTests.this.calls.add("verify " + this.name);
			VerificationOutcome outcome = this.verify.isEmpty() ? new Valid(null) : this.verify.remove();
			if (outcome.equals(new Unavailable("throw"))) {
				throw new IllegalStateException("bug");
			}
			return outcome;
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			FailoverFacilitatorTests.this.calls.add("settle " + this.name);
			this.during.run();
			SettlementOutcome outcome = this.settle.isEmpty() ? new Settled(SettlementResponse
				.success("0x" + "5a".repeat(32), FacilitatorRequests.NETWORK, FacilitatorRequests.PAYER))
					: this.settle.remove();
			if (outcome.equals(new Unknown("throw", null))) {
				throw new IllegalStateException("bug");
			}
			return outcome;
		}

		@Override
		public SupportedKinds supportedKinds() {
			return this.supported;
		}

		private SupportedResponse load() {
			if (this.kinds == null) {
				throw new FacilitatorException("down");
			}
			return new SupportedResponse(this.kinds, List.of("both", this.name),
					Map.of("eip155:*", List.of("0x" + this.name)));
		}

		@Override
		public List<FacilitatorCondition> conditions() {
			return List.of(new FacilitatorCondition(this.name, this.usable, ""));
		}

	}

}
