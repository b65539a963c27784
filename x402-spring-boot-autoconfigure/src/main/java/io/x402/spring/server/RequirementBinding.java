package io.x402.spring.server;

import java.math.BigInteger;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.protocol.AtomicAmount;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.WholeNumber;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the buyer accepted with what the seller asks the facilitator to settle:
 * both have to be one offer.
 */
final class RequirementBinding {

	private RequirementBinding() {
	}

	static boolean holds(CallMessage message) {
		PaymentRequirements offer = message.request().requirements();
		if (message.request().payload() instanceof PaymentPayload.V1 v1) {
			return v1.scheme().equals(offer.scheme()) && v1.network().equals(message.network());
		}
		return holds(offer, ((PaymentPayload.V2) message.request().payload()).accepted());
	}

	private static boolean holds(PaymentRequirements offer, Map<String, Object> accepted) {
		return offer.scheme().equals(accepted.get("scheme")) && offer.network().equals(accepted.get("network"))
				&& holds(offer, accepted.get("amount")) && sameAddress(offer, offer.asset(), accepted.get("asset"))
				&& sameAddress(offer, offer.payTo(), accepted.get("payTo"))
				&& BigInteger.valueOf(offer.maxTimeoutSeconds())
					.equals(WholeNumber.of(accepted.get("maxTimeoutSeconds")))
				&& contains(accepted.get("extra"), offer.extra());
	}

	/**
	 * In scheme upto the buyer accepts a limit.
	 */
	private static boolean holds(PaymentRequirements offer, @Nullable Object accepted) {
		BigInteger amount = AtomicAmount.parse(accepted);
		if (amount == null) {
			return false;
		}
		int difference = amount.compareTo(offer.amount());
		return (difference == 0) || (offer.scheme().equals(PaymentRequirements.UPTO) && difference > 0);
	}

	private static boolean sameAddress(PaymentRequirements offer, String expected, @Nullable Object actual) {
		return actual instanceof String text
				&& (offer.network().startsWith("eip155:") ? expected.equalsIgnoreCase(text) : expected.equals(text));
	}

	/**
	 * A buyer may add members, but not leave out or change one.
	 */
	private static boolean contains(@Nullable Object actual, Map<String, Object> expected) {
		return (actual instanceof Map<?, ?> map)
				? expected.entrySet()
					.stream()
					.allMatch((entry) -> Objects.equals(map.get(entry.getKey()), entry.getValue()))
				: actual == null && expected.isEmpty();
	}

}
