/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What a payer signs for {@code transferWithAuthorization}.
 */
final class Eip3009Digest {

	private static final byte[] DOMAIN_TYPE = Eip712
		.typeHash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

	private static final byte[] TRANSFER_TYPE = Eip712
		.typeHash("TransferWithAuthorization(address from,address to,uint256 value,"
				+ "uint256 validAfter,uint256 validBefore,bytes32 nonce)");

	private static final int MAX_DOMAINS = 256;

	private final Map<Domain, byte[]> separators = new ConcurrentHashMap<>();

	/**
	 * Return the digest of an authorization.
	 * @param offer the offer, whose {@code extra} names the domain of the token or of the
	 * gateway
	 * @param authorization the authorization; its signature does not matter
	 * @return 32 bytes, or {@code null} if the offer does not name chain or domain
	 */
	byte @Nullable [] of(PaymentRequirements offer, EvmPayload.Eip3009 authorization) {
		Domain domain = Domain.of(offer);
		if (domain == null) {
			return null;
		}
		byte[] transfer = Eip712.struct(TRANSFER_TYPE, Eip712.address(authorization.from()),
				Eip712.address(authorization.to()), Eip712.uint256(authorization.value()),
				Eip712.uint256(authorization.validAfter()), Eip712.uint256(authorization.validBefore()),
				Eip712.bytes(authorization.nonce()));
		return Eip712.digest(separator(domain), transfer);
	}

	private byte[] separator(Domain domain) {
		byte[] cached = this.separators.get(domain);
		if (cached != null) {
			return cached;
		}
		byte[] separator = domain.separator();
		if (this.separators.size() < MAX_DOMAINS) {
			this.separators.put(domain, separator);
		}
		return separator;
	}

	private record Domain(BigInteger chainId, String contract, String name, String version) {

		static @Nullable Domain of(PaymentRequirements offer) {
			BigInteger chainId = offer.networkId().chainId();
			String name = offer.extraText("name");
			String version = offer.extraText("version");
			String contract = GatewayBatch.isUsedBy(offer) ? GatewayBatch.contract(offer) : offer.asset();
			if (chainId == null || name == null || version == null || contract == null
					|| !EvmAddress.isValid(contract)) {
				return null;
			}
			return new Domain(chainId, contract.toLowerCase(Locale.ROOT), name, version);
		}

		byte[] separator() {
			return Eip712.struct(DOMAIN_TYPE, Eip712.text(this.name), Eip712.text(this.version),
					Eip712.uint256(this.chainId), Eip712.address(this.contract));
		}

	}

}
