package io.x402.spring.payment;

import java.time.Instant;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * An authorization that is bound to one request. Immutable; each change of state makes a
 * new version.
 *
 * @param key identity of the authorization
 * @param fingerprint fingerprint of the request it is bound to
 * @param state current state
 * @param owner who may change it
 * @param version increases by one with each change, fences off owners that lost it
 * @param expiresAt when the claim may be forgotten
 * @param receipt receipt of a settled or declined claim, else {@code null}
 */
public record Claim(ClaimKey key, String fingerprint, ClaimState state, String owner, long version, Instant expiresAt,
		@Nullable SettlementResponse receipt) {

	/**
	 * Return the next version of this claim.
	 * @param next the next state
	 * @param receipt the receipt, or {@code null}
	 * @return the changed claim
	 */
	public Claim advance(ClaimState next, @Nullable SettlementResponse receipt) {
		return new Claim(this.key, this.fingerprint, next, this.owner, this.version + 1, this.expiresAt, receipt);
	}

}
