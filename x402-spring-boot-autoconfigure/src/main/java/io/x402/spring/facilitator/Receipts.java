package io.x402.spring.facilitator;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Receipts that are made of the request alone.
 */
public final class Receipts {

	private Receipts() {
	}

	public static SettlementResponse failure(FacilitatorRequest request, String reason, @Nullable String transaction) {
		return new SettlementResponse(false, reason, null, request.payer(), (transaction != null) ? transaction : "",
				request.networkName(), null, null, null);
	}

}
