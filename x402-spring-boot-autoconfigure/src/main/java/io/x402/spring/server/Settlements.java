package io.x402.spring.server;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PaymentKey;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.ReasonCode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Settles every payment once. A payment is verified anew before it is settled for the
 * first time; a settlement whose outcome is unknown is asked about again, never begun
 * anew.
 * <p>
 * The receipt of a settlement is repeated to a seller that verified the payment once and
 * asks again, because an answer got lost. Where it was verified several times, or never,
 * a repetition may be another sale for the same money, so it is told that the payment is
 * used, and for which transaction. The 50,000 payments used last are remembered.
 */
final class Settlements {

	private static final Log logger = LogFactory.getLog(Settlements.class);

	private static final int MAX_ENTRIES = 50_000;

	private final Facilitator facilitator;

	private final Map<PaymentKey, Progress> payments = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<PaymentKey, Progress> eldest) {
			return size() > MAX_ENTRIES;
		}

	};

	Settlements(Facilitator facilitator) {
		this.facilitator = facilitator;
	}

	VerificationOutcome verify(FacilitatorRequest request) {
		Progress progress = progress(request);
		if (progress.isSettled()) {
			return new Invalid(ReasonCode.NONCE_ALREADY_USED);
		}
		VerificationOutcome outcome = ask(request);
		if (outcome instanceof Valid) {
			progress.verified();
		}
		return outcome;
	}

	private VerificationOutcome ask(FacilitatorRequest request) {
		try {
			VerificationOutcome outcome = this.facilitator.verify(request);
			return (outcome != null) ? outcome : new Unavailable("no outcome");
		}
		catch (RuntimeException ex) {
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unavailable("the facilitator threw " + ex.getClass().getName());
		}
	}

	Result settle(FacilitatorRequest request) {
		Progress progress = progress(request);
		Result earlier = progress.begin();
		if (earlier != null) {
			return earlier;
		}
		Result result = Result.pending(null);
		try {
			result = progress.isSent() ? settle(request, progress) : verifyAndSettle(request, progress);
			return result;
		}
		finally {
			progress.end(result);
		}
	}

	private Result verifyAndSettle(FacilitatorRequest request, Progress progress) {
		VerificationOutcome outcome = ask(request);
		if (outcome instanceof Unavailable unavailable) {
			logger.warn("A payment was not settled because it could not be verified: " + unavailable.detail());
			return Result.notSent();
		}
		// A used nonce may have been used by this very payment, which settling tells
		if (outcome instanceof Invalid invalid && invalid.code() != ReasonCode.NONCE_ALREADY_USED) {
			return Result.failed(invalid.reason());
		}
		return settle(request, progress);
	}

	private Result settle(FacilitatorRequest request, Progress progress) {
		boolean repeated = progress.send();
		SettlementOutcome outcome = submit(request);
		if (outcome instanceof Settled settled) {
			return settled(settled, request);
		}
		if (outcome instanceof Declined declined) {
			if (!declined.code().retryable()) {
				String reason = declined.receipt().errorReason();
				return Result.failed((reason != null) ? reason : declined.code().code());
			}
			return repeated ? Result.pending(null) : Result.notSent();
		}
		Unknown unknown = (Unknown) outcome;
		logger.warn("The outcome of a settlement on " + request.requirements().network() + " is unknown: "
				+ unknown.detail());
		return Result.pending(unknown.transaction());
	}

	private SettlementOutcome submit(FacilitatorRequest request) {
		try {
			SettlementOutcome outcome = this.facilitator.settle(request);
			return (outcome != null) ? outcome : new Unknown("no outcome", null);
		}
		catch (RuntimeException ex) {
			logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
			return new Unknown("the facilitator threw " + ex.getClass().getName(), null);
		}
	}

	/**
	 * What says nothing about a transaction, or about one on another network or of
	 * another amount, is no settlement.
	 */
	private static Result settled(Settled settled, FacilitatorRequest request) {
		String transaction = settled.receipt().transaction();
		String amount = settled.receipt().amount();
		boolean genuine = settled.receipt().success() && transaction != null && !transaction.isBlank()
				&& (amount == null || amount.equals(request.requirements().amount().toString()));
		return genuine ? Result.settled(transaction, settled.receipt().payer(), settled.receipt().network())
				: Result.pending(null);
	}

	private Progress progress(FacilitatorRequest request) {
		synchronized (this.payments) {
			return this.payments.computeIfAbsent(PaymentKey.of(request), (key) -> new Progress());
		}
	}

	/**
	 * How far a payment got.
	 */
	private static final class Progress {

		private int verifications;

		private boolean running;

		private boolean sent;

		private @Nullable Result settled;

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
		synchronized @Nullable Result begin() {
			if (this.settled != null) {
				return (this.verifications == 1) ? this.settled : Result.duplicate(this.settled.transaction());
			}
			if (this.running) {
				return (this.verifications == 1) ? Result.pending(null) : Result.duplicate(null);
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

		synchronized void end(Result result) {
			this.running = false;
			this.settled = (result.kind() == Result.Kind.SETTLED) ? result : this.settled;
			this.sent = this.sent && result.kind() == Result.Kind.PENDING;
		}

	}

	/**
	 * Result of asking for a settlement.
	 *
	 * @param kind what is certain
	 * @param reason why it is not settled
	 * @param transaction hash of the transaction that settled or may settle it
	 * @param payer who paid
	 * @param network the network as the facilitator names it
	 */
	record Result(Kind kind, @Nullable String reason, @Nullable String transaction, @Nullable String payer,
			@Nullable String network) {

		static Result settled(String transaction, @Nullable String payer, @Nullable String network) {
			return new Result(Kind.SETTLED, null, transaction, payer, network);
		}

		static Result failed(String reason) {
			return new Result(Kind.FAILED, reason, null, null, null);
		}

		static Result duplicate(@Nullable String transaction) {
			return new Result(Kind.DUPLICATE, "duplicate_settlement", transaction, null, null);
		}

		static Result pending(@Nullable String transaction) {
			return new Result(Kind.PENDING, ReasonCode.SETTLEMENT_PENDING.code(), transaction, null, null);
		}

		static Result notSent() {
			return new Result(Kind.NOT_SENT, ReasonCode.FACILITATOR_UNAVAILABLE.code(), null, null, null);
		}

		/**
		 * What is certain about a payment.
		 */
		enum Kind {

			/** The money moved. */
			SETTLED,

			/** The money did not move and will not. */
			FAILED,

			/** The payment is used already, or is being used. */
			DUPLICATE,

			/** The money may have moved. */
			PENDING,

			/** Nobody was asked to move it. */
			NOT_SENT

		}

	}

}
