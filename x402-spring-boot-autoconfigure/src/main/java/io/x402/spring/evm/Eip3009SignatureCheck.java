/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

/**
 * Checks the signature of an EIP-3009 authorization by the account that pays.
 * <p>
 * A signature that the payer's own key made is valid. Any other one may be valid too: the
 * payer can be a contract wallet (EIP-1271, ERC-6492, EIP-7702), whose signatures have
 * any length, 65 bytes included, and only the chain tells accounts from contracts. Those
 * are left to the facilitator, as is an offer without {@code name} and {@code version} of
 * the token. Payments through Circle Gateway are made by plain accounts only, so theirs
 * are valid or invalid for sure.
 *
 * @since 0.1.0
 */
public final class Eip3009SignatureCheck implements PayloadCheck {

	private final Eip3009Digest digest = new Eip3009Digest();

	@Override
	public @Nullable ReasonCode check(FacilitatorRequest request) {
		boolean invalid = GatewayBatch.isUsedBy(request.requirements())
				&& request.signed() instanceof EvmPayload.Eip3009 payment && !isByAccount(request, payment);
		return invalid ? ReasonCode.INVALID_SIGNATURE : null;
	}

	@Override
	public boolean provesPayer(FacilitatorRequest request) {
		return Schemes.of(request.requirements()).isUnderstood()
				&& request.signed() instanceof EvmPayload.Eip3009 payment && isByAccount(request, payment);
	}

	private boolean isByAccount(FacilitatorRequest request, EvmPayload.Eip3009 payment) {
		byte[] signed = this.digest.of(request.requirements(), payment);
		return signed != null && AccountSignature.isOne(payment.signature())
				&& AccountSignature.isBy(payment.from(), signed, payment.signature());
	}

}
