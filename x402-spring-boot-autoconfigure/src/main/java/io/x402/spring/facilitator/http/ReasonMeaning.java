/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

/**
 * What a known reason of a facilitator proves about a payment.
 */
enum ReasonMeaning {

	/**
	 * Refused before anything was sent, for what was signed alone: a repetition is
	 * refused for it only if the first request was.
	 */
	REFUSED("refused", "invalid", "declined"),

	/**
	 * Refused before anything was sent, for something that can change: time, balance,
	 * policy, contracts, configuration. An earlier settlement of the same payment can be
	 * the cause.
	 */
	REFUSED_NOW("refused now", "invalid", "declined; unknown if the payment may have been submitted before"),

	/**
	 * A simulation failed, for a reason that is not told. The authorization may have been
	 * used, and the node may be at fault.
	 */
	SIMULATED("simulation failed", "invalid", "unknown"),

	/**
	 * A contract refused. Once a transaction was sent, everybody can see the
	 * authorization, and someone else may have executed it first.
	 */
	REVERTED("reverted", "invalid",
			"declined if no transaction was made and the contract says for another reason than a used authorization, "
					+ "else unknown; unknown if the payment may have been submitted before"),

	/** The authorization was used, perhaps for this very payment. */
	USED("used", "invalid", "unknown"),

	/** A fault of the facilitator or its node, or a settlement that is not over. */
	FAULT("fault or open", "unavailable", "unknown");

	private final String label;

	private final String verify;

	private final String settle;

	ReasonMeaning(String label, String verify, String settle) {
		this.label = label;
		this.verify = verify;
		this.settle = settle;
	}

	String label() {
		return this.label;
	}

	/**
	 * Return what it means as a reason of {@code /verify}, for the documentation.
	 */
	String verify() {
		return this.verify;
	}

	/**
	 * Return what it means as a reason of {@code /settle}, for the documentation.
	 */
	String settle() {
		return this.settle;
	}

}
