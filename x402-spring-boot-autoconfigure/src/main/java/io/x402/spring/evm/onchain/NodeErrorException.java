/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.Locale;

/**
 * A node that responded to a call with an error.
 */
final class NodeErrorException extends RuntimeException {

	private static final int REVERTED = 3;

	private final int code;

	private final String text;

	private final String data;

	/**
	 * Create an exception.
	 * @param code code of the error
	 * @param text text of the error, which is not made part of the message
	 * @param data revert data, {@code 0x} if there is none
	 */
	NodeErrorException(int code, String text, String data) {
		super("the node responded with error " + code);
		this.code = code;
		this.text = text.toLowerCase(Locale.ROOT);
		this.data = data;
	}

	/**
	 * Return whether the called contract refused, as every other node would say too.
	 */
	boolean isRevert() {
		return this.code == REVERTED || this.data.length() > 2 || this.text.contains("revert");
	}

	boolean mentions(String... words) {
		for (String word : words) {
			if (this.text.contains(word)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return whether a contract refused with a custom error.
	 * @param selector its selector, {@code 0x} and eight digits
	 */
	boolean isCustomError(String selector) {
		return this.data.startsWith(selector);
	}

}
