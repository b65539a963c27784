package io.x402.spring.evm;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.protocol.Eip3009Payload;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Checks the signature of an EIP-3009 authorization by the account that pays.
 * <p>
 * A signature of 65 bytes has to be the payer's own. Without a look at the chain a plain
 * account cannot be told from a contract wallet whose signatures have the same length,
 * such as a Safe with a single owner; this check refuses those wallets so that garbage
 * does not reach a facilitator. A seller who wants their payments leaves the check out.
 * Signatures of any other length belong to contract wallets (EIP-1271, ERC-6492) and
 * pass, as does an offer without {@code name} and {@code version} of the token.
 */
public final class Eip3009SignatureCheck implements PayloadCheck {

	private final Eip3009Digest digest = new Eip3009Digest();

	@Override
	public @Nullable ReasonCode check(FacilitatorRequest request) {
		if (!request.requirements().scheme().equals("exact")
				|| !(EvmPayload.from(request.payload().payload()) instanceof Eip3009Payload payment)
				|| !AccountSignature.isOne(payment.signature())) {
			return null;
		}
		byte[] signed = this.digest.of(request.requirements(), payment);
		return (signed == null || AccountSignature.isBy(payment.from(), signed, payment.signature())) ? null
				: ReasonCode.INVALID_SIGNATURE;
	}

}
