package io.x402.spring.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.payment.Claim;

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

	/**
	 * Forget a claim, unless a later version of it is known: whoever finds that his is
	 * out of date must not end the work of another request of this instance.
	 * @param claim the version that nobody works on any more
	 */
	void remove(Claim claim) {
		this.claims.computeIfPresent(claim.owner(),
				(owner, known) -> (known.version() > claim.version()) ? known : null);
	}

	/**
	 * Add or remove a claim after a step.
	 * @param claim the version after the step
	 */
	void follow(Claim claim) {
		if (claim.active()) {
			add(claim);
		}
		else {
			remove(claim);
		}
	}

	List<Claim> unexpired(Instant now) {
		this.claims.values().removeIf((claim) -> claim.expiresAt().isBefore(now));
		return List.copyOf(this.claims.values());
	}

}
