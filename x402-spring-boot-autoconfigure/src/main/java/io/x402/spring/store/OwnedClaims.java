package io.x402.spring.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimState;

/**
 * The claims that requests of this instance are working on. Only their leases are
 * renewed, so that a claim nobody here knows of, because the answer of the store got
 * lost, becomes free again.
 */
final class OwnedClaims {

	private final Map<String, Claim> claims = new ConcurrentHashMap<>();

	void add(Claim claim) {
		this.claims.put(claim.owner(), claim);
	}

	void remove(Claim claim) {
		this.claims.remove(claim.owner());
	}

	/**
	 * Forget a claim that no request will change any more.
	 * @param claim the claim
	 */
	void removeIfDone(Claim claim) {
		if (claim.state() == ClaimState.SETTLED || claim.state() == ClaimState.DECLINED
				|| claim.state() == ClaimState.PENDING) {
			remove(claim);
		}
	}

	List<Claim> unexpired(Instant now) {
		this.claims.values().removeIf((claim) -> claim.expiresAt().isBefore(now));
		return List.copyOf(this.claims.values());
	}

}
