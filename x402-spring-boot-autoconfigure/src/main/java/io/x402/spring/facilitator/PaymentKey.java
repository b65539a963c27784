package io.x402.spring.facilitator;

import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * What makes two requests ask for the same movement of money: on EVM networks payer and
 * nonce, never signature bytes, elsewhere the whole scheme payload.
 *
 * @param network CAIP-2 identifier
 * @param authorization what was authorized
 */
public record PaymentKey(String network, Object authorization) {

	/**
	 * Return the key of a request.
	 * @param request the request
	 * @return its key
	 */
	public static PaymentKey of(FacilitatorRequest request) {
		PaymentRequirements offer = request.requirements();
		EvmPayload payment = offer.networkId().isEvm() ? EvmPayload.from(request.payload().payload()) : null;
		return new PaymentKey(offer.network(), (payment != null) ? List.of(offer.asset().toLowerCase(Locale.ROOT),
				payment.from().toLowerCase(Locale.ROOT), payment.nonce()) : request.payload().payload());
	}

	@Override
	public String toString() {
		return "PaymentKey[" + this.network + "]";
	}

}
