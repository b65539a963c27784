/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.x402.spring.evm.Signer;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A signed transaction of type 2 (EIP-1559).
 *
 * @param raw what is sent to nodes
 * @param hash its hash
 */
record SignedTransaction(String raw, String hash) {

	static final byte TYPE = 2;

	static SignedTransaction sign(Signer signer, BigInteger chainId, long nonce, GasFees fees, BigInteger gas,
			ContractCall call) {
		List<RlpType> fields = new ArrayList<>(
				List.of(RlpString.create(chainId), RlpString.create(nonce), RlpString.create(fees.priority()),
						RlpString.create(fees.max()), RlpString.create(gas), RlpString.create(Hex.bytes(call.to())),
						RlpString.create(call.value()), RlpString.create(Hex.bytes(call.data())), new RlpList()));
		byte[] signature = signer.sign(Hash.sha3(encode(fields)));
		fields.add(RlpString.create(BigInteger.valueOf(signature[64] - 27L)));
		fields.add(RlpString.create(new BigInteger(1, Arrays.copyOfRange(signature, 0, 32))));
		fields.add(RlpString.create(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64))));
		byte[] signed = encode(fields);
		return new SignedTransaction(Hex.of(signed), Hex.of(Hash.sha3(signed)));
	}

	static byte[] encode(List<RlpType> fields) {
		byte[] list = RlpEncoder.encode(new RlpList(fields));
		byte[] typed = new byte[list.length + 1];
		typed[0] = TYPE;
		System.arraycopy(list, 0, typed, 1, list.length);
		return typed;
	}

	@Override
	public String toString() {
		return "SignedTransaction[" + this.hash + "]";
	}

}
