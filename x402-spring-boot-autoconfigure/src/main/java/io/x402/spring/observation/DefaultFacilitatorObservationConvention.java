/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.x402.spring.observation.FacilitatorObservationContext.Operation;
import io.x402.spring.observation.FacilitatorObservationContext.Outcome;
import io.x402.spring.observation.FacilitatorObservationDocumentation.HighCardinalityKeyNames;
import io.x402.spring.observation.FacilitatorObservationDocumentation.LowCardinalityKeyNames;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Default {@link FacilitatorObservationConvention}, made to be extended by conventions
 * that add key values. Immutable.
 *
 * @since 0.1.0
 */
public class DefaultFacilitatorObservationConvention implements FacilitatorObservationConvention {

	private static final Function<Operation, KeyValue> OPERATION = keyValues(Operation.class,
			LowCardinalityKeyNames.OPERATION, DefaultFacilitatorObservationConvention::lowerCase);

	private static final Function<Outcome, KeyValue> OUTCOME = keyValues(Outcome.class, LowCardinalityKeyNames.OUTCOME,
			DefaultFacilitatorObservationConvention::lowerCase);

	private static final KeyValue OUTCOME_NONE = KeyValue.of(LowCardinalityKeyNames.OUTCOME, KeyValue.NONE_VALUE);

	private static final Function<ReasonCode, KeyValue> REASON = keyValues(ReasonCode.class,
			LowCardinalityKeyNames.REASON, ReasonCode::code);

	private static final KeyValue REASON_NONE = KeyValue.of(LowCardinalityKeyNames.REASON, KeyValue.NONE_VALUE);

	private static final Function<ProtocolVersion, KeyValue> VERSION = keyValues(ProtocolVersion.class,
			LowCardinalityKeyNames.VERSION, (version) -> Integer.toString(version.number()));

	private static final KeyValue PAYER_NONE = KeyValue.of(HighCardinalityKeyNames.PAYER, KeyValue.NONE_VALUE);

	private static final KeyValue TRANSACTION_NONE = KeyValue.of(HighCardinalityKeyNames.TRANSACTION,
			KeyValue.NONE_VALUE);

	private final @Nullable String name;

	/**
	 * Create a convention that leaves the names of the observations as documented.
	 */
	public DefaultFacilitatorObservationConvention() {
		this(null);
	}

	/**
	 * Create a convention.
	 * @param name name for the observations, or {@code null} to leave the documented ones
	 */
	public DefaultFacilitatorObservationConvention(@Nullable String name) {
		this.name = name;
	}

	@Override
	public @Nullable String getName() {
		return this.name;
	}

	@Override
	public String getContextualName(FacilitatorObservationContext context) {
		return "x402 " + lowerCase(context.getOperation());
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(FacilitatorObservationContext context) {
		return KeyValues.of(KeyValue.of(LowCardinalityKeyNames.NETWORK, context.getRequirements().network()),
				OPERATION.apply(context.getOperation()), outcome(context.getOutcome()), reason(context.getReason()),
				KeyValue.of(LowCardinalityKeyNames.SCHEME, context.getRequirements().scheme()),
				VERSION.apply(context.getVersion()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(FacilitatorObservationContext context) {
		return KeyValues.of(KeyValue.of(HighCardinalityKeyNames.AMOUNT, context.getRequirements().amount().toString()),
				payer(context.getPayer()), transaction(context.getTransaction()));
	}

	private static KeyValue outcome(@Nullable Outcome outcome) {
		return (outcome != null) ? OUTCOME.apply(outcome) : OUTCOME_NONE;
	}

	private static KeyValue reason(@Nullable ReasonCode reason) {
		return (reason != null) ? REASON.apply(reason) : REASON_NONE;
	}

	private static KeyValue payer(@Nullable String payer) {
		return (payer != null) ? KeyValue.of(HighCardinalityKeyNames.PAYER, payer) : PAYER_NONE;
	}

	private static KeyValue transaction(@Nullable String transaction) {
		return (transaction != null) ? KeyValue.of(HighCardinalityKeyNames.TRANSACTION, transaction) : TRANSACTION_NONE;
	}

	private static String lowerCase(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return a function from constants to key values that are made once.
	 */
	private static <E extends Enum<E>> Function<E, KeyValue> keyValues(Class<E> type, KeyName name,
			Function<E, String> text) {
		KeyValue[] values = Arrays.stream(type.getEnumConstants())
			.map((value) -> KeyValue.of(name, text.apply(value)))
			.toArray(KeyValue[]::new);
		return (value) -> values[value.ordinal()];
	}

}
