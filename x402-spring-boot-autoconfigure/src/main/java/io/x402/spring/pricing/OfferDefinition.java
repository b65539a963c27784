package io.x402.spring.pricing;

import java.util.Arrays;
import java.util.List;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import org.jspecify.annotations.Nullable;

/**
 * One price as it is written in an annotation or a route, before placeholders,
 * expressions and defaults are resolved. Empty texts stand for defaults.
 *
 * @param price the price
 * @param networks the networks, empty for the default
 * @param asset the asset
 * @param payTo the receiver
 * @param description what the buyer gets
 * @param mimeType media type of a successful answer
 * @param maxTimeout validity the buyer has to sign for
 * @param scheme how the amount that is charged follows from the price
 * @param flow the flow, or {@code null} for the default
 * @param transactional whether the transaction of the handler is bound to the payment
 */
public record OfferDefinition(String price, List<String> networks, String asset, String payTo, String description,
		String mimeType, String maxTimeout, PaymentScheme scheme, @Nullable PaymentFlow flow, boolean transactional) {

	public OfferDefinition {
		networks = List.copyOf(networks);
	}

	static OfferDefinition of(PaymentRequired annotation) {
		PaymentFlow[] flow = annotation.flow();
		if (flow.length > 1) {
			throw new InvalidPricingException("flow", Arrays.toString(flow), "an offer has one flow",
					"Name one flow, or repeat the annotation for several offers.");
		}
		return new OfferDefinition(annotation.price(), List.of(annotation.network()), annotation.asset(),
				annotation.payTo(), annotation.description(), annotation.mimeType(), annotation.maxTimeout(),
				annotation.scheme(), (flow.length == 1) ? flow[0] : null, annotation.transactional());
	}

}
