/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The response of a handler, as far as it is recorded beside the claim of its request.
 *
 * @since 0.1.0
 */
public sealed interface ResponseRecord {

	/**
	 * Return the record of a handler that has no response, or not yet.
	 * @return the record
	 */
	static ResponseRecord none() {
		return new None();
	}

	/**
	 * Return the record of a response that was released and is not stored.
	 * @return the record
	 */
	static ResponseRecord notStored() {
		return notStored(new byte[0]);
	}

	/**
	 * Return the record of a response that was released, is not stored, and was made for
	 * certain requests only.
	 * @param conditions tell those requests from others, opaque; empty for all
	 * @return the record
	 * @since 0.2.0
	 */
	static ResponseRecord notStored(byte[] conditions) {
		return new NotStored(conditions);
	}

	/**
	 * Return the record of a response that is stored.
	 * @param content the response, opaque and possibly encrypted
	 * @return the record
	 * @throws IllegalArgumentException if it is empty
	 */
	static ResponseRecord stored(byte[] content) {
		return new Stored(content, new byte[0]);
	}

	/**
	 * Read a record as stores write it.
	 * @param content empty for a response that is not stored, or its conditions;
	 * {@code null} for none
	 * @return the record
	 */
	static ResponseRecord ofBytes(byte @Nullable [] content) {
		if (content == null) {
			return none();
		}
		if (content.length == 0) {
			return notStored();
		}
		byte[] start = NotStored.start();
		return Arrays.equals(content, 0, Math.min(content.length, start.length), start, 0, start.length)
				? notStored(Arrays.copyOfRange(content, start.length, content.length)) : stored(content);
	}

	/**
	 * Write this record as {@link #ofBytes} reads it.
	 * @return empty for a response that is not stored, or its conditions; {@code null}
	 * for none
	 */
	default byte @Nullable [] toBytes() {
		return this.<byte @Nullable []>fold(() -> null, () -> new byte[0], (content) -> content);
	}

	/**
	 * Return whether there is a response, stored or not.
	 * @return {@code false} if there is none
	 */
	default boolean isReleased() {
		return !(this instanceof None);
	}

	/**
	 * Return whether the response can be delivered from this record.
	 * @return {@code true} if it is stored
	 */
	default boolean isStored() {
		return this instanceof Stored;
	}

	/**
	 * Return the record of the same response, made for certain requests only.
	 * @param conditions tell those requests from others, opaque; empty for all
	 * @return the record; the same if there is no response
	 * @since 0.2.0
	 */
	default ResponseRecord madeFor(byte[] conditions) {
		return fold(() -> this, () -> notStored(conditions), (content) -> new Stored(content, conditions));
	}

	/**
	 * Return what tells the requests that the response was made for from others. A store
	 * that may lose the content of a response keeps it by itself.
	 * @return the conditions, empty for all requests, or if there is no response
	 * @since 0.2.0
	 */
	default byte[] conditions() {
		return new byte[0];
	}

	/**
	 * Return what follows from this record.
	 * @param <T> type of the result
	 * @param none what follows if there is no response
	 * @param notStored what follows if it is not stored
	 * @param stored what follows if it is stored
	 * @return the result
	 */
	<T extends @Nullable Object> T fold(Supplier<? extends T> none, Supplier<? extends T> notStored,
			Function<? super byte[], ? extends T> stored);

	/**
	 * There is no response, or not yet.
	 */
	record None() implements ResponseRecord {

		@Override
		public <T extends @Nullable Object> T fold(Supplier<? extends T> none, Supplier<? extends T> notStored,
				Function<? super byte[], ? extends T> stored) {
			return none.get();
		}

	}

	/**
	 * The response was released, or is about to be, and is not stored.
	 *
	 * @param conditions tell the requests that it was made for from others, opaque; empty
	 * for all
	 */
	record NotStored(byte[] conditions) implements ResponseRecord {

		/**
		 * Return what stands before conditions where stores write them.
		 */
		private static byte[] start() {
			return "x402-conditions:".getBytes(StandardCharsets.US_ASCII);
		}

		@Override
		public byte[] toBytes() {
			if (this.conditions.length == 0) {
				return this.conditions;
			}
			byte[] start = start();
			byte[] all = Arrays.copyOf(start, start.length + this.conditions.length);
			System.arraycopy(this.conditions, 0, all, start.length, this.conditions.length);
			return all;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof NotStored record && Arrays.equals(this.conditions, record.conditions);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.conditions);
		}

		@Override
		public String toString() {
			return "NotStored[" + this.conditions.length + " bytes]";
		}

		@Override
		public <T extends @Nullable Object> T fold(Supplier<? extends T> none, Supplier<? extends T> notStored,
				Function<? super byte[], ? extends T> stored) {
			return notStored.get();
		}

	}

	/**
	 * The response is stored.
	 *
	 * @param content the response, opaque and possibly encrypted; not empty
	 * @param conditions tell the requests that it was made for from others, should the
	 * content be lost; empty for all. Stored responses are equal if their content is
	 */
	record Stored(byte[] content, byte[] conditions) implements ResponseRecord {

		public Stored {
			if (content.length == 0) {
				throw new IllegalArgumentException("A stored response is not empty");
			}
		}

		@Override
		public <T extends @Nullable Object> T fold(Supplier<? extends T> none, Supplier<? extends T> notStored,
				Function<? super byte[], ? extends T> stored) {
			return stored.apply(this.content);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Stored stored && Arrays.equals(this.content, stored.content);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.content);
		}

		@Override
		public String toString() {
			return "Stored[" + this.content.length + " bytes]";
		}

	}

}
