package io.x402.spring.pricing;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Finds a price, receiver or asset for a request. A bean of this type is named as
 * {@code @beanName} in {@link PaymentRequired} or {@code x402.routes[]}.
 * <p>
 * It is asked twice for one purchase: for the offer and again for the paid request. A
 * value that changes in between makes the buyer's payment fit no offer, so keep it stable
 * for at least the time a buyer needs to sign.
 */
@FunctionalInterface
public interface PaymentValueResolver {

	/**
	 * Find the value.
	 * @param request the current request; its body has not been read
	 * @return the value in the form the attribute takes, for a price {@code 0.05},
	 * {@code 0.05 USDC} or {@code free}
	 */
	String resolve(HttpServletRequest request);

}
