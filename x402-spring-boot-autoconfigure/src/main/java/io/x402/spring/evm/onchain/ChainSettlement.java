/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.x402.spring.evm.onchain.Looks.Look;
import io.x402.spring.evm.onchain.TransferBatches.Sent;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Settles on one network.
 * <p>
 * Nothing is stored: the chain takes an authorization once, and tells whether it did. So
 * a payment is looked for before it is sent, in the newest block and among the
 * transactions that wait, whoever sent them; and if two transactions try the same
 * authorization after all, the second one reverts and the first one is found.
 */
final class ChainSettlement {

	private static final Log logger = LogFactory.getLog(ChainSettlement.class);

	private static final int MAX_UNDERWAY = 10_000;

	private static final BigInteger MAX_AGE = BigInteger.valueOf(Duration.ofHours(1).toSeconds());

	private final Map<Authorization, Underway> underway = new ConcurrentHashMap<>();

	private final Chain chain;

	private final List<SigningAccount> accounts;

	private final TransferBatches batches;

	private final Approvals approvals;

	private final SignatureCheck signatures;

	private final OnChainSettlementProbe probe;

	private final OnChainSettings settings;

	private final Clock clock;

	private volatile boolean multicall;

	private volatile boolean warned;

	ChainSettlement(Chain chain, List<SigningAccount> accounts, OnChainSettlementProbe probe, OnChainSettings settings,
			Clock clock) {
		this.chain = chain;
		this.accounts = List.copyOf(accounts);
		this.batches = new TransferBatches(settings.gas().batches().maxSize(), settings.gas().batches().maxWait());
		this.approvals = new Approvals(chain, accounts, probe.networks(), settings.gas().approvals(),
				MonotonicClock.system());
		this.signatures = new SignatureCheck(settings.factories());
		this.probe = probe;
		this.settings = settings;
		this.clock = clock;
	}

	@Nullable Reason refusal(Authorization authorization) {
		ChainState state = new ChainState(this.chain, Chain.LATEST);
		Reason reason = refusal(authorization, state, false);
		if (reason != null) {
			return reason;
		}
		return this.approvals.isNeeded(authorization, state) ? this.approvals.refusal(authorization, state)
				: Simulation.run(state, authorization, account(authorization).address());
	}

	private @Nullable Reason refusal(Authorization authorization, ChainState state, boolean settling) {
		BigInteger now = now();
		Reason objection = authorization.objection(now, settling);
		return (objection != null) ? objection
				: authorization.refusal(authorization.facts(state, this.signatures), now, settling);
	}

	SettlementOutcome settle(Authorization authorization) {
		SettlementOutcome refusal = this.probe.refusal(authorization);
		if (refusal != null) {
			return refusal;
		}
		Deadline deadline = Deadline.in(this.settings.settleTimeout());
		Underway underway = this.underway.get(authorization);
		if (underway != null) {
			return await(authorization, underway, deadline);
		}
		ChainState state = ChainState.newest(this.chain);
		if (authorization.isUsed(this.chain, state.block()) || isWaiting(authorization)) {
			return awaitOther(authorization, deadline);
		}
		Reason reason = refusal(authorization, state, true);
		if (reason != null) {
			return refused(authorization, reason);
		}
		return isNothing(authorization.offer()) ? Outcomes.settled(authorization, "", null)
				: send(authorization, mayShareTransaction(authorization), deadline);
	}

	private static boolean isNothing(PaymentRequirements offer) {
		return Schemes.of(offer).isSettledByNothing(offer.amount());
	}

	/**
	 * Nodes need not know what waits; on their networks a second transaction may revert.
	 */
	private boolean isWaiting(Authorization authorization) {
		try {
			return authorization.isUsed(this.chain, Chain.PENDING);
		}
		catch (NodeErrorException ex) {
			return false;
		}
	}

	/**
	 * Only the chain tells for sure that it is too late for a transaction that may be on
	 * its way.
	 */
	private SettlementOutcome refused(Authorization authorization, Reason reason) {
		return (reason.code(ReasonCode.SETTLEMENT_DECLINED) == ReasonCode.EXPIRED) ? look(authorization)
				: Outcomes.declined(authorization, reason, null);
	}

	private SettlementOutcome look(Authorization authorization) {
		return this.probe.look(this.chain, authorization, this.chain.latest()).outcome();
	}

