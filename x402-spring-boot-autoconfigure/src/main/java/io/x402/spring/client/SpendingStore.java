package io.x402.spring.client;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Keeps account of what was spent. Several instances with one budget share one.
 */
public interface SpendingStore {

	/**
	 * Count a payment if it fits into every budget, in one atomic step.
	 * @param spending the payment
	 * @param limits the budgets
	 * @return {@code null} if it is counted, or the first budget that it would break
	 * @throws RuntimeException if the store is not available; nothing may be paid then
	 */
	@Nullable SpendingLimit reserve(Spending spending, List<SpendingLimit> limits);

	/**
	 * Take back a payment that was counted and certainly not made.
	 * @param spending the payment
	 */
	void release(Spending spending);

}
