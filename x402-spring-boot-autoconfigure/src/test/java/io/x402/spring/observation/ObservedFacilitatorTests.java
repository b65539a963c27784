/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ObservedFacilitatorTests {

	private static final String TRANSACTION = "0x" + "ab".repeat(32);

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final FacilitatorRequest request = ObservedPayments.request();

	private Function<FacilitatorRequest, VerificationOutcome> verify = (request) -> new Valid(null);

	private Function<FacilitatorRequest, SettlementOutcome> settle = (request) -> settled(TRANSACTION);

	@Test
	void whenPaymentIsValidThenRecordsOfferAndPayer() {
		observed().verify(this.request);
		assertThatRegistry().hasSingleObservationThat()
			.hasNameEqualTo("x402.verify")
			.hasContextualNameEqualTo("x402 verify")
			.hasBeenStarted()
			.hasBeenStopped()
			.hasLowCardinalityKeyValue("operation", "verify")
			.hasLowCardinalityKeyValue("network", "eip155:84532")
			.hasLowCardinalityKeyValue("scheme", "exact")
			.hasLowCardinalityKeyValue("version", "2")
			.hasLowCardinalityKeyValue("outcome", "valid")
			.hasLowCardinalityKeyValue("reason", "none")
			.hasHighCardinalityKeyValue("payer", ObservedPayments.BUYER.address())
			.hasHighCardinalityKeyValue("amount", "1250000")
			.hasHighCardinalityKeyValue("transaction", "none");
	}

	@Test
	void whenPaymentIsInvalidThenRecordsReasonFromTheTable() {
		this.verify = (request) -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "free text 4711");
		observed().verify(this.request);
		assertThatRegistry().hasSingleObservationThat()
			.hasLowCardinalityKeyValue("outcome", "invalid")
			.hasLowCardinalityKeyValue("reason", "insufficient_funds")
			.doesNotHaveError();
	}

	@Test
	void whenFacilitatorVerifiesFewPaymentsAtTheSameTimeThenThatIsKnown() {
		Facilitator few = new FacilitatorDouble().making(7);
		assertThat(new ObservedFacilitator(few, this.registry, null).maxConcurrentVerifications()).isEqualTo(7);
	}

	@Test
	void whenFacilitatorIsUnavailableThenRecordsUnavailable() {
		this.verify = (request) -> new Unavailable("HTTP 500");
		observed().verify(this.request);
		assertThatRegistry().hasSingleObservationThat()
			.hasLowCardinalityKeyValue("outcome", "unavailable")
			.hasLowCardinalityKeyValue("reason", "facilitator_unavailable");
	}

	@Test
	void whenPaymentIsSettledThenRecordsTransaction() {
		observed().settle(this.request);
		assertThatRegistry().hasSingleObservationThat()
			.hasNameEqualTo("x402.settle")
			.hasLowCardinalityKeyValue("operation", "settle")
			.hasLowCardinalityKeyValue("outcome", "settled")
			.hasLowCardinalityKeyValue("reason", "none")
			.hasHighCardinalityKeyValue("transaction", TRANSACTION);
	}

	@Test
	void whenSettlementIsDeclinedThenRecordsReason() {
		this.settle = (request) -> new Declined(ReasonCode.EXPIRED,
				SettlementResponse.failure("payment_expired", "made-up-network", null));
		observed().settle(this.request);
		assertThatRegistry().hasSingleObservationThat()
			.hasLowCardinalityKeyValue("outcome", "declined")
			.hasLowCardinalityKeyValue("reason", ReasonCode.EXPIRED.code())
			.hasLowCardinalityKeyValue("network", "eip155:84532")
			.hasHighCardinalityKeyValue("transaction", "none");
	}

	@Test
	void whenOutcomeIsUnknownThenRecordsUnknown() {
		this.settle = (request) -> new Unknown("timed out", TRANSACTION);
		observed().settle(this.request);
		assertThatRegistry().hasSingleObservationThat()
			.hasLowCardinalityKeyValue("outcome", "unknown")
			.hasLowCardinalityKeyValue("reason", "settlement_pending")
			.hasHighCardinalityKeyValue("transaction", TRANSACTION);
	}

	@Test
	void whenCallLastsThenOutcomeIsNone() {
		AtomicReference<String> outcome = new AtomicReference<>();
		this.settle = (request) -> {
			Observation current = this.registry.getCurrentObservation();
			KeyValue keyValue = (current != null) ? current.getContext().getLowCardinalityKeyValue("outcome") : null;
			outcome.set((keyValue != null) ? keyValue.getValue() : null);
			return settled(TRANSACTION);
		};
		observed().settle(this.request);
		assertThat(outcome).hasValue("none");
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	@Test
	void whenFacilitatorThrowsThenThrowsTheSameAndRecordsTypeWithoutText() {
		IllegalStateException failure = new IllegalStateException(ObservedPayments.nonce(this.request));
		this.settle = (request) -> {
			throw failure;
		};
		assertThatIllegalStateException().isThrownBy(() -> observed().settle(this.request)).isSameAs(failure);
		assertThatRegistry().hasSingleObservationThat()
			.hasLowCardinalityKeyValue("outcome", "unknown")
			.hasBeenStopped()
			.thenError()
			.hasMessage("java.lang.IllegalStateException")
			.hasNoCause();
	}

	@Test
	void whenTransactionOrPayerIsPartOfThePaymentThenRecordsNone() {
		String nonce = ObservedPayments.nonce(this.request);
		for (String transaction : List.of(nonce, nonce.substring(2), nonce.toUpperCase(Locale.ROOT), "x".repeat(129))) {
			this.settle = (request) -> settled(transaction);
			observed().settle(this.request);
		}
		assertThatRegistry().hasNumberOfObservationsEqualTo(4)
			.forAllObservationsWithNameEqualTo("x402.settle",
					(context) -> context.hasHighCardinalityKeyValue("transaction", "none"));
	}

	@Test
	void whenPayloadDoesNotShowPayerThenRecordsPayerOfTheFacilitator() {
		Map<String, Object> payload = Map.of("transaction", "AQAAsigned");
		observed((request) -> new Valid("7xKX")).verify(ObservedPayments.request(ObservedPayments.offer(), payload));
		assertThatRegistry().hasSingleObservationThat().hasHighCardinalityKeyValue("payer", "7xKX");
	}

	@Test
	void whenPayerOfTheFacilitatorIsPartOfThePaymentThenRecordsNone() {
		Map<String, Object> payload = Map.of("transaction", "AQAAsigned");
		observed((request) -> new Valid("AQAAsigned"))
			.verify(ObservedPayments.request(ObservedPayments.offer(), payload));
		assertThatRegistry().hasSingleObservationThat().hasHighCardinalityKeyValue("payer", "none");
	}

	@ParameterizedTest
	@EnumSource(Step.class)
	void whenHandlerThrowsThenSettlementIsReturned(Step failing) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new FailingHandler(failing));
		SettlementOutcome settled = settled(TRANSACTION);
		SettlementOutcome outcome = new ObservedFacilitator(facilitator((request) -> settled), registry, null)
			.settle(this.request);
		assertThat(outcome).isSameAs(settled);
		assertThat(registry.getCurrentObservationScope()).isNull();
	}

	@Test
	void whenConventionThrowsThenSettlementIsReturned() {
		FacilitatorObservationConvention convention = new DefaultFacilitatorObservationConvention() {
			@Override
			public KeyValues getLowCardinalityKeyValues(FacilitatorObservationContext context) {
				throw new NoSuchMethodError("of another version");
			}
		};
		assertThat(new ObservedFacilitator(facilitator(this.settle), this.registry, convention).settle(this.request))
			.isInstanceOf(Settled.class);
	}

	@Test
	void whenConventionIsGivenThenItsKeyValuesAreUsedUnderTheDocumentedNames() {
		FacilitatorObservationConvention convention = new DefaultFacilitatorObservationConvention() {
			@Override
			public KeyValues getLowCardinalityKeyValues(FacilitatorObservationContext context) {
				return super.getLowCardinalityKeyValues(context).and("shop", "north");
			}
		};
		Facilitator observed = new ObservedFacilitator(facilitator(this.settle), this.registry, convention);
		observed.verify(this.request);
		observed.settle(this.request);
		assertThatRegistry().hasObservationWithNameEqualTo("x402.verify")
			.that()
			.hasLowCardinalityKeyValue("shop", "north")
			.hasLowCardinalityKeyValue("outcome", "valid");
		assertThatRegistry().hasObservationWithNameEqualTo("x402.settle")
			.that()
			.hasLowCardinalityKeyValue("shop", "north");
	}

	@Test
	void whenGlobalConventionSupportsTheContextThenItIsUsed() {
		this.registry.observationConfig().observationConvention(new GlobalConvention());
		observed().settle(this.request);
		assertThatRegistry().hasSingleObservationThat().hasNameEqualTo("settlements");
	}

	@Test
	void whenRegistryIsNoopThenOnlyDelegates() {
		SettlementOutcome settled = settled(TRANSACTION);
		assertThat(new ObservedFacilitator(facilitator((request) -> settled), ObservationRegistry.NOOP, null)
			.settle(this.request)).isSameAs(settled);
	}

	private TestObservationRegistryAssert assertThatRegistry() {
		return TestObservationRegistryAssert.assertThat(this.registry);
	}

	private Facilitator observed() {
		return new ObservedFacilitator(facilitator(this.settle), this.registry, null);
	}

	private Facilitator observed(Function<FacilitatorRequest, VerificationOutcome> verify) {
		this.verify = verify;
		return observed();
	}

	private Facilitator facilitator(Function<FacilitatorRequest, SettlementOutcome> settle) {
		return new StubFacilitator(this.verify, settle);
	}

	private static SettlementOutcome settled(String transaction) {
		return new Settled(SettlementResponse.success(transaction, "made-up-network", "somebody"));
	}

	private record StubFacilitator(Function<FacilitatorRequest, VerificationOutcome> verification,
			Function<FacilitatorRequest, SettlementOutcome> settlement) implements Facilitator {

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			return this.verification.apply(request);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			return this.settlement.apply(request);
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(new ArrayList<>(), List.of(), Map.of());
		}

	}

	enum Step {

		START, OPEN, CLOSE, STOP

	}

	private record FailingHandler(Step failing) implements ObservationHandler<Observation.Context> {

		private void pass(Step step) {
			if (step == this.failing) {
				throw new IllegalArgumentException("handler failed");
			}
		}

		@Override
		public void onStart(Observation.Context context) {
			pass(Step.START);
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			pass(Step.OPEN);
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			pass(Step.CLOSE);
		}

		@Override
		public void onStop(Observation.Context context) {
			pass(Step.STOP);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	private static final class GlobalConvention extends DefaultFacilitatorObservationConvention
			implements GlobalObservationConvention<FacilitatorObservationContext> {

		@Override
		public @Nullable String getName() {
			return "settlements";
		}

	}

}
