package io.x402.spring.facilitator;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of {@link Facilitator#settle}. Whatever is not certainly settled or certainly
 * declined is unknown.
 */
public sealed interface SettlementOutcome {

	/**
	 * The money moved.
	 *
	 * @param receipt the receipt, with a transaction
	 */
	record Settled(SettlementResponse receipt) implements SettlementOutcome {

	}

	/**
	 * The money certainly did not and will not move.
	 *
	 * @param code the reason from the table
	 * @param receipt the failure receipt for the buyer
	 */
	record Declined(ReasonCode code, SettlementResponse receipt) implements SettlementOutcome {

	}

	/**
	 * The money may have moved, or may still move.
	 *
	 * @param detail what happened, for the log only
	 * @param transaction hash of a transaction that may settle, or {@code null}
	 */
	record Unknown(String detail, @Nullable String transaction) implements SettlementOutcome {

	}

}
