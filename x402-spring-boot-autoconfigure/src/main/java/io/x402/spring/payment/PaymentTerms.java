package io.x402.spring.payment;

import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * What is asked for one request: the resource and the offers a buyer may choose from.
 *
 * @param resource what is sold
 * @param accepts the offers in order of preference, at least one
 */
public record PaymentTerms(ResourceInfo resource, List<PaymentRequirements> accepts) {

	public PaymentTerms {
		accepts = List.copyOf(accepts);
		if (accepts.isEmpty()) {
			throw new IllegalArgumentException("Terms need at least one offer");
		}
	}

}
