/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

/**
 * Reasons that facilitators give for a failed settlement, and what the model takes them
 * to prove. Written down apart from the table of the product on purpose.
 */
enum Word {

	// @formatter:off
	NODE_FAILURE("settle_exact_node_failure", Proof.NOTHING),
	TRANSACTION_FAILED("transaction_failed", Proof.NOTHING),
	EXECUTION_FAILED("failed_to_execute_transfer", Proof.NOTHING),
	NO_RECEIPT("settlement_receipt_unavailable", Proof.NOTHING),
	NO_NODE("rpc_unavailable", Proof.NOTHING),
	BLOCK_HEIGHT("settle_exact_svm_block_height_exceeded", Proof.NOTHING),
	CONFIRMATION("settle_exact_evm_transaction_confirmation_timed_out", Proof.NOTHING),
	UNEXPECTED("unexpected_settle_error", Proof.NOTHING),
	PENDING("settlement_pending", Proof.NOTHING),
	NONCE_USED("invalid_exact_evm_nonce_already_used", Proof.NOTHING),
	DUPLICATE("duplicate_settlement", Proof.NOTHING),
	UNKNOWN_WORD("a_word_of_nobody", Proof.NOTHING),
	NO_WORD("", Proof.NOTHING),
	A_SENTENCE("something went wrong, sorry", Proof.NOTHING),
	FUNDS("insufficient_funds", Proof.NOT_IF_FIRST),
	BALANCE("invalid_exact_evm_insufficient_balance", Proof.NOT_IF_FIRST),
	EXPIRED("payment_expired", Proof.NOT_IF_FIRST),
	SIGNATURE("invalid_exact_evm_signature", Proof.NEVER),
	RECIPIENT("invalid_exact_evm_recipient_mismatch", Proof.NEVER);
	// @formatter:on

	private final String text;

	private final Proof proof;

	Word(String text, Proof proof) {
		this.text = text;
		this.proof = proof;
	}

	String text() {
		return this.text;
	}

	Proof proof() {
		return this.proof;
	}

	/**
	 * What a word proves if it comes from an honest facilitator.
	 */
	enum Proof {

		/** The money may or may not have moved. */
		NOTHING,

		/** The money does not move, unless it has moved by an earlier request. */
		NOT_IF_FIRST,

		/** The money never moves by this payment. */
		NEVER

	}

}
