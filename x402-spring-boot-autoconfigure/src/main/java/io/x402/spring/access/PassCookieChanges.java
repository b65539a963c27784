/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.ArrayList;
import java.util.List;

import io.x402.spring.pricing.PassTerms;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the cookies that a browser has sent. Those that open nothing any more are
 * deleted. One without uses is kept for as long as a call that is running can give its
 * use back. A browser that has no room for another one and must pay loses the one with
 * the least left, so that no cookie is ever out of sight behind others.
 */
final class PassCookieChanges {

	private final PassTerms terms;

	private final List<String> values = new ArrayList<>(0);

	private int kept;

	private @Nullable PassToken least;

	private long left = Long.MAX_VALUE;

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
			return;
		}
		if (use.refusal() == ReasonCode.STORE_UNAVAILABLE) {
			// May let the request in when it is repeated, and so leaves no room to make
			return;
		}
		this.kept++;
		if (use.left() == 0) {
			this.values.add(PassCookie.keepForAWhile(token, this.terms));
		}
		if (use.left() < this.left) {
			this.least = token;
			this.left = use.left();
		}
	}

	/**
	 * No token lets the request in.
	 * @return values of {@code Set-Cookie}
	 */
	List<String> makeRoom() {
		if (this.least != null && this.kept == PassCookie.MOST) {
			this.values.add(PassCookie.delete(this.least, this.terms));
		}
		return this.values;
	}

}
