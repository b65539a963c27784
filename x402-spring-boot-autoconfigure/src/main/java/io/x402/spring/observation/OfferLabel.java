package io.x402.spring.observation;

import java.util.Set;

import io.micrometer.core.instrument.Tags;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What meters tell about an offer: values of closed sets, whatever the offer holds.
 *
 * @param network CAIP-2 identifier of a known network, {@code other} or {@code several}
 * @param asset ticker of a known token, {@code other} or {@code several}
 * @param scheme scheme of the protocol, {@code other} or {@code several}
 * @param decimals number of decimals of the token, or {@link #UNKNOWN_DECIMALS}
 */
record OfferLabel(String network, String asset, String scheme, int decimals) {

	static final int UNKNOWN_DECIMALS = -1;

	private static final String OTHER = "other";

	private static final String SEVERAL = "several";

	private static final Set<String> SCHEMES = Set.of("exact", "upto", "batch-settlement", "auth-capture");

	static OfferLabel of(PaymentRequirements offer, Networks networks) {
		Network network = networks.byId(offer.network());
		Asset asset = (network != null) ? asset(network, offer.asset()) : null;
		return new OfferLabel((network != null) ? network.id() : OTHER, (asset != null) ? asset.symbol() : OTHER,
				SCHEMES.contains(offer.scheme()) ? offer.scheme() : OTHER,
				(asset != null) ? asset.decimals() : UNKNOWN_DECIMALS);
	}

	private static @Nullable Asset asset(Network network, String address) {
		return network.assets()
			.stream()
			.filter((asset) -> network.isEvm() ? asset.address().equalsIgnoreCase(address)
					: asset.address().equals(address))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return a label for a choice of offers.
	 */
	OfferLabel merge(OfferLabel other) {
		return equals(other) ? this : new OfferLabel(same(this.network, other.network), same(this.asset, other.asset),
				same(this.scheme, other.scheme), UNKNOWN_DECIMALS);
	}

	private static String same(String one, String other) {
		return one.equals(other) ? one : SEVERAL;
	}

	Tags tags() {
		return Tags.of("network", this.network, "asset", this.asset, "scheme", this.scheme);
	}

}
