/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.io.IOException;
import java.io.OutputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FastByteArrayOutputStream;

/**
 * The body of one response: what is held back, and, once it passes, a copy to store as
 * long as that stays within its limits.
 *
 * @since 0.1.0
 */
public final class HeldBody {

	/** Least memory that a copy takes from the budget at once. */
	private static final int BLOCK = 64 * 1024;

	private final int holdLimit;

	private final int storeLimit;

	private final BodyBudget budget;

	/** What passed before the response was armed. */
	private final FastByteArrayOutputStream begun = new FastByteArrayOutputStream();

	private FastByteArrayOutputStream bytes = new FastByteArrayOutputStream();

	private boolean storable = true;

	private long taken;

	private long length;

	/** All that was ever written, also what was discarded. */
	private long written;

	/**
	 * Create a body.
	 * @param holdLimit maximum number of bytes that are held back
	 * @param storeLimit maximum number of bytes that are copied
	 * @param budget memory for copies
	 */
	public HeldBody(int holdLimit, int storeLimit, BodyBudget budget) {
		this.holdLimit = holdLimit;
		this.storeLimit = storeLimit;
		this.budget = budget;
	}

	/**
	 * Return the length of the body so far.
	 * @return number of bytes
	 */
	public long length() {
		return this.length;
	}

	/**
	 * Return a number that grows with everything that is written.
	 * @return number of bytes, those included that were discarded
	 */
	public long written() {
		return this.written;
	}

	/**
	 * Return whether more bytes fit the hold limit.
	 */
	public boolean fits(int more) {
		return more <= this.holdLimit - this.bytes.size();
	}

	/**
	 * Return whether all of the body so far can be stored.
	 */
	public boolean isStorable() {
		return this.storable;
	}

	/**
	 * Count bytes that pass before the response is armed.
	 */
	public void pass(byte[] more, int offset, int count) throws IOException {
		count(count);
		if (this.storable && this.begun.size() + count <= this.holdLimit) {
			this.begun.write(more, offset, count);
		}
		else {
			this.storable = false;
		}
	}

	/**
	 * Hold bytes back. Blocks double, and the next one would take more than the limit.
	 */
	public void hold(byte[] more, int offset, int count) throws IOException {
		count(count);
		if (this.bytes.size() <= this.holdLimit / 2 && this.bytes.size() + count > this.holdLimit / 2) {
			this.bytes.resize(this.holdLimit);
		}
		this.bytes.write(more, offset, count);
	}

	/**
	 * Release what is held.
	 */
	public void release(OutputStream target) throws IOException {
		if (this.bytes.size() > 0) {
			this.bytes.writeTo(target);
		}
		if (this.begun.size() + this.bytes.size() > this.storeLimit) {
			drop();
		}
	}

	/**
	 * Copy bytes that pass.
	 */
	public void copy(byte[] more, int offset, int count) throws IOException {
		count(count);
		if (this.storable && reserve(this.begun.size() + this.bytes.size() + count)) {
			this.bytes.write(more, offset, count);
		}
		else {
			drop();
		}
	}

	private boolean reserve(long size) {
		if (size > this.storeLimit) {
			return false;
		}
		if (size <= this.taken) {
			return true;
		}
		long more = Math.max(BLOCK, size - this.taken);
		boolean granted = this.budget.take(more);
		this.taken += granted ? more : 0;
		return granted;
	}

	private void drop() {
		this.storable = false;
		this.bytes = new FastByteArrayOutputStream();
		giveBack();
	}

	private void giveBack() {
		this.budget.giveBack(this.taken);
		this.taken = 0;
	}

	private void count(int count) {
		this.length += count;
		this.written += count;
	}

	/**
	 * Forget everything, also what passed before the response was armed.
	 */
	public void reset() {
		this.begun.reset();
		this.bytes.reset();
		this.storable = true;
		this.length = 0;
	}

	/**
	 * Forget what is held back.
	 */
	public void discard() {
		this.bytes.reset();
		this.length = this.begun.size();
	}

	/**
	 * Return the whole body.
	 * @return the body, or {@code null} if it can not be stored
	 */
	public byte @Nullable [] toByteArray() {
		if (!this.storable || this.length > this.storeLimit) {
			return null;
		}
		byte[] held = this.bytes.toByteArray();
		if (this.begun.size() == 0) {
			return held;
		}
		byte[] all = java.util.Arrays.copyOf(this.begun.toByteArray(), this.begun.size() + held.length);
		System.arraycopy(held, 0, all, this.begun.size(), held.length);
		return all;
	}

	/**
	 * Give the memory of the copy back.
	 */
	public void close() {
		drop();
	}

}
