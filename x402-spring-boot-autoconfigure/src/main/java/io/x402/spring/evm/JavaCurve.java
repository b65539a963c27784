/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.security.SignatureException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Sign;

/**
 * Signs and recovers who signed with the Java code of web3j.
 */
final class JavaCurve implements Curve {

	@Override
	public @Nullable String address(byte[] digest, byte[] signature, int recoveryId) {
		Sign.SignatureData data = new Sign.SignatureData((byte) (27 + recoveryId), Arrays.copyOfRange(signature, 0, 32),
				Arrays.copyOfRange(signature, 32, 64));
		try {
			return EvmAddress.ofPublicKey(Sign.signedMessageHashToKey(digest, data));
		}
		catch (SignatureException | IllegalArgumentException | ArithmeticException ex) {
			return null;
		}
	}

	@Override
	public byte[] sign(byte[] digest, ECKeyPair key, String address) {
		Sign.SignatureData signature = Sign.signMessage(digest, key, false);
		byte[] bytes = Arrays.copyOf(signature.getR(), 65);
		System.arraycopy(signature.getS(), 0, bytes, 32, 32);
		bytes[64] = signature.getV()[0];
		return bytes;
	}

}
