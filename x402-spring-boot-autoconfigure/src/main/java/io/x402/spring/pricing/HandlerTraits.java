/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.function.BooleanSupplier;

import io.x402.spring.PaymentFlow;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a price has besides offers, and refuses what its handler cannot have.
 */
final class HandlerTraits {

	private final OfferTemplates templates;

	private final FreeCallers freeCallers;

	private final @Nullable FreeQuota freeQuota;

	private final BooleanSupplier transactions;

	/**
	 * Create an instance.
	 * @param templates resolves texts
	 * @param freeCallers finds callers who do not pay
	 * @param freeQuota quota of prices that set none, empty if they have none
	 * @param transactions returns whether a transaction can be bound to a payment
	 * @throws InvalidPricingException if the quota cannot be read
	 */
	HandlerTraits(OfferTemplates templates, FreeCallers freeCallers, String freeQuota, BooleanSupplier transactions) {
		this.templates = templates;
		this.freeCallers = freeCallers;
		this.freeQuota = freeQuota(FreeQuota.PROPERTY, freeQuota);
		this.transactions = transactions;
	}

	Pricing.Traits of(String name, List<OfferDefinition> definitions, Prepaid prepaid) {
		boolean transactional = definitions.stream().anyMatch(OfferDefinition::transactional);
		if (transactional) {
			checkTransaction(definitions);
		}
		return new Pricing.Traits(transactional, definitions.stream().allMatch(OfferDefinition::discoverable),
				freeQuota(definitions), freeCallers(definitions), prepaid.passes().terms(name, definitions),
				prepaid.topUps().named(definitions));
	}

	private @Nullable FreeQuota freeQuota(List<OfferDefinition> definitions) {
		List<String> quotas = definitions.stream()
			.map((definition) -> this.templates.resolve(FreeQuota.ATTRIBUTE, definition.freeQuota()))
			.filter((quota) -> !quota.isEmpty())
			.distinct()
			.toList();
		if (quotas.size() > 1) {
			throw new InvalidPricingException(FreeQuota.ATTRIBUTE, String.join(", ", quotas),
					"the offers of a handler share one free quota", "Set it on one of the offers.");
		}
		return quotas.isEmpty() ? this.freeQuota : freeQuota(FreeQuota.ATTRIBUTE, quotas.get(0));
	}

	private static @Nullable FreeQuota freeQuota(String attribute, String text) {
		return (text.isEmpty() || FreeQuota.NONE.equals(text)) ? null : FreeQuota.of(attribute, text);
	}

	private @Nullable CallerExpression freeCallers(List<OfferDefinition> definitions) {
		return this.freeCallers.of(definitions.stream()
			.map((definition) -> this.templates.resolve("freeFor", definition.freeFor()))
			.filter((expression) -> !expression.isEmpty())
			.toList());
	}

	private void checkTransaction(List<OfferDefinition> definitions) {
		if (definitions.stream().anyMatch((definition) -> this.templates.flow(definition) == PaymentFlow.UPFRONT)) {
			throw new InvalidPricingException("transactional", "true",
					"an upfront payment is settled before the handler runs, whatever becomes of its transaction",
					"Use the flow AUTHORIZATION, or leave transactional out.");
		}
		if (!this.transactions.getAsBoolean()) {
			throw new InvalidPricingException("transactional", "true",
					"there is no transaction manager, or more than one and none is primary",
					"Declare one, for example with spring-boot-starter-jdbc or spring-boot-starter-data-jpa, "
							+ "or leave transactional out.");
		}
	}

}
