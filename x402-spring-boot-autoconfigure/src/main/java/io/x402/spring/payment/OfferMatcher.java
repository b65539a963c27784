package io.x402.spring.payment;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Finds the offers a payment is meant for. What the buyer says is a selector only; the
 * result is always one of the seller's own objects.
 */
final class OfferMatcher {

	private static final Set<String> MEMBERS = Set.of("scheme", "network", "amount", "asset", "payTo",
			"maxTimeoutSeconds", "extra");

	private final Networks networks;

	OfferMatcher(Networks networks) {
		this.networks = networks;
	}

	/**
	 * Return the offers that a payment fits.
	 * @param accepts the offers
	 * @param payload the payment
	 * @return the fitting offers, in order; in v2 more than one only if offers are equal
	 */
	List<PaymentRequirements> match(List<PaymentRequirements> accepts, PaymentPayload payload) {
		List<PaymentRequirements> fitting = accepts.stream().filter((offer) -> matches(offer, payload)).toList();
		return (payload instanceof PaymentPayload.V2) ? closest(fitting) : fitting;
	}

	/**
	 * Of offers that differ in {@code extra} only, a payment means the one that says all
	 * that the others say. If there is none, it could mean any and so means none.
	 */
	private static List<PaymentRequirements> closest(List<PaymentRequirements> fitting) {
		return fitting.stream()
			.filter((offer) -> fitting.stream().allMatch((other) -> contains(offer.extra(), other.extra())))
			.toList();
	}

	private boolean matches(PaymentRequirements offer, PaymentPayload payload) {
		if (payload instanceof PaymentPayload.V2 v2) {
			return matches(offer, v2.accepted());
		}
		return matches(offer, (PaymentPayload.V1) payload);
	}

	private static boolean matches(PaymentRequirements offer, Map<String, Object> accepted) {
		return MEMBERS.containsAll(accepted.keySet()) && offer.scheme().equals(accepted.get("scheme"))
				&& offer.network().equals(accepted.get("network"))
				&& offer.amount().toString().equals(accepted.get("amount"))
				&& sameAddress(offer, offer.asset(), accepted.get("asset"))
				&& sameAddress(offer, offer.payTo(), accepted.get("payTo"))
				&& sameNumber(offer.maxTimeoutSeconds(), accepted.get("maxTimeoutSeconds"))
				&& contains(accepted.get("extra"), expectedExtra(offer));
	}

	/**
	 * A facilitator with several accounts names now this one and now that one, and knows
	 * all of them when it is asked.
	 */
	private static Map<String, Object> expectedExtra(PaymentRequirements offer) {
		if (!offer.scheme().equals(PaymentRequirements.UPTO)) {
			return offer.extra();
		}
		Map<String, Object> extra = new HashMap<>(offer.extra());
		extra.remove(PaymentRequirements.FACILITATOR_ADDRESS);
		return extra;
	}

	/**
	 * A v1 payment names scheme and network only; receiver and amount of an EVM
	 * authorization tell offers on the same network apart.
	 */
	private boolean matches(PaymentRequirements offer, PaymentPayload.V1 payload) {
		Network network = this.networks.byId(offer.network());
		if (network == null || !payload.network().equals(network.v1Name())
				|| !offer.scheme().equals(payload.scheme())) {
			return false;
		}
		EvmPayload authorization = network.isEvm() ? EvmPayload.from(payload.payload()) : null;
		return authorization == null
				|| (authorization.to().equalsIgnoreCase(offer.payTo()) && authorization.value().equals(offer.amount()));
	}

	private static boolean sameAddress(PaymentRequirements offer, String expected, @Nullable Object actual) {
		return actual instanceof String text
				&& (offer.network().startsWith("eip155:") ? expected.equalsIgnoreCase(text) : expected.equals(text));
	}

	/**
	 * Objects contain objects member by member and may have more; everything else has to
	 * be equal.
	 */
	private static boolean contains(@Nullable Object actual, @Nullable Object expected) {
		if (expected instanceof Map<?, ?> members) {
			return (actual == null && members.isEmpty()) || (actual instanceof Map<?, ?> map && members.entrySet()
				.stream()
				.allMatch((member) -> map.containsKey(member.getKey())
						&& contains(map.get(member.getKey()), member.getValue())));
		}
		return equal(actual, expected);
	}

	private static boolean equal(@Nullable Object actual, @Nullable Object expected) {
		if (expected instanceof Number) {
			return sameNumber(expected, actual);
		}
		if (expected instanceof List<?> list) {
			return actual instanceof List<?> other && list.size() == other.size()
					&& IntStream.range(0, list.size()).allMatch((i) -> equal(other.get(i), list.get(i)));
		}
		if (expected instanceof Map<?, ?> map) {
			return actual instanceof Map<?, ?> other && other.size() == map.size() && contains(other, map);
		}
		return (expected != null) ? expected.equals(actual) : actual == null;
	}

	private static boolean sameNumber(Object expected, @Nullable Object actual) {
		return actual instanceof Number
				&& new BigDecimal(expected.toString()).compareTo(new BigDecimal(actual.toString())) == 0;
	}

}
