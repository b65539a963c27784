package io.x402.spring.autoconfigure.facilitator;

import java.math.BigDecimal;
import java.net.URI;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.facilitator.http.CoinbaseAuthentication;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.OfferCheck;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Refuses prices that the facilitator is known not to take because they are too low.
 */
final class LeastAmountCheck implements OfferCheck {

	private static final Map<String, BigDecimal> KNOWN = Map
		.of(URI.create(CoinbaseAuthentication.FACILITATOR_URL).getHost(), new BigDecimal("0.001"));

	private final Networks networks;

	private final BigDecimal least;

	/**
	 * Create a check.
	 * @param networks the known networks
	 * @param least least price in tokens
	 */
	LeastAmountCheck(Networks networks, BigDecimal least) {
		this.networks = networks;
		this.least = least;
	}

	/**
	 * Return the least price that a facilitator is known to take.
	 * @param facilitator its address
	 * @return the price in tokens, zero if nothing is known
	 */
	static BigDecimal knownOf(URI facilitator) {
		String host = String.valueOf(facilitator.getHost()).toLowerCase(Locale.ROOT);
		return KNOWN.getOrDefault(host, BigDecimal.ZERO);
	}

	@Override
	public void check(PaymentRequirements offer) {
		BigDecimal price = price(offer);
		if (price != null && price.compareTo(this.least) < 0) {
			throw new InvalidPricingException("price", price.stripTrailingZeros().toPlainString(),
					"the facilitator refuses less than " + this.least.toPlainString(),
					"Raise the price, or tell the limit of your facilitator with "
							+ "x402.facilitator.limits.least-amount.");
		}
	}

	private @Nullable BigDecimal price(PaymentRequirements offer) {
		try {
			int decimals = this.networks.get(offer.network()).asset(offer.asset()).decimals();
			return new BigDecimal(offer.amount(), decimals);
		}
		catch (InvalidPriceException ex) {
			return null;
		}
	}

}
