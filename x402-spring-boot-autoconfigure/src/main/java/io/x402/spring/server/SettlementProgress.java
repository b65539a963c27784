package io.x402.spring.server;

import org.jspecify.annotations.Nullable;

/**
 * How far one payment got, and what that means for the next who wants it settled.
 */
final class SettlementProgress {

	private int verifications;

	private boolean running;

	private boolean sent;

	private @Nullable SettlementResult settled;

	synchronized boolean isSettled() {
		return this.settled != null;
	}

	synchronized boolean isSent() {
		return this.sent;
	}

	synchronized void verified() {
		this.verifications++;
	}

	/**
	 * Begin to settle.
	 * @return what to answer instead, or {@code null}
	 */
	synchronized @Nullable SettlementResult begin() {
		if (this.settled != null) {
			return (this.verifications == 1) ? this.settled : SettlementResult.duplicate(this.settled.transaction());
		}
		if (this.running) {
			return (this.verifications == 1) ? SettlementResult.pending(null) : SettlementResult.duplicate(null);
		}
		this.running = true;
		return null;
	}

	/**
	 * Note that the settlement is sent now.
	 * @return whether it was before
	 */
	synchronized boolean send() {
		boolean before = this.sent;
		this.sent = true;
		return before;
	}

	synchronized void end(SettlementResult result) {
		this.running = false;
		this.settled = (result.kind() == SettlementResult.Kind.SETTLED) ? result : this.settled;
		this.sent = this.sent && result.kind() == SettlementResult.Kind.PENDING;
	}

}
