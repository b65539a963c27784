/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.Chain.Broadcast;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends the transactions of one key on one network, in an unbroken sequence of nonces.
 * The key must not be used by anybody else.
 * <p>
 * It has no thread of its own: whoever waits for a transaction {@linkplain #tend() tends}
 * all of them. Only the oldest can hold the others up, so that one is sent again with
 * higher fees if it does not get into a block. A nonce whose transaction is unknown, from
 * an earlier run of the application for example, is filled with an empty transaction in
 * the same way; what it was meant to settle can still be settled by another one.
 */
final class SigningAccount {

	private static final Log logger = LogFactory.getLog(SigningAccount.class);

	private static final int MAX_ATTEMPTS = 3;

	private static final BigInteger EMPTY_GAS = BigInteger.valueOf(21_000);

	private static final long FEES_TTL = Duration.ofSeconds(10).toNanos();

	private final ReentrantLock lock = new ReentrantLock();

	private final TreeMap<Long, SentTransaction> inFlight = new TreeMap<>();

	private final Chain chain;

	private final Signer signer;

	private final BigInteger maxFee;

	private final Duration replaceAfter;

	private final MonotonicClock clock;

	private @Nullable Long next;

	private @Nullable BigInteger priorityFee;

	private long priorityFeeReadAt;

	private long stuckNonce = -1;

	private long stuckSince;

	private volatile int waiting;

	/**
	 * Create an account.
	 * @param chain the network
	 * @param signer signs with the key
	 * @param maxFee maximum fee in wei per unit of gas
	 * @param replaceAfter how long the oldest transaction may wait for a block
	 * @param clock a clock that only runs
	 */
	SigningAccount(Chain chain, Signer signer, BigInteger maxFee, Duration replaceAfter, MonotonicClock clock) {
		this.chain = chain;
		this.signer = signer;
		this.maxFee = maxFee;
		this.replaceAfter = replaceAfter;
		this.clock = clock;
	}

	String address() {
		return this.signer.address();
	}

	int waiting() {
		return this.waiting;
	}

	/**
	 * Return whether transactions of this account wait that this object did not send: an
	 * earlier run of the application did, or another one.
	 */
	boolean hasUnknown() {
		this.lock.lock();
		try {
			long mined = this.chain.transactionCount(address(), Chain.LATEST);
			long free = this.chain.transactionCount(address(), Chain.PENDING);
			return free > mined && this.inFlight.subMap(mined, free).size() < free - mined;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send a transaction.
	 * @param call what it calls, and the money that goes with it
	 * @param gas maximum gas it may use
	 * @return the transaction, which a node may have
	 * @throws NotSentException if certainly no node has it
	 */
	SentTransaction send(ContractCall call, BigInteger gas) {
		this.lock.lock();
		try {
			GasFees fees = fees();
			for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
				long nonce = nextNonce();
				SentTransaction sent = trySend(nonce, call, gas, fees);
				if (sent != null) {
					return sent;
				}
				this.next = null;
			}
			throw new NotSentException("the nonces of " + address() + " are used by another application");
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			throw new NotSentException(String.valueOf(ex.getMessage()));
		}
		finally {
			this.waiting = this.inFlight.size();
			this.lock.unlock();
		}
	}

	private @Nullable SentTransaction trySend(long nonce, ContractCall call, BigInteger gas, GasFees fees) {
		SignedTransaction signed = sign(nonce, call, gas, fees);
		try {
			// a nonce of which no one knows whether it is used must be treated as used
			if (this.chain.broadcast(signed.raw()) == Broadcast.UNSURE) {
				logger.warn("No node confirmed that it has transaction " + signed.hash());
			}
		}
		catch (NodeErrorException ex) {
			if (ex.mentions("nonce too low", "replacement")) {
				return null;
			}
			throw new NotSentException("the nodes refuse transactions of " + address()
					+ (ex.mentions("insufficient funds") ? ", which cannot pay for gas" : ""));
		}
		SentTransaction sent = new SentTransaction(nonce, call, gas, sentNow(fees, signed));
		this.inFlight.put(nonce, sent);
		this.next = nonce + 1;
		return sent;
	}

	private long nextNonce() {
		if (this.next != null) {
			return this.next;
		}
		long free = this.chain.transactionCount(address(), Chain.PENDING);
		return this.inFlight.isEmpty() ? free : Math.max(free, this.inFlight.lastKey() + 1);
	}

	/**
	 * See to it that the oldest transaction gets into a block. Returns at once if another
	 * thread is at it.
	 */
	void tend() {
		if (!this.lock.tryLock()) {
			return;
		}
		try {
			long mined = this.chain.transactionCount(address(), Chain.LATEST);
			this.inFlight.headMap(mined).clear();
			SentTransaction oldest = this.inFlight.get(mined);
			if (oldest != null && isOld(oldest.sentAt())) {
				replace(oldest);
			}
			else if (oldest == null && nextNonce() > mined) {
				fill(mined);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Transactions of " + address() + " could not be looked after: " + ex.getClass().getName());
		}
		finally {
			this.waiting = this.inFlight.size();
			this.lock.unlock();
		}
	}

	private void replace(SentTransaction sent) {
		GasFees raised = sent.fees().raised(fees(), this.maxFee);
		if (raised.equals(sent.fees())) {
			this.chain.broadcast(sent.raw());
			sent.sentAgain(this.clock.nanos());
			return;
		}
		SignedTransaction signed = sign(sent.nonce(), sent.call(), sent.gas(), raised);
		// known before it is sent, so that it is looked for whatever comes of sending it
		sent.replaced(sentNow(raised, signed));
		this.chain.broadcast(signed.raw());
		logger.info("Replaced a transaction of " + address() + " that no block took by transaction " + signed.hash());
	}

	private void fill(long nonce) {
		if (this.stuckNonce != nonce) {
			this.stuckNonce = nonce;
			this.stuckSince = this.clock.nanos();
			return;
		}
		if (isOld(this.stuckSince)) {
			ContractCall empty = new ContractCall(address().toLowerCase(Locale.ROOT), "0x");
			GasFees fees = fees();
			SignedTransaction signed = sign(nonce, empty, EMPTY_GAS, fees);
			this.inFlight.put(nonce, new SentTransaction(nonce, empty, EMPTY_GAS, sentNow(fees, signed)));
			this.chain.broadcast(signed.raw());
			logger.info("Filled nonce " + nonce + " of " + address() + " with the empty transaction " + signed.hash());
		}
	}

	private SentTransaction.Version sentNow(GasFees fees, SignedTransaction signed) {
		return new SentTransaction.Version(fees, signed, this.clock.nanos());
	}

	private boolean isOld(long since) {
		return this.clock.nanos() - since >= this.replaceAfter.toNanos();
	}

	private SignedTransaction sign(long nonce, ContractCall call, BigInteger gas, GasFees fees) {
		try {
			return SignedTransaction.sign(this.signer, this.chain.id(), nonce, fees, gas, call);
		}
		catch (RuntimeException ex) {
			throw new NotSentException("the key of " + address() + " failed with " + ex.getClass().getName());
		}
	}

	/**
	 * Return what a new transaction costs at most, in wei.
	 * @param gas maximum gas that it uses
	 * @throws NotSentException if it would not be sent, since fees exceed their limit
	 */
	BigInteger cost(BigInteger gas) {
		this.lock.lock();
		try {
			return gas.multiply(fees().max());
		}
		finally {
			this.lock.unlock();
		}
	}

	private GasFees fees() {
		long now = this.clock.nanos();
		if (this.priorityFee == null || now - this.priorityFeeReadAt > FEES_TTL) {
			this.priorityFee = this.chain.priorityFee();
			this.priorityFeeReadAt = now;
		}
		BigInteger baseFee = this.chain.head().baseFee();
		GasFees fees = GasFees.of(baseFee, this.priorityFee, this.maxFee);
		if (!fees.covers(baseFee)) {
			throw new NotSentException("the base fee of " + baseFee + " wei exceeds the configured limit");
		}
		return fees;
	}

}