	private SettlementOutcome send(Authorization authorization, boolean shared, Deadline deadline) {
		SigningAccount account = account(authorization);
		try {
			ContractCall deployment = authorization.deployment(new ChainState(this.chain, Chain.LATEST));
			SettlementOutcome failure = (deployment != null) ? deploy(authorization, account, deployment, deadline)
					: approve(authorization, account, deadline);
			if (failure != null) {
				return failure;
			}
			ContractCall transfer = authorization.transfer();
			BigInteger gas = gas(account, transfer);
			Sent transaction = shared ? this.batches.send(account, transfer, gas)
					: new Sent(account, account.send(transfer, gas));
			Underway sent = new Underway(transaction.account(), transaction.transaction(), transfer);
			remember(authorization, sent);
			return await(authorization, sent, deadline);
		}
		catch (NodeErrorException ex) {
			return ex.isRevert() ? reverted(authorization) : new NotExecuted(String.valueOf(ex.getMessage()));
		}
		catch (TooMuchGasException ex) {
			return Outcomes.declined(authorization, ReasonCode.SETTLEMENT_DECLINED, null);
		}
		catch (NotSentException ex) {
			logger.warn("A payment is not settled: " + ex.getMessage());
			return new NotExecuted(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * The contract may have refused because another party settled the payment just now,
	 * which the node that is asked next need not know yet.
	 */
	private SettlementOutcome reverted(Authorization authorization) {
		ChainState state = ChainState.newest(this.chain);
		if (authorization.isUsed(this.chain, state.block())) {
			return look(authorization);
		}
		Reason reason = Simulation.run(state, authorization, account(authorization).address());
		return (reason != null) ? Outcomes.declined(authorization, reason, null)
				: new NotExecuted("the nodes do not know the same blocks");
	}

	private BigInteger gas(SigningAccount account, ContractCall call) {
		BigInteger gas = this.chain.gas(call, account.address());
		gas = gas.add(gas.shiftRight(2));
		if (gas.compareTo(BigInteger.valueOf(this.settings.gas().maxPerTransaction())) > 0) {
			throw new TooMuchGasException("it would use " + gas + " units of gas, more than configured");
		}
		return gas;
	}

	/**
	 * Create the wallet of a payer.
	 * @return why that failed, or {@code null} if the wallet exists
	 */
	private @Nullable SettlementOutcome deploy(Authorization authorization, SigningAccount account,
			ContractCall deployment, Deadline deadline) {
		try {
			SentTransaction sent = account.send(deployment, gas(account, deployment));
			while (!deadline.hasPassed()) {
				TransactionReceipt receipt = receipt(() -> sent.receipt(this.chain));
				if (receipt != null) {
					return receipt.success() ? null
							: Outcomes.declined(authorization, Reason.SMART_WALLET_DEPLOYMENT_FAILED, null);
				}
				account.tend();
				pause();
			}
			return new NotExecuted("no block has the wallet of the payer yet");
		}
		catch (TooMuchGasException ex) {
			logger.warn("The wallet of a payer is not created: " + ex.getMessage());
			return Outcomes.declined(authorization, Reason.SMART_WALLET_DEPLOYMENT_FAILED, null);
		}
		catch (NodeErrorException ex) {
			return ex.isRevert() ? Outcomes.declined(authorization, Reason.SMART_WALLET_DEPLOYMENT_FAILED, null)
					: new NotExecuted(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Send the approval of a payer, if the payment needs one. Until it is in a block
	 * nothing is sent that could move the price.
	 * @return why that failed, or {@code null} if the payment can be settled
	 */
	private @Nullable SettlementOutcome approve(Authorization authorization, SigningAccount account,
			Deadline deadline) {
		if (!this.approvals.isOffered(authorization)
				|| !this.approvals.isNeeded(authorization, ChainState.newest(this.chain))) {
			return null;
		}
		try (Approvals.Sending sending = this.approvals.sending(authorization, account)) {
			return (sending != null) ? approve(authorization, sending, deadline)
					: new NotExecuted("too many payments wait for an approval");
		}
	}

	private @Nullable SettlementOutcome approve(Authorization authorization, Approvals.Sending sending,
			Deadline deadline) {
		do {
			this.accounts.forEach(SigningAccount::tend);
			try {
				ChainState state = ChainState.newest(this.chain);
				if (!this.approvals.isNeeded(authorization, state)) {
					return null;
				}
				// Whoever has settled the payment may have used up the approval
				SettlementOutcome failure = authorization.isUsed(this.chain, state.block())
						? awaitOther(authorization, deadline) : sending.advance(state);
				if (failure != null) {
					return failure;
				}
			}
			catch (NodeUnavailableException ex) {
				logger.debug("An approval could not be looked at: " + ex.getMessage());
			}
		}
		while (!deadline.hasPassed() && pause());
		return new NotExecuted("no block has the approval of the payer yet");
	}

	private SettlementOutcome await(Authorization authorization, Underway underway, Deadline deadline) {
		int depth = this.probe.confirmations(authorization);
		long seen = -1;
		String hash = underway.sent().hash();
		do {
			long head = headNumber();
			if (head > seen) {
				seen = head;
				TransactionReceipt receipt = receipt(() -> underway.sent().receipt(this.chain, head));
				if (receipt != null) {
					hash = receipt.transaction();
					if (head - receipt.block() + 1 >= depth && contains(receipt)) {
						return outcome(authorization, underway, receipt, deadline);
					}
				}
				underway.account().tend();
			}
		}
		while (!deadline.hasPassed() && pause());
		forgetIfLost(authorization, underway);
		return new Unknown("no block confirms the transaction yet", hash);
	}

	/**
	 * Wait for a transaction that another party sent, or this application before it was
	 * started again, but only as long as a new block may tell more. All who wait share
	 * one look at each block.
	 */
	private SettlementOutcome awaitOther(Authorization authorization, Deadline deadline) {
		Look look = this.probe.look(this.chain, authorization, this.chain.latest());
		while (look.maybeSettledSoon() && !deadline.hasPassed() && pause()) {
			Block head = head();
			look = (head != null) ? this.probe.look(this.chain, authorization, head) : look;
			this.accounts.forEach(SigningAccount::tend);
		}
		return look.outcome();
	}

	private SettlementOutcome outcome(Authorization authorization, Underway underway, TransactionReceipt receipt,
			Deadline deadline) {
		this.underway.remove(authorization);
		ContractCall call = underway.transfer();
		Finding finding = authorization.read(receipt, Calls.outermost(call, authorization.isAnsweredBy(call)));
		if (finding.isSettled()) {
			return this.probe.settled(this.chain, authorization, receipt, finding);
		}
		if (receipt.success() && !(underway.isShared() && finding.kind() == Finding.Kind.NONE)) {
			return new Unknown("invalid_exact_evm_transfer_event_mismatch", receipt.transaction());
		}
		if (authorization.isUsed(this.chain, Hex.quantity(receipt.block()))) {
			return look(authorization);
		}
		// Others may have had a part in the failure of a transaction that was shared
		return underway.isShared() ? send(authorization, false, deadline)
				: Outcomes.declined(authorization, authorization.transactionFailed(), receipt.transaction());
	}

	/**
	 * Code of the payer could use up the gas of the others.
	 */
	private boolean mayShareTransaction(Authorization authorization) {
		return this.settings.gas().batches().maxSize() > 1 && authorization.mayShareTransaction() && hasMulticall()
				&& this.chain.code(authorization.payment().from(), Chain.LATEST).length() <= 2;
	}

	private boolean hasMulticall() {
		if (!this.multicall && this.chain.code(Multicall.ADDRESS, Chain.LATEST).length() > 2) {
			this.multicall = true;
		}
		if (!this.multicall && !this.warned) {
			this.warned = true;
			logger.warn("Network " + this.chain.id()
					+ " has no contract Multicall3; each payment is settled by a transaction of its own");
		}
		return this.multicall;
	}

	/**
	 * If another party used the nonce of the transaction, no block will ever take it.
	 */
	private void forgetIfLost(Authorization authorization, Underway underway) {
		try {
			SentTransaction sent = underway.sent();
			if (this.chain.transactionCount(underway.account().address(), Chain.LATEST) > sent.nonce()
					&& sent.receipt(this.chain) == null) {
				this.underway.remove(authorization);
			}
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			logger.debug("A transaction could not be looked for: " + ex.getMessage());
		}
	}

	private void remember(Authorization authorization, Underway sent) {
		if (this.underway.size() >= MAX_UNDERWAY) {
			BigInteger oldest = now().subtract(MAX_AGE);
			this.underway.keySet().removeIf((other) -> other.payment().validBefore().compareTo(oldest) < 0);
		}
		this.underway.put(authorization, sent);
	}

	private SigningAccount account(Authorization authorization) {
		String settler = authorization.settler();
		return this.accounts.stream()
			.filter((account) -> settler == null || account.address().equalsIgnoreCase(settler))
			.min(Comparator.comparingInt(SigningAccount::waiting))
			.orElseThrow(() -> new NodeUnavailableException("there is no key of the account that may settle"));
	}

	private static @Nullable TransactionReceipt receipt(Supplier<@Nullable TransactionReceipt> look) {
		try {
			return look.get();
		}
		catch (NodeUnavailableException ex) {
			return null;
		}
	}

	/**
	 * A receipt of a block that was replaced proves nothing.
	 */
	private boolean contains(TransactionReceipt receipt) {
		try {
			return this.chain.contains(receipt);
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			return false;
		}
	}

	private long headNumber() {
		Block head = head();
		return (head != null) ? head.number() : -1;
	}

	private @Nullable Block head() {
		try {
			return this.chain.head();
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			return null;
		}
	}

	private boolean pause() {
		try {
			Thread.sleep(this.settings.pollInterval().toMillis());
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private BigInteger now() {
		return BigInteger.valueOf(this.clock.instant().getEpochSecond());
	}

	/**
	 * A settlement whose outcome is open.
	 *
	 * @param account the account that sent it
	 * @param sent its transaction
	 * @param transfer the call that settles, which is that of the transaction or one of
	 * those that it makes
	 */
	private record Underway(SigningAccount account, SentTransaction sent, ContractCall transfer) {

		boolean isShared() {
			return this.sent.call() != this.transfer;
		}

	}

}
