/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.Set;

import io.x402.spring.evm.AccountSignature;
import io.x402.spring.evm.onchain.SignatureCheck.Result;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.money.Networks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Finds signatures that own nodes know to be invalid. Signatures by the payer's own key
 * cost no call. For any other one the code of the payer decides, as it does for token
 * contracts: an account without code must have signed, a contract wallet (EIP-1271) or
 * delegated account (EIP-7702) is asked, and one that does not exist yet (ERC-6492) is
 * created for the moment of the call.
 */
final class NodeSignatures {

	private static final Log logger = LogFactory.getLog(NodeSignatures.class);

	private final SignatureCheck check = new SignatureCheck(Set.of());

	private final Chains chains;

	private final Networks networks;

	NodeSignatures(Chains chains, Networks networks) {
		this.chains = chains;
		this.networks = networks;
	}

	/**
	 * Return whether a signature is known to be invalid.
	 * @param request payment and offer
	 * @return {@code false} also if no node can tell
	 */
	boolean isInvalid(FacilitatorRequest request) {
		Authorization authorization = Authorizations.of(request, this.networks, Set.of());
		byte[] digest = (authorization != null) ? authorization.digest() : null;
		if (authorization == null || digest == null) {
			return false;
		}
		String payer = authorization.payment().from();
		String signature = authorization.payment().signature();
		if (AccountSignature.isOne(signature) && AccountSignature.isBy(payer, digest, signature)) {
			return false;
		}
		try {
			Chain chain = this.chains.isAnyUsable() ? this.chains.get(request.requirements().network()) : null;
			return chain != null && isInvalid(new ChainState(chain, Chain.LATEST), payer, digest, signature);
		}
		catch (RuntimeException ex) {
			// a node can respond with anything
			logger.debug("The signature of a payment could not be checked: " + ex.getClass().getSimpleName());
			return false;
		}
	}

	private boolean isInvalid(ChainState chain, String payer, byte[] digest, String signature) {
		Result result = this.check.check(chain, payer, digest, signature);
		return result == Result.INVALID || (result == Result.FACTORY_NOT_ALLOWED
				&& this.check.checkCreated(chain, payer, digest, signature) == Result.INVALID);
	}

}
