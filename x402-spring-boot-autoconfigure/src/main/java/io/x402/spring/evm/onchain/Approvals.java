/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

import io.x402.spring.evm.onchain.ApprovalBudget.Grant;
import io.x402.spring.evm.onchain.OnChainSettings.ApprovalGas;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Checks and sends the approvals that buyers have signed on one network, and pays for
 * their gas.
 * <p>
 * The chain shows how far an approval is, so nothing is stored. What a plain account was
 * sent can leave it by a transaction alone, which uses up the nonce of the approval. So
 * for one approval an account is never sent more than the approval costs, and never twice
 * while a transaction that sends it can still get into a block: this application knows
 * its own, and sends nothing while transactions wait that it does not know.
 */
final class Approvals {

	private static final Log logger = LogFactory.getLog(Approvals.class);

	/** Contract of networks that charge for their data on another network. */
	private static final String DATA_FEES = "0x420000000000000000000000000000000000000F";

	private static final String DATA_FEE = Abi.selector("getL1Fee(bytes)");

	/**
	 * Payments that may wait for an approval at a time, so that payers whose approvals
	 * get into no block do not keep others from settling.
	 */
	private static final int MAX_WAITING = 20;

	/** How many times what an approval costs a payer may be sent for it. */
	private static final BigInteger MAX_EXCESS = BigInteger.valueOf(8);

	private final Semaphore waiting = new Semaphore(MAX_WAITING);

	private final ReentrantLock lock = new ReentrantLock();

	private final Chain chain;

	private final List<SigningAccount> accounts;

	private final Networks networks;

	private final boolean enabled;

	private final ApprovalBudget budget;

	private boolean warned;

	Approvals(Chain chain, List<SigningAccount> accounts, Networks networks, @Nullable ApprovalGas limits,
			MonotonicClock clock) {
		this.chain = chain;
		this.accounts = List.copyOf(accounts);
		this.networks = networks;
		this.enabled = limits != null;
		this.budget = new ApprovalBudget((limits != null) ? limits : ApprovalGas.NONE, clock);
	}

	/**
	 * Return whether a payment comes with an approval that may be sent. Tokens that are
	 * not known could be made to collect gas.
	 */
	boolean isOffered(Authorization authorization) {
		return this.enabled && authorization.approval() != null && isKnown(authorization);
	}

	/**
	 * Return whether a payment can be settled only after its approval.
	 * @param authorization the payment
	 * @param state state of the network
	 */
	boolean isNeeded(Authorization authorization, ChainState state) {
		return isOffered(authorization) && !authorization.token(state)
			.allows(authorization.payment().from(), Permit2Authorization.PERMIT2, authorization.offer().amount());
	}

	private boolean isKnown(Authorization authorization) {
		Network network = this.networks.byId(authorization.offer().network());
		return network != null && network.assetAt(authorization.offer().asset()) != null;
	}

