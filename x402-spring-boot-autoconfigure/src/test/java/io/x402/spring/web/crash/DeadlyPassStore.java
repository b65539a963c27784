/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import io.x402.spring.access.DelegatingPassStore;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import org.jspecify.annotations.Nullable;

/**
 * A store of passes that the process may not survive.
 */
final class DeadlyPassStore extends DelegatingPassStore {

	private final Death death;

	DeadlyPassStore(PassStore store, Death death) {
		super(store);
		this.death = death;
	}

	@Override
	public void prepare(NewPass pass, String attempt, long uses) {
		this.death.at(PassMoment.BEFORE_PREPARE);
		super.prepare(pass, attempt, uses);
		this.death.at(PassMoment.AFTER_PREPARE);
	}

	@Override
	public void forget(String id, String attempt) {
		this.death.at(PassMoment.BEFORE_FORGET);
		super.forget(id, attempt);
		this.death.at(PassMoment.AFTER_FORGET);
	}

	@Override
	public @Nullable PassRecord start(String id) {
		this.death.at(PassMoment.BEFORE_START);
		PassRecord started = super.start(id);
		this.death.at(PassMoment.AFTER_START);
		return started;
	}

	@Override
	public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
		this.death.at(PassMoment.BEFORE_USE);
		PassRecord used = super.use(operation, tokenHash);
		this.death.at(PassMoment.AFTER_USE);
		return used;
	}

	@Override
	public void giveBack(PassOperation operation, long uses) {
		this.death.at(PassMoment.BEFORE_GIVE_BACK);
		super.giveBack(operation, uses);
		this.death.at(PassMoment.AFTER_GIVE_BACK);
	}

}
