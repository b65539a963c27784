/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The hash of Ethereum: Keccak with 256 bits and the padding from before SHA-3. The JDK
 * has none, and a crypto provider takes longer to load than many an application to start,
 * which would hash only a few addresses with it.
 */
final class Keccak256 {

	private static final VarHandle LITTLE_ENDIAN = MethodHandles.byteArrayViewVarHandle(long[].class,
			ByteOrder.LITTLE_ENDIAN);

	private static final int LENGTH = 32;

	/** Bytes that are absorbed at once. */
	private static final int RATE = 136;

	private static final int ROUNDS = 24;

	private static final long[] ROUND_CONSTANTS = roundConstants();

	/** Rotations of rho, in the order in which pi visits the lanes. */
	private static final int[] ROTATIONS = { 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18,
			39, 61, 20, 44 };

	/** Lanes in the order in which pi visits them. */
	private static final int[] LANES = { 10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22,
			9, 6, 1 };

	private Keccak256() {
	}

	/**
	 * Hash a message.
	 * @param message the message
	 * @return 32 bytes
	 */
	static byte[] hash(byte[] message) {
		long[] state = new long[25];
		int offset = 0;
		while (message.length - offset >= RATE) {
			absorb(state, message, offset);
			offset += RATE;
		}
		absorb(state, lastBlock(message, offset), 0);
		byte[] hash = new byte[LENGTH];
		for (int i = 0; i < LENGTH / Long.BYTES; i++) {
			LITTLE_ENDIAN.set(hash, i * Long.BYTES, state[i]);
		}
		return hash;
	}

	private static byte[] lastBlock(byte[] message, int offset) {
		byte[] block = Arrays.copyOf(Arrays.copyOfRange(message, offset, message.length), RATE);
		block[message.length - offset] = 1;
		block[RATE - 1] |= (byte) 0x80;
		return block;
	}

	private static void absorb(long[] state, byte[] bytes, int offset) {
		for (int i = 0; i < RATE / Long.BYTES; i++) {
			state[i] ^= (long) LITTLE_ENDIAN.get(bytes, offset + i * Long.BYTES);
		}
		for (int round = 0; round < ROUNDS; round++) {
			theta(state);
			rhoAndPi(state);
			chi(state);
			state[0] ^= ROUND_CONSTANTS[round];
		}
	}

	private static void theta(long[] state) {
		long c0 = column(state, 0);
		long c1 = column(state, 1);
		long c2 = column(state, 2);
		long c3 = column(state, 3);
		long c4 = column(state, 4);
		mix(state, 0, c4 ^ Long.rotateLeft(c1, 1));
		mix(state, 1, c0 ^ Long.rotateLeft(c2, 1));
		mix(state, 2, c1 ^ Long.rotateLeft(c3, 1));
		mix(state, 3, c2 ^ Long.rotateLeft(c4, 1));
		mix(state, 4, c3 ^ Long.rotateLeft(c0, 1));
	}

	private static long column(long[] state, int x) {
		return state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
	}

	private static void mix(long[] state, int x, long value) {
		for (int lane = x; lane < state.length; lane += 5) {
			state[lane] ^= value;
		}
	}

	private static void rhoAndPi(long[] state) {
		long moved = state[1];
		for (int i = 0; i < LANES.length; i++) {
			long next = state[LANES[i]];
			state[LANES[i]] = Long.rotateLeft(moved, ROTATIONS[i]);
			moved = next;
		}
	}

	private static void chi(long[] state) {
		for (int row = 0; row < state.length; row += 5) {
			long first = state[row];
			long second = state[row + 1];
			state[row] ^= ~second & state[row + 2];
			state[row + 1] ^= ~state[row + 2] & state[row + 3];
			state[row + 2] ^= ~state[row + 3] & state[row + 4];
			state[row + 3] ^= ~state[row + 4] & first;
			state[row + 4] ^= ~first & second;
		}
	}

	/** The bits at 0, 1, 3, 7, 15, 31 and 63 come from a shift register. */
	private static long[] roundConstants() {
		long[] constants = new long[ROUNDS];
		int register = 1;
		for (int round = 0; round < ROUNDS; round++) {
			for (int bit = 0; bit < 7; bit++) {
				constants[round] |= (long) (register & 1) << ((1 << bit) - 1);
				register = (register << 1) ^ ((register >> 7) * 0x171);
			}
		}
		return constants;
	}

}
