package io.x402.spring.client;

/**
 * Is told what happens to the payments of this buyer.
 */
@FunctionalInterface
public interface PurchaseListener {

	/**
	 * Handle an event.
	 * @param event the event
	 */
	void onPurchaseEvent(PurchaseEvent event);

}
