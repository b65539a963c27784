/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

/**
 * Checks the signature of a Permit2 authorization by the account that pays. Contract
 * wallets are treated as {@link Eip3009SignatureCheck} treats them.
 *
 * @since 0.1.0
 */
public final class Permit2SignatureCheck implements PayloadCheck {

	/**
	 * Nothing proves that a signature is invalid: the payer may be a contract.
	 */
	@Override
	public @Nullable ReasonCode check(FacilitatorRequest request) {
		return null;
	}

	@Override
	public boolean provesPayer(FacilitatorRequest request) {
		if (!Schemes.of(request.requirements()).isUnderstood()
				|| !(request.signed() instanceof EvmPayload.Permit2 payment)) {
			return false;
		}
		byte[] signed = Permit2Digest.of(request.requirements(), payment);
		return signed != null && AccountSignature.isOne(payment.signature())
				&& AccountSignature.isBy(payment.from(), signed, payment.signature());
	}

}
