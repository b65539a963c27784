package io.x402.spring.payment;

/**
 * Is told what happens to payments.
 */
@FunctionalInterface
public interface PaymentListener {

	/**
	 * Handle an event.
	 * @param event the event
	 */
	void onPaymentEvent(PaymentEvent event);

}
