/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PayloadDigest;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SchemePayload;
import io.x402.spring.store.Claim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.Sale;
import org.jspecify.annotations.Nullable;

/**
 * Finds what became of payments that could not be taken any more, because the price has
 * changed or the authorization has expired since they were.
 */
final class EarlierPayments {

	private static final Set<ReasonCode> OUTDATED = Set.of(ReasonCode.REQUIREMENTS_MISMATCH, ReasonCode.EXPIRED,
			ReasonCode.NOT_YET_VALID, ReasonCode.VALIDITY_TOO_LONG, ReasonCode.AMOUNT_MISMATCH,
			ReasonCode.RECIPIENT_MISMATCH, ReasonCode.QUOTE_EXPIRED);

	private final PaymentStore store;

	private final Networks networks;

	EarlierPayments(PaymentStore store, Networks networks) {
		this.store = store;
		this.networks = networks;
	}

	/**
	 * Return whether something can be said of a payment now although it was taken before.
	 */
	static boolean isOutdated(ReasonCode objection) {
		return OUTDATED.contains(objection);
	}

	/**
	 * Return for which tokens a payment may have been taken before. However old it is,
	 * only the store knows: the clock may be ahead.
	 * @param objection why it cannot be taken now
	 * @return none if it is not worth a look into the store
	 */
	List<SignedToken> sought(PaymentOffers offers, PaymentPayload payload, ReasonCode objection) {
		return isOutdated(objection) ? List.copyOf(tokens(offers, payload)) : List.of();
	}

	/**
	 * Return the claim that the identical payment made, for whatever request: one that
	 * was charged for another request must not be replaced by a new one.
	 * @param sought the tokens to look for
	 * @return the claim if the payment is charged or may still be, else {@code null}
	 */
	@Nullable Claim find(List<SignedToken> sought, PaymentPayload payload) {
		String digest = sought.isEmpty() ? "" : PayloadDigest.of(payload);
		for (SignedToken token : sought) {
			Claim claim = token.signed().hasOneKey() ? this.store.find(token.key()) : null;
			if (claim != null && claim.payload().equals(digest) && mayBeCharged(claim)) {
				return claim;
			}
		}
		return null;
	}

	/**
	 * Prices change and authorizations end while a handler runs, and another instance may
	 * have other prices. The request that works on the claim settles it all the same.
	 */
	private static boolean mayBeCharged(Claim claim) {
		return switch (claim.state()) {
			case CLAIMED, VERIFIED, SETTLING, PENDING, SETTLED -> true;
			// Its request works on it, or did so when its lease ended
			case ABANDONED -> claim.holder() != Claim.Holder.NONE;
			case EXECUTED, DECLINED, EXHAUSTED, BOUND -> false;
		};
	}

	/**
	 * Return for each token that a payment may be of one offer that asks for it.
	 */
	static List<PaymentRequirements> offers(PaymentOffers offers, List<SignedToken> sought) {
		return sought.stream().flatMap((token) -> offers.accepts().stream().filter(token::isAskedBy).limit(1)).toList();
	}

	private Set<SignedToken> tokens(PaymentOffers offers, PaymentPayload payload) {
		Set<SignedToken> tokens = new LinkedHashSet<>();
		if (payload instanceof PaymentPayload.V2 v2 && v2.accepted().get("network") instanceof String network
				&& v2.accepted().get("asset") instanceof String asset) {
			tokens.add(SignedToken.of(payload, network, asset));
		}
		else if (payload instanceof PaymentPayload.V1 v1) {
			for (PaymentRequirements offer : offers.accepts()) {
				Network network = this.networks.byId(offer.network());
				if (network != null && v1.network().equals(network.v1Name())) {
					tokens.add(SignedToken.of(payload, offer.network(), offer.asset()));
				}
			}
		}
		return tokens;
	}

	/**
	 * Return the offer that a claim paid, as it is made now, or else as far as it is
	 * kept.
	 */
	static PaymentRequirements offer(Claim claim, PaymentOffers offers) {
		Sale sale = Objects.requireNonNull(claim.sale(), "Not a claim about money");
		PaymentRequirements kept = new PaymentRequirements(sale.scheme(), claim.key().network(), sale.amount(),
				claim.key().asset(), sale.payTo(), 1, Map.of());
		return offers.accepts()
			.stream()
			.filter((offer) -> offer.scheme().equals(kept.scheme()) && offer.amount().equals(kept.amount())
					&& offer.isPaidLike(kept))
			.findFirst()
			.orElse(kept);
	}

	/**
	 * A payment in one token.
	 *
	 * @param network the network
	 * @param asset address of the token, in any spelling
	 * @param signed what the payer signed
	 */
	record SignedToken(NetworkId network, String asset, SchemePayload signed) {

		static SignedToken of(PaymentPayload payload, String network, String asset) {
			NetworkId id = new NetworkId(network);
			return new SignedToken(id, asset, id.read(payload.payload()));
		}

		AuthorizationKey key() {
			return this.network.key(this.signed, this.asset);
		}

		boolean isAskedBy(PaymentRequirements offer) {
			return offer.network().equals(this.network.value())
					&& this.network.isSameAddress(offer.asset(), this.asset);
		}

	}

}
