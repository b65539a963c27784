/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.ArrayList;
import java.util.List;

import io.x402.spring.pricing.PassTerms;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the cookies that a browser has sent. Those that open nothing any more are
 * deleted. One without uses is kept for as long as a call that is running can give its
 * use back.
 */
final class PassCookieChanges {

	private final PassTerms terms;

	private final List<String> values = new ArrayList<>(0);

	PassCookieChanges(PassTerms terms) {
		this.terms = terms;
	}

	/**
	 * A token lets the request in.
	 * @return values of {@code Set-Cookie}
	 */
	List<String> keep(PassToken token) {
		this.values.add(PassCookie.keep(token, this.terms));
		return this.values;
	}

	/**
	 * A token does not let the request in.
	 * @param use why, or {@code null} if it opens no pass
	 */
	void refused(PassToken token, @Nullable PassUse use) {
		if (use == null || use.isOver()) {
			this.values.add(PassCookie.delete(token, this.terms));
		}
		else if (use.left() == 0) {
			this.values.add(PassCookie.keepForAWhile(token, this.terms));
		}
	}

	/**
	 * Return the changes.
	 * @return values of {@code Set-Cookie}
	 */
	List<String> values() {
		return this.values;
	}

}
