/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.ECKeyPair;

/**
 * Signs and recovers who signed with the native library libsecp256k1. Without its binding
 * on the class path this class cannot even be loaded.
 */
final class NativeCurve implements Curve {

	/** The account of the private key 1. */
	private static final String ADDRESS_OF_ONE = "7e5f4552091a69125d5dfcb7b8c2659029395bdf";

	/** Signature of 32 zero bytes by the private key 1, as RFC 6979 determines it. */
	private static final String SIGNATURE_BY_ONE = "a0b37f8fba683cc68f6574cd43b39f0343a50008bf6ccea9d13231d9e7e2e1e4"
			+ "11edc8d307254296264aebfc3dc76cd8b668373a072fd64665b50000e9fcce521c";

	private static final int UNCOMPRESSED = 65;

	private static final int FIRST_V = 27;

	private final Secp256k1 library;

	private NativeCurve(Secp256k1 library) {
		this.library = library;
	}

	/**
	 * Load the library and compare it with known values, so that no other implementation
	 * is loaded beside it.
	 * @return the curve, or {@code null} if it does not work here
	 * @throws LinkageError if the library is not there
	 */
	static @Nullable Curve load() {
		NativeCurve curve = new NativeCurve(Secp256k1.get());
		byte[] digest = new byte[32];
		byte[] signature = HexFormat.of().parseHex(SIGNATURE_BY_ONE);
		boolean works = ADDRESS_OF_ONE.equals(curve.address(digest, signature, signature[64] - FIRST_V))
				&& Arrays.equals(curve.sign(digest, BigInteger.ONE, ADDRESS_OF_ONE), signature);
		return works ? curve : null;
	}

	@Override
	public @Nullable String address(byte[] digest, byte[] signature, int recoveryId) {
		try {
			byte[] key = this.library.ecdsaRecover(Arrays.copyOf(signature, 64), digest, recoveryId);
			if (key.length != UNCOMPRESSED) {
				throw new IllegalStateException("The native library returns keys of another form");
			}
			return EvmAddress.ofPublicKey(Arrays.copyOfRange(key, 1, UNCOMPRESSED));
		}
		catch (Secp256k1Exception ex) {
			return null;
		}
	}

	@Override
	public byte[] sign(byte[] digest, ECKeyPair key, String address) {
		return sign(digest, key.getPrivateKey(), address);
	}

	private byte[] sign(byte[] digest, BigInteger privateKey, String address) {
		byte[] signature = Arrays.copyOf(this.library.sign(digest, Eip712.uint256(privateKey), null), UNCOMPRESSED);
		int recoveryId = address.equals(address(digest, signature, 0)) ? 0 : 1;
		signature[64] = (byte) (FIRST_V + recoveryId);
		return signature;
	}

}
