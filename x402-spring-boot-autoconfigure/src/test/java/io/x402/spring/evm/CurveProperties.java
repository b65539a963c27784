/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Sign;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Native and Java code make the same signatures and recover the same signers.
 */
class CurveProperties {

	private final Curve java = new JavaCurve();

	private final Curve fast = Curves.fastest();

	@Property(tries = 300, seed = "1")
	void recoversWhoSigned(@ForAll @Size(32) byte[] key, @ForAll @Size(32) byte[] digest) {
		BigInteger number = new BigInteger(1, key);
		Assume.that(number.signum() > 0 && number.compareTo(AccountSignature.ORDER) < 0);
		ECKeyPair pair = ECKeyPair.create(number);
		Sign.SignatureData signed = Sign.signMessage(digest, pair, false);
		byte[] signature = new byte[64];
		System.arraycopy(signed.getR(), 0, signature, 0, 32);
		System.arraycopy(signed.getS(), 0, signature, 32, 32);
		int recoveryId = signed.getV()[0] - 27;
		assertThat(this.java.address(digest, signature, recoveryId)).isEqualTo(Keys.getAddress(pair));
		assertSame(digest, signature, recoveryId);
		assertSame(digest, signature, 1 - recoveryId);
		BigInteger mirrored = AccountSignature.ORDER.subtract(new BigInteger(1, signed.getS()));
		System.arraycopy(Eip712.uint256(mirrored), 0, signature, 32, 32);
		assertSame(digest, signature, recoveryId);
		assertSame(digest, signature, 1 - recoveryId);
	}

	@Property(tries = 500, seed = "1")
	void agreesOnNonsense(@ForAll @Size(64) byte[] signature, @ForAll @Size(32) byte[] digest,
			@ForAll @IntRange(max = 1) int recoveryId) {
		Assume.that(isInOrder(signature, 0) && isInOrder(signature, 32));
		assertSame(digest, signature, recoveryId);
	}

	@Property(tries = 200, seed = "1")
	void agreesOnSmallNumbers(@ForAll @IntRange(min = 1, max = 50) int r, @ForAll @IntRange(min = 1, max = 50) int s,
			@ForAll @IntRange(max = 3) int digest, @ForAll @IntRange(max = 1) int recoveryId) {
		byte[] signature = new byte[64];
		signature[31] = (byte) r;
		signature[63] = (byte) s;
		byte[] message = new byte[32];
		message[31] = (byte) digest;
		assertSame(message, signature, recoveryId);
	}

	@Property(tries = 300, seed = "1")
	void signsAlike(@ForAll @Size(32) byte[] key, @ForAll @Size(32) byte[] digest) {
		BigInteger number = new BigInteger(1, key);
		Assume.that(number.signum() > 0 && number.compareTo(AccountSignature.ORDER) < 0);
		ECKeyPair pair = ECKeyPair.create(number);
		String address = Keys.getAddress(pair);
		byte[] signature = this.fast.sign(digest, pair, address);
		assertThat(signature).isEqualTo(this.java.sign(digest, pair, address));
		assertThat(this.fast.address(digest, signature, signature[64] - 27)).isEqualTo(address);
	}

	@Property(tries = 100, seed = "1")
	void signsAlikeWithSmallNumbers(@ForAll @IntRange(min = 1, max = 20) int key,
			@ForAll @IntRange(max = 20) int digest) {
		ECKeyPair pair = ECKeyPair.create(BigInteger.valueOf(key));
		byte[] message = new byte[32];
		message[31] = (byte) digest;
		String address = Keys.getAddress(pair);
		assertThat(this.fast.sign(message, pair, address)).isEqualTo(this.java.sign(message, pair, address));
	}

	private void assertSame(byte[] digest, byte[] signature, int recoveryId) {
		assertThat(this.fast.address(digest, signature, recoveryId))
			.isEqualTo(this.java.address(digest, signature, recoveryId));
	}

	private static boolean isInOrder(byte[] signature, int from) {
		byte[] part = new byte[32];
		System.arraycopy(signature, from, part, 0, 32);
		BigInteger number = new BigInteger(1, part);
		return number.signum() > 0 && number.compareTo(AccountSignature.ORDER) < 0;
	}

}
