/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.x402.spring.access.DelegatingPassStore;
import io.x402.spring.store.InMemoryPassStore;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A store of passes whose steps fail when they are told to.
 */
final class FaultyPassStore extends DelegatingPassStore {

	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	private final Set<String> failingOnce = ConcurrentHashMap.newKeySet();

	private final Set<String> losing = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean overtaking = new AtomicBoolean();

	private final AtomicInteger failures = new AtomicInteger();

	private volatile @Nullable String prepared;

	private final PassStore store;

	FaultyPassStore() {
		this(new InMemoryPassStore(1000, Clock.systemUTC()));
	}

	private FaultyPassStore(PassStore store) {
		super(store);
		this.store = store;
	}

	void fail(String step) {
		this.failing.add(step);
	}

	/**
	 * Fail the next time that a step is called.
	 */
	void failOnce(String step) {
		this.failingOnce.add(step);
	}

	/**
	 * Execute a step whenever it is called and lose its response.
	 */
	void lose(String step) {
		this.losing.add(step);
	}

	int failures() {
		return this.failures.get();
	}

	/**
	 * Use up what is found next before it can be used, as other requests may do.
	 */
	void overtake() {
		this.overtaking.set(true);
	}

	void recover() {
		this.failing.clear();
		this.failingOnce.clear();
		this.losing.clear();
	}

	private <T extends @Nullable Object> T step(String name, Supplier<T> step) {
		if (this.failing.contains(name) || this.failingOnce.remove(name)) {
			this.failures.incrementAndGet();
			throw new PaymentStoreException("Out of reach");
		}
		T result = step.get();
		if (this.losing.contains(name)) {
			this.failures.incrementAndGet();
			throw new PaymentStoreException("The connection is lost");
		}
		return result;
	}

	@Override
	public void prepare(NewPass pass, String attempt, long uses) {
		step("prepare", () -> {
			super.prepare(pass, attempt, uses);
			this.prepared = pass.id();
			return "";
		});
	}

	@Override
	public void forget(String id, String attempt) {
		step("forget", () -> {
			super.forget(id, attempt);
			return "";
		});
	}

	/**
	 * Return the pass that was prepared last.
	 */
	@Nullable PassRecord last() {
		return this.store.find(Objects.requireNonNull(this.prepared));
	}

	@Override
	public @Nullable PassRecord start(String id) {
		return step("start", () -> super.start(id));
	}

	@Override
	public @Nullable PassRecord find(String id) {
		return step("find", () -> super.find(id));
	}

	@Override
	public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
		return step("use", () -> super.use(operation, tokenHash));
	}

	@Override
	public void giveBack(PassOperation operation, long uses) {
		step("giveBack", () -> {
			super.giveBack(operation, uses);
			return "";
		});
	}

	@Override
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		return step("latest", () -> super.latest(payer, limit));
	}

	@Override
	public List<PassRecord> usable(PassQuery query) {
		List<PassRecord> usable = step("usable", () -> super.usable(query));
		if (this.overtaking.getAndSet(false)) {
			usable.forEach((pass) -> this.store
				.use(PassOperation.of(pass.pass().id(), Objects.requireNonNull(pass.remaining())), null));
		}
		return usable;
	}

	@Override
	public boolean revoke(String id) {
		return step("revoke", () -> super.revoke(id));
	}

}
