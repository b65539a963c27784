package io.x402.spring.store;

/**
 * A claim whose settlement has an unknown outcome.
 *
 * @param claim the claim
 * @param request what was asked, as it was recorded
 */
public record UnsettledClaim(Claim claim, byte[] request) {

	@Override
	public String toString() {
		return "UnsettledClaim[" + this.claim.key() + "]";
	}

}
