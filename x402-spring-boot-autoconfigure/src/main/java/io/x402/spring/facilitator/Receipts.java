package io.x402.spring.facilitator;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Receipts that are made of the request alone.
 */
public final class Receipts {

	private Receipts() {
	}

	public static SettlementResponse failure(FacilitatorRequest request, String reason, @Nullable String transaction) {
		EvmPayload payment = EvmPayload.from(request.payload().payload());
		return new SettlementResponse(false, reason, null, (payment != null) ? payment.from() : null,
				(transaction != null) ? transaction : "", networkName(request), null, null, null);
	}

	/**
	 * Return the network as the protocol version of the buyer names it.
	 */
	static String networkName(FacilitatorRequest request) {
		return (request.payload() instanceof PaymentPayload.V1 v1) ? v1.network() : request.requirements().network();
	}

}
