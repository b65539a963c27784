/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.math.BigDecimal;
import java.util.Locale;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.client.RefusalReason;
import io.x402.spring.observation.PurchaseObservationContext.Outcome;
import io.x402.spring.observation.PurchaseObservationDocumentation.HighCardinalityKeyNames;
import io.x402.spring.observation.PurchaseObservationDocumentation.LowCardinalityKeyNames;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Default {@link PurchaseObservationConvention}, made to be extended by conventions that
 * add key values. Immutable.
 *
 * @since 0.1.0
 */
public class DefaultPurchaseObservationConvention implements PurchaseObservationConvention {

	@Override
	public String getContextualName(PurchaseObservationContext context) {
		return "x402 purchase";
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(PurchaseObservationContext context) {
		return KeyValues.of(KeyValue.of(LowCardinalityKeyNames.ASSET, context.getAsset()),
				KeyValue.of(LowCardinalityKeyNames.NETWORK, context.getNetwork()), outcome(context.getOutcome()),
				reason(context.getRefusal()), KeyValue.of(LowCardinalityKeyNames.SCHEME, context.getScheme()),
				version(context.getTerms()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(PurchaseObservationContext context) {
		return KeyValues.of(amount(context.getTerms()), attempts(context.getPurchase()),
				KeyValue.of(HighCardinalityKeyNames.HOST, context.getHost()), transaction(context.getPurchase()));
	}

	private static KeyValue outcome(@Nullable Outcome outcome) {
		return keyValue(LowCardinalityKeyNames.OUTCOME,
				(outcome != null) ? outcome.name().toLowerCase(Locale.ROOT) : null);
	}

	private static KeyValue reason(@Nullable RefusalReason refusal) {
		return keyValue(LowCardinalityKeyNames.REASON, (refusal != null) ? refusal.code() : null);
	}

	private static KeyValue version(@Nullable PurchaseTerms terms) {
		return keyValue(LowCardinalityKeyNames.VERSION,
				(terms != null) ? Integer.toString(terms.version().number()) : null);
	}

	private static KeyValue amount(@Nullable PurchaseTerms terms) {
		BigDecimal price = (terms != null) ? terms.price() : null;
		return keyValue(HighCardinalityKeyNames.AMOUNT, (price != null) ? price.toPlainString() : null);
	}

	private static KeyValue attempts(@Nullable Purchase purchase) {
		return KeyValue.of(HighCardinalityKeyNames.ATTEMPTS,
				Integer.toString((purchase != null) ? purchase.attempts() : 0));
	}

	private static KeyValue transaction(@Nullable Purchase purchase) {
		SettlementResponse receipt = (purchase != null) ? purchase.receipt() : null;
		return keyValue(HighCardinalityKeyNames.TRANSACTION, (receipt != null) ? receipt.transaction() : null);
	}

	private static KeyValue keyValue(KeyName name, @Nullable String value) {
		return KeyValue.of(name, (value != null && !value.isEmpty()) ? value : KeyValue.NONE_VALUE);
	}

}
