/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.digests.KeccakDigest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Keccak256}.
 */
class Keccak256Properties {

	@Property(seed = "1")
	void equalsTheHashOfBouncyCastle(@ForAll @Size(max = 600) byte[] message) {
		assertThat(Keccak256.hash(message)).isEqualTo(expected(message));
	}

	@Property(seed = "1")
	void equalsItAroundTheEndOfABlock(@ForAll @IntRange(min = 130, max = 142) int length, @ForAll byte filler) {
		for (int blocks = 0; blocks < 3; blocks++) {
			byte[] message = new byte[length + blocks * 136];
			Arrays.fill(message, filler);
			assertThat(Keccak256.hash(message)).isEqualTo(expected(message));
		}
	}

	@Example
	void equalsPublishedVectors() {
		assertThat(hash("")).isEqualTo("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
		assertThat(hash("Transfer(address,address,uint256)"))
			.isEqualTo("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
	}

	private static String hash(String text) {
		return HexFormat.of().formatHex(Keccak256.hash(text.getBytes(StandardCharsets.US_ASCII)));
	}

	private static byte[] expected(byte[] message) {
		KeccakDigest digest = new KeccakDigest(256);
		digest.update(message, 0, message.length);
		byte[] hash = new byte[32];
		digest.doFinal(hash, 0);
		return hash;
	}

}
