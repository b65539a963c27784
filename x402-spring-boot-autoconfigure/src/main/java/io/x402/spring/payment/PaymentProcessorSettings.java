package io.x402.spring.payment;

import java.time.Duration;

/**
 * Time limits of the {@link PaymentProcessor}.
 *
 * @param claimWait how long a repetition waits for the request that uses the same payment
 * @param retention how long a claim is kept after its authorization has expired
 */
public record PaymentProcessorSettings(Duration claimWait, Duration retention) {

}
