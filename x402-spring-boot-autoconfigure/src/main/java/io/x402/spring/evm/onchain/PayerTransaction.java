/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

import io.x402.spring.evm.AccountSignature;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A transaction of type 2 (EIP-1559) that another account has signed.
 *
 * @param signed what is sent to nodes, and its hash
 * @param chainId number of the network
 * @param nonce nonce of the account
 * @param fees fees in wei per unit of gas
 * @param gas maximum gas that it uses
 * @param call what it calls
 * @param signer who has signed it
 */
record PayerTransaction(SignedTransaction signed, BigInteger chainId, BigInteger nonce, GasFees fees, BigInteger gas,
		ContractCall call, Signature signer) {

	private static final int FIELDS = 12;

	private static final int SIGNED_FIELDS = 9;

	private static final int ADDRESS_LENGTH = 20;

	private static final int WORD_LENGTH = 32;

	/**
	 * Read a transaction.
	 * @param raw {@code 0x} and hexadecimal digits
	 * @return the transaction, or {@code null} if it is of another type, in an encoding
	 * that nodes refuse, without a recipient, or with an access list
	 */
	static @Nullable PayerTransaction parse(String raw) {
		try {
			byte[] bytes = Hex.bytes(raw);
			if (bytes.length < 2 || bytes[0] != SignedTransaction.TYPE) {
				return null;
			}
			List<RlpType> items = RlpDecoder.decode(Arrays.copyOfRange(bytes, 1, bytes.length)).getValues();
			return (items.size() == 1 && items.get(0) instanceof RlpList list && list.getValues().size() == FIELDS
					&& Arrays.equals(SignedTransaction.encode(list.getValues()), bytes)) ? of(bytes, list.getValues())
							: null;
		}
		catch (RuntimeException ex) {
			// web3j throws whatever comes of bytes that are no list
			return null;
		}
	}

	private static @Nullable PayerTransaction of(byte[] raw, List<RlpType> fields) {
		byte[] to = bytes(fields, 5);
		GasFees fees = new GasFees(number(fields, 2), number(fields, 3));
		boolean accessList = !(fields.get(8) instanceof RlpList list) || !list.getValues().isEmpty();
		BigInteger parity = number(fields, 9);
		if (to.length != ADDRESS_LENGTH || accessList || parity.bitLength() > 1
				|| fees.priority().compareTo(fees.max()) > 0) {
			return null;
		}
		return new PayerTransaction(new SignedTransaction(Hex.of(raw), Hex.of(Hash.sha3(raw))), number(fields, 0),
				number(fields, 1), fees, number(fields, 4),
				new ContractCall(Hex.of(to), Hex.of(bytes(fields, 7)), number(fields, 6)),
				new Signature(Hex.of(Hash.sha3(SignedTransaction.encode(fields.subList(0, SIGNED_FIELDS)))),
						number(fields, 10), number(fields, 11), parity));
	}

	private static byte[] bytes(List<RlpType> fields, int index) {
		return ((RlpString) fields.get(index)).getBytes();
	}

	private static BigInteger number(List<RlpType> fields, int index) {
		byte[] bytes = bytes(fields, index);
		if (bytes.length > WORD_LENGTH || (bytes.length > 0 && bytes[0] == 0)) {
			throw new IllegalArgumentException("Not a number");
		}
		return new BigInteger(1, bytes);
	}

	boolean isForNetwork(long chainId) {
		return this.chainId.equals(BigInteger.valueOf(chainId));
	}

	boolean isSignedBy(String account) {
		return this.signer.isOf(account);
	}

	/**
	 * Return what its account must own for nodes to take it, in wei.
	 */
	BigInteger cost() {
		return this.gas.multiply(this.fees.max()).add(this.call.value());
	}

	@Override
	public String toString() {
		return "PayerTransaction[redacted]";
	}

	/**
	 * Signature of a transaction.
	 *
	 * @param digest what was signed
	 * @param r its first half
	 * @param s its second half
	 * @param parity which of two keys has signed
	 */
	record Signature(String digest, BigInteger r, BigInteger s, BigInteger parity) {

		boolean isOf(String account) {
			return AccountSignature.isBy(account, Hex.bytes(this.digest),
					"0x" + word(this.r) + word(this.s) + Integer.toHexString(27 + this.parity.intValue()));
		}

		private static String word(BigInteger number) {
			String digits = number.toString(16);
			return "0".repeat(2 * WORD_LENGTH - digits.length()) + digits;
		}

		@Override
		public String toString() {
			return "Signature[redacted]";
		}

	}

}
