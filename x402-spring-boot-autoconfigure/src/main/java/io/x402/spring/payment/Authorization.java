package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Instant;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import org.jspecify.annotations.Nullable;

/**
 * What a payment shows of itself. On networks other than EVM ones it shows nothing.
 *
 * @param payer address of the buyer
 * @param end when it can not be settled any more
 */
record Authorization(@Nullable String payer, @Nullable Instant end) {

	/** Until here an instant can be told in milliseconds, for every store. */
	private static final BigInteger MAX_SECONDS = BigInteger.ONE.shiftLeft(Integer.SIZE);

	static Authorization of(PaymentPayload payment) {
		EvmPayload signed = EvmPayload.from(payment.payload());
		return (signed != null) ? new Authorization(signed.from(), end(signed.validBefore()))
				: new Authorization(null, null);
	}

	private static @Nullable Instant end(BigInteger validBefore) {
		return (validBefore.compareTo(MAX_SECONDS) < 0) ? Instant.ofEpochSecond(validBefore.longValueExact()) : null;
	}

}
