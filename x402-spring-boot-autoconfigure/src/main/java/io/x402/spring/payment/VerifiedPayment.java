package io.x402.spring.payment;

import java.math.BigInteger;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * The payment a handler runs for. In flow {@link PaymentFlow#AUTHORIZATION} it is
 * verified but not settled yet; in flow {@link PaymentFlow#UPFRONT} it is settled.
 *
 * @param version protocol version the buyer speaks
 * @param requirements the offer that is paid
 * @param payer address of the buyer, or {@code null} where neither payload nor
 * facilitator tell it
 * @param receipt receipt of a settlement that was made before the handler, else
 * {@code null}
 */
public record VerifiedPayment(ProtocolVersion version, PaymentRequirements requirements, @Nullable String payer,
		@Nullable SettlementResponse receipt) {

	/**
	 * Return the price in atomic units of the asset.
	 * @return the amount
	 */
	public BigInteger amount() {
		return this.requirements.amount();
	}

	/**
	 * Return the flow of this payment.
	 * @return the flow
	 */
	public PaymentFlow flow() {
		return PaymentFlow.of(this.requirements);
	}

}
