/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.List;

import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import org.jspecify.annotations.Nullable;

/**
 * A store of passes in front of another one, for tests that change some of its steps.
 */
public class DelegatingPassStore implements PassStore {

	private final PassStore store;

	protected DelegatingPassStore(PassStore store) {
		this.store = store;
	}

	@Override
	public void prepare(NewPass pass, String attempt, long uses) {
		this.store.prepare(pass, attempt, uses);
	}

	@Override
	public void forget(String id, String attempt) {
		this.store.forget(id, attempt);
	}

	@Override
	public @Nullable PassRecord start(String id) {
		return this.store.start(id);
	}

	@Override
	public @Nullable PassRecord find(String id) {
		return this.store.find(id);
	}

	@Override
	public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
		return this.store.use(operation, tokenHash);
	}

	@Override
	public void giveBack(PassOperation operation, long uses) {
		this.store.giveBack(operation, uses);
	}

	@Override
	public void keep(PassOperation operation) {
		this.store.keep(operation);
	}

	@Override
	public void complete(PassOperation operation) {
		this.store.complete(operation);
	}

	@Override
	public boolean revoke(String id) {
		return this.store.revoke(id);
	}

	@Override
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		return this.store.latest(payer, limit);
	}

	@Override
	public List<PassRecord> usable(PassQuery query) {
		return this.store.usable(query);
	}

	@Override
	public void maintain() {
		this.store.maintain();
	}

}
