/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What a payer signs for Permit2 and the x402 proxies of schemes {@code exact} and
 * {@code upto}.
 */
final class Permit2Digest {

	private static final String WITNESS = "Witness(address to,uint256 validAfter)";

	private static final String UPTO_WITNESS = "Witness(address to,address facilitator,uint256 validAfter)";

	private static final String TOKEN_PERMISSIONS = "TokenPermissions(address token,uint256 amount)";

	private static final byte[] DOMAIN_TYPE = Eip712
		.typeHash("EIP712Domain(string name,uint256 chainId,address verifyingContract)");

	private static final String PERMIT = "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,"
			+ "uint256 nonce,uint256 deadline,Witness witness)";

	private static final byte[] PERMIT_TYPE = Eip712.typeHash(PERMIT + TOKEN_PERMISSIONS + WITNESS);

	private static final byte[] UPTO_PERMIT_TYPE = Eip712.typeHash(PERMIT + TOKEN_PERMISSIONS + UPTO_WITNESS);

	private static final byte[] TOKEN_PERMISSIONS_TYPE = Eip712.typeHash(TOKEN_PERMISSIONS);

	private static final byte[] WITNESS_TYPE = Eip712.typeHash(WITNESS);

	private static final byte[] UPTO_WITNESS_TYPE = Eip712.typeHash(UPTO_WITNESS);

	private static final byte[] NAME = Eip712.text("Permit2");

	private static final byte[] PERMIT2 = Eip712.address("0x000000000022D473030F116dDEE9F6B43aC78BA3");

	private Permit2Digest() {
	}

	/**
	 * Return the digest of a permit, of scheme {@code upto} if it names a facilitator.
	 * @param offer the offer
	 * @param permit the permit; its signature does not matter
	 * @return 32 bytes, or {@code null} if the offer does not name the chain
	 */
	static byte @Nullable [] of(PaymentRequirements offer, EvmPayload.Permit2 permit) {
		return (permit.facilitator() != null) ? ofUpto(offer, permit, permit.facilitator()) : ofExact(offer, permit);
	}

	private static byte @Nullable [] ofExact(PaymentRequirements offer, EvmPayload.Permit2 permit) {
		byte[] witness = Eip712.struct(WITNESS_TYPE, Eip712.address(permit.to()), Eip712.uint256(permit.validAfter()));
		return digest(offer, permit, PERMIT_TYPE, witness);
	}

	private static byte @Nullable [] ofUpto(PaymentRequirements offer, EvmPayload.Permit2 permit, String facilitator) {
		byte[] witness = Eip712.struct(UPTO_WITNESS_TYPE, Eip712.address(permit.to()), Eip712.address(facilitator),
				Eip712.uint256(permit.validAfter()));
		return digest(offer, permit, UPTO_PERMIT_TYPE, witness);
	}

	private static byte @Nullable [] digest(PaymentRequirements offer, EvmPayload.Permit2 permit, byte[] type,
			byte[] witness) {
		BigInteger chainId = offer.networkId().chainId();
		if (chainId == null) {
			return null;
		}
		byte[] permitted = Eip712.struct(TOKEN_PERMISSIONS_TYPE, Eip712.address(permit.token()),
				Eip712.uint256(permit.value()));
		byte[] transfer = Eip712.struct(type, permitted, Eip712.address(permit.spender()),
				Eip712.uint256(new BigInteger(permit.nonce())), Eip712.uint256(permit.validBefore()), witness);
		return Eip712.digest(Eip712.struct(DOMAIN_TYPE, NAME, Eip712.uint256(chainId), PERMIT2), transfer);
	}

}
