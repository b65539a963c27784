/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.Pass;

/**
 * A pass as it is written in an annotation or a route. Every attribute means what the
 * attribute of that name of {@link Pass} means.
 *
 * @param duration time from the delivery of the pass to its end, empty for no end
 * @param uses number of calls, zero for any number
 * @param scope name of what it opens, empty for the handler or route
 * @param sameUser whether it is bound to its user
 * @since 0.2.0
 */
public record PassDefinition(String duration, int uses, String scope, boolean sameUser) {

	/** No pass is sold. */
	public static final PassDefinition NONE = new PassDefinition("", 0, "", false);

	static PassDefinition of(Pass annotation) {
		return new PassDefinition(annotation.duration(), annotation.uses(), annotation.scope(), annotation.sameUser());
	}

}