	/**
	 * Check the approval of a payment that needs it, and the payment as far as that is
	 * possible without the approval.
	 * @return the reason for which the payment is refused, or {@code null}
	 */
	@Nullable Reason refusal(Authorization authorization, ChainState state) {
		String payer = authorization.payment().from();
		Reason reason = approval(authorization).refusal(authorization.payment(), authorization.offer().asset(),
				this.chain.id().longValueExact());
		if (reason != null) {
			return reason;
		}
		if (state.code(authorization.transfer().to()).length() <= 2) {
			return Reason.PERMIT2_PROXY_NOT_DEPLOYED;
		}
		if (authorization.isUsed(this.chain, state.block())) {
			return Reason.PERMIT2_INVALID_NONCE;
		}
		if (!authorization.token(state).has(payer, authorization.offer().amount())) {
			return Reason.PERMIT2_INSUFFICIENT_BALANCE;
		}
		PayerTransaction approval = Objects.requireNonNull(approval(authorization).transaction(), "No transaction");
		if (!isNext(approval, payer, state)) {
			return Reason.ERC20_APPROVAL_TX_WRONG_NONCE;
		}
		reason = gasRefusal(approval, payer);
		if (reason != null) {
			return reason;
		}
		this.lock.lock();
		try {
			return isPaid(approval, payer) ? null
					: fundingRefusal(approval, payer, missing(approval, payer), BigInteger.ZERO);
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isNext(PayerTransaction approval, String payer, ChainState state) {
		return approval.nonce().equals(BigInteger.valueOf(this.chain.transactionCount(payer, state.block())));
	}

	private @Nullable Reason gasRefusal(PayerTransaction approval, String payer) {
		try {
			boolean enough = this.chain.gas(approval.call(), payer).compareTo(approval.gas()) <= 0
					&& approval.fees().covers(this.chain.head().baseFee());
			return enough ? null : Reason.ERC20_APPROVAL_TX_GAS_TOO_LOW;
		}
		catch (NodeErrorException ex) {
			if (!ex.isRevert()) {
				throw ex;
			}
			return Reason.PERMIT2_SIMULATION_FAILED;
		}
	}

	/**
	 * Return what sends an approval, which must be closed.
	 * @param authorization the payment that needs it
	 * @param account account that pays for gas
	 * @return what sends it, or {@code null} if too many are waited for
	 */
	@Nullable Sending sending(Authorization authorization, SigningAccount account) {
		return this.waiting.tryAcquire() ? new Sending(authorization, account) : null;
	}

	private @Nullable Reason fundingRefusal(PayerTransaction approval, String payer, BigInteger missing,
			BigInteger sending) {
		if (missing.signum() <= 0) {
			return null;
		}
		if (this.chain.code(payer, Chain.LATEST).length() > 2 || leavesTooMuch(approval, payer)
				|| hasKeptMoney(approval, payer)) {
			return Reason.ERC20_APPROVAL_INSUFFICIENT_ETH_FOR_GAS;
		}
		boolean allowed = this.budget.allows(payer, missing, sending);
		if (!allowed && !this.warned) {
			logger.warn("The gas of an approval is not paid for, because it exceeds a limit of "
					+ "x402.facilitator.onchain.approval-gas; more are not logged until one is paid for");
		}
		this.warned = !allowed;
		return allowed ? null : Reason.ERC20_APPROVAL_INSUFFICIENT_ETH_FOR_GAS;
	}

	/**
	 * What an approval does not use is the payer's, who chooses gas and fees.
	 */
	private boolean leavesTooMuch(PayerTransaction approval, String payer) {
		BigInteger used = this.chain.gas(approval.call(), payer)
			.multiply(approval.fees().effective(this.chain.head().baseFee()));
		return approval.cost().compareTo(used.multiply(MAX_EXCESS)) > 0;
	}

	private boolean isPaid(PayerTransaction approval, String payer) {
		Grant last = this.budget.last(payer);
		return last != null && last.approval().equals(approval.signed().hash());
	}

	/**
	 * A payer whose last approval got into no block, or failed, has kept the money.
	 */
	private boolean hasKeptMoney(PayerTransaction approval, String payer) {
		Grant last = this.budget.last(payer);
		if (last == null || last.approval().equals(approval.signed().hash())) {
			return false;
		}
		TransactionReceipt receipt = this.chain.receipt(last.approval());
		return receipt == null || !receipt.success();
	}

	/**
	 * Return what the payer lacks, in wei.
	 * @return the amount, zero or negative if nothing is missing
	 */
	private BigInteger missing(PayerTransaction approval, String payer) {
		return approval.cost().add(dataFee(approval)).subtract(this.chain.balance(payer).max(pendingBalance(payer)));
	}

	/**
	 * Another instance may have sent what is missing. Nodes need not know what waits.
	 */
	private BigInteger pendingBalance(String payer) {
		try {
			return this.chain.balance(payer, Chain.PENDING);
		}
		catch (NodeErrorException ex) {
			return BigInteger.ZERO;
		}
	}

	/**
	 * Return what a network charges for the data of a transaction besides its gas, twice,
	 * since that can rise.
	 */
	private BigInteger dataFee(PayerTransaction approval) {
		try {
			BigInteger fee = Abi.number(this.chain.call(
					new ContractCall(DATA_FEES, Abi.encode(DATA_FEE, Abi.bytes(approval.signed().raw()))),
					Chain.LATEST));
			return (fee != null) ? fee.shiftLeft(1) : BigInteger.ZERO;
		}
		catch (NodeErrorException ex) {
			if (!ex.isRevert()) {
				throw ex;
			}
			return BigInteger.ZERO;
		}
	}

	private static Erc20Approval approval(Authorization authorization) {
		return Objects.requireNonNull(authorization.approval(), "No approval");
	}

	/**
	 * An approval on its way.
	 */
	final class Sending implements AutoCloseable {

		private final Authorization authorization;

		private final SigningAccount account;

		private final String payer;

		private boolean checked;

		private @Nullable String sentIn;

		private Sending(Authorization authorization, SigningAccount account) {
			this.authorization = authorization;
			this.account = account;
			this.payer = authorization.payment().from();
		}

		/**
		 * Do what is next.
		 * @param state newest state of the network, in which the approval is needed
		 * @return why the payment is not settled, or {@code null} if the next block is to
		 * be waited for
		 * @throws NotSentException if the gas was certainly not paid for
		 */
		@Nullable SettlementOutcome advance(ChainState state) {
			PayerTransaction approval = approval(this.authorization).transaction();
			TransactionReceipt receipt = (approval != null) ? Approvals.this.chain.receipt(approval.signed().hash())
					: null;
			if (receipt != null) {
				return isShown(receipt, state)
						? declined(
								receipt.success() ? Reason.PERMIT2_ALLOWANCE_REQUIRED : Reason.ERC20_APPROVAL_TX_FAILED)
						: null;
			}
			Reason reason = this.checked ? null : refusal(this.authorization, state);
			if (reason != null || approval == null) {
				return declined((reason != null) ? reason : Reason.ERC20_APPROVAL_TX_PARSE_FAILED);
			}
			this.checked = true;
			if (!isNext(approval, this.payer, state)) {
				return declined(Reason.ERC20_APPROVAL_TX_WRONG_NONCE);
			}
			SettlementOutcome unpaid = pay(approval);
			return (unpaid != null || isPayingStill()) ? unpaid : broadcast(approval, state);
		}

		/**
		 * Nodes may be some blocks apart.
		 */
		private static boolean isShown(TransactionReceipt receipt, ChainState state) {
			return Hex.number(state.block()).longValueExact() >= receipt.block();
		}

		private SettlementOutcome declined(Reason reason) {
			return Outcomes.declined(this.authorization, reason, null);
		}

		/**
		 * Send the payer what is missing, unless that was done.
		 */
		private @Nullable SettlementOutcome pay(PayerTransaction approval) {
			Approvals.this.lock.lock();
			try {
				BigInteger missing = missing(approval, this.payer);
				if (isPaid(approval, this.payer) || missing.signum() <= 0) {
					return null;
				}
				ContractCall transfer = ContractCall.transfer(this.payer, missing);
				BigInteger gas = Approvals.this.chain.gas(transfer, this.account.address());
				gas = gas.add(gas.shiftRight(2));
				BigInteger sending = this.account.cost(gas);
				Reason reason = fundingRefusal(approval, this.payer, missing, sending);
				if (reason != null) {
					return declined(reason);
				}
				if (Approvals.this.accounts.stream().anyMatch(SigningAccount::hasUnknown)) {
					return new NotExecuted("transactions wait that this application did not send");
				}
				send(approval, transfer, gas, sending);
				return null;
			}
			finally {
				Approvals.this.lock.unlock();
			}
		}

		/**
		 * Counts before it is sent, so that it counts whatever comes of sending it.
		 */
		private void send(PayerTransaction approval, ContractCall transfer, BigInteger gas, BigInteger sending) {
			ApprovalBudget budget = Approvals.this.budget;
			Grant grant = budget.take(this.payer, approval.signed().hash(), transfer.value(), sending);
			try {
				grant.sentBy(this.account.send(transfer, gas));
			}
			catch (NotSentException ex) {
				budget.giveBack(this.payer, grant);
				throw ex;
			}
		}

		private boolean isPayingStill() {
			SentTransaction sent = sent();
			return sent != null && sent.receipt(Approvals.this.chain) == null;
		}

		private @Nullable SentTransaction sent() {
			Approvals.this.lock.lock();
			try {
				Grant last = Approvals.this.budget.last(this.payer);
				return (last != null) ? last.sent() : null;
			}
			finally {
				Approvals.this.lock.unlock();
			}
		}

		/**
		 * Once in each block, since nodes drop transactions.
		 */
		private @Nullable SettlementOutcome broadcast(PayerTransaction approval, ChainState state) {
			if (state.block().equals(this.sentIn)) {
				return null;
			}
			this.sentIn = state.block();
			try {
				Approvals.this.chain.broadcast(approval.signed().raw());
				return null;
			}
			catch (NodeErrorException ex) {
				boolean soon = ex.mentions("nonce too low") || (ex.mentions("insufficient funds") && sent() != null);
				return soon ? null : new NotExecuted("the nodes refuse the approval of the payer");
			}
		}

		@Override
		public void close() {
			Approvals.this.waiting.release();
		}

	}

}
