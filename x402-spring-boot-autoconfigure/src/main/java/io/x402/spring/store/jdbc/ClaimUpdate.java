/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.ClaimState;
import org.jspecify.annotations.Nullable;

/**
 * A step of a claim as an update of its row. What a step does not tell stays as it is.
 */
final class ClaimUpdate {

	private static final String LATER = "%1$s + :";

	private final List<String> assignments = new ArrayList<>();

	private final Map<String, Object> parameters = new HashMap<>();

	/**
	 * Create an update.
	 * @param claim the version to change
	 * @param advanced the version after it
	 * @param change the step
	 * @param receipt the receipt as it is kept, or {@code null}
	 * @param lease lease in milliseconds
	 */
	ClaimUpdate(Claim claim, Claim advanced, ClaimChange change, @Nullable String receipt, long lease) {
		this.parameters.put("id", ClaimId.of(claim.key()));
		this.parameters.put("owner", claim.owner());
		this.parameters.put("version", claim.version());
		set("version", "version + 1");
		set("state", ":", advanced.state().name());
		set("active", ":", advanced.active());
		set("attempts", ":", advanced.attempts());
		set("runs", ":", advanced.runs());
		set("expires_at", ":", advanced.expiresAt().toEpochMilli());
		set("lease_until", LATER, lease);
		setDue(change, lease);
		setReceipt(advanced, change, receipt);
		setRequest(change);
		setResponse(advanced, change);
		if (change.deliverableFor() != null) {
			set("deliver_until", LATER, change.deliverableFor().toMillis());
		}
	}

	/**
	 * Who dies while it settles leaves a question, which is due when its lease is over.
	 */
	private void setDue(ClaimChange change, long lease) {
		Duration retryIn = change.retryIn();
		if (retryIn != null) {
			set("due_at", LATER, retryIn.toMillis());
		}
		else if (change.next() != ClaimState.SETTLING) {
			set("due_at", "NULL");
		}
		else if (change.request() != null) {
			set("due_at", LATER, lease);
		}
		else {
			set("due_at", "CASE WHEN request IS NULL THEN NULL ELSE %1$s + :new_lease_until END");
		}
	}

	private void setReceipt(Claim advanced, ClaimChange change, @Nullable String receipt) {
		if (receipt != null) {
			set("receipt", ":", receipt);
		}
		String backing = change.backing();
		if (backing != null) {
			set("transaction_hash", ":", backing);
		}
	}

	private void setRequest(ClaimChange change) {
		if (change.forgetsRequest()) {
			set("request", "NULL");
		}
		else if (change.request() != null) {
			set("request", ":", change.request());
		}
	}

	private void setResponse(Claim advanced, ClaimChange change) {
		if (change.forgetsResponse() || (change.next() == ClaimState.SETTLED && !advanced.deliverable())) {
			set("answer", "NULL");
		}
		else {
			byte[] response = change.response().toBytes();
			if (response != null) {
				set("answer", ":", response);
			}
		}
	}

	private void set(String column, String expression) {
		this.assignments.add(column + " = " + expression);
	}

	private void set(String column, String expression, Object value) {
		String parameter = "new_" + column;
		set(column, expression + parameter);
		this.parameters.put(parameter, value);
	}

	String sql() {
		return "UPDATE x402_claim SET " + String.join(", ", this.assignments)
				+ " WHERE id = :id AND owner = :owner AND version = :version";
	}

	Map<String, Object> parameters() {
		return this.parameters;
	}

}
