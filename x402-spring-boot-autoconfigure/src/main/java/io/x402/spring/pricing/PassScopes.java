/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import io.x402.spring.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Finds the terms of passes, which are the same for all handlers of one scope.
 */
final class PassScopes {

	private static final int MAX_NAME = 200;

	private final Map<String, PassTerms> scopes = new ConcurrentHashMap<>();

	private final OfferTemplates templates;

	private final BooleanSupplier sold;

	/**
	 * Create an instance that knows no scope yet.
	 * @param templates resolves placeholders
	 * @param sold returns whether passes are sold
	 */
	PassScopes(OfferTemplates templates, BooleanSupplier sold) {
		this.templates = templates;
		this.sold = sold;
	}

	/**
	 * Find the terms of a handler.
	 * @param name tells the handler or route from others, in all instances
	 * @param definitions its offers, at least one
	 * @return the terms, or {@code null} if it sells no passes
	 * @throws InvalidPricingException if it cannot sell them
	 */
	@Nullable PassTerms terms(String name, List<OfferDefinition> definitions) {
		List<PassDefinition> passes = definitions.stream().map(OfferDefinition::pass).distinct().toList();
		if (passes.size() > 1) {
			throw PassTerms.invalid("", "the offers of a handler sell the same pass", "Set it on each of the offers.");
		}
		if (passes.get(0).equals(PassDefinition.NONE)) {
			return null;
		}
		PassTerms terms = PassTerms.of(resolve(passes.get(0)), scope(name));
		check(terms, definitions);
		PassTerms known = this.scopes.putIfAbsent(terms.scope(), terms);
		if (known != null && !known.agreesWith(terms)) {
			throw PassTerms.invalid(terms.scope(), "another handler of this scope sells another pass",
					"Set the same duration and uses for both, or name another scope.");
		}
		return terms;
	}

	private PassDefinition resolve(PassDefinition definition) {
		return new PassDefinition(this.templates.resolve(PassTerms.ATTRIBUTE, definition.duration()), definition.uses(),
				this.templates.resolve(PassTerms.ATTRIBUTE, definition.scope()), definition.sameUser());
	}

	/**
	 * The name of a handler fits into the column of a database.
	 */
	private static String scope(String name) {
		return (name.length() <= MAX_NAME) ? name : Sha256.of(name);
	}

	private void check(PassTerms terms, List<OfferDefinition> definitions) {
		if (!this.sold.getAsBoolean()) {
			throw PassTerms.invalid(terms.named() ? terms.scope() : "",
					"there is no PassStore, or nothing takes passes here",
					"Use one of the stores of x402.store.type or declare a PassStore bean; only handlers of Spring "
							+ "MVC and WebFlux sell passes.");
		}
		if (definitions.stream().anyMatch((definition) -> definition.scheme().rules().isMetered())) {
			throw PassTerms.invalid(terms.named() ? terms.scope() : "", "a metered payment has no fixed price",
					"Use scheme EXACT, or leave pass out.");
		}
		if (definitions.stream().anyMatch(OfferDefinition::transactional)) {
			throw PassTerms.invalid(terms.named() ? terms.scope() : "",
					"a call with a pass has no payment that a transaction could be bound to",
					"Leave transactional or pass out.");
		}
	}

}
