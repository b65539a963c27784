/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;

/**
 * A facilitator in memory that does what a test says, and remembers what it was asked. As
 * long as nothing else is said it verifies and settles every valid payment of a token
 * that has not been used before; each account owns {@link #STARTING_BALANCE} of each
 * token. What a test says holds for all requests until it says something else; call
 * {@link #reset()} between tests that share an application context. Safe for concurrent
 * use.
 *
 * @since 0.1.0
 */
public final class ScriptedFacilitator implements Facilitator {

	/**
	 * What each account owns of each token at first, in atomic units.
	 */
	public static final BigInteger STARTING_BALANCE = BigInteger.TEN.pow(30);

	private final SimulatedFacilitator simulated;

	private final Set<AuthorizationKey> lost = ConcurrentHashMap.newKeySet();

	private final List<FacilitatorRequest> verifyRequests = new CopyOnWriteArrayList<>();

	private final List<FacilitatorRequest> settleRequests = new CopyOnWriteArrayList<>();

	private volatile Function<FacilitatorRequest, VerificationOutcome> verification;

	private volatile Function<FacilitatorRequest, SettlementOutcome> settlement;

	/**
	 * Create a facilitator.
	 * @param kinds what it supports
	 * @param checks what a payment must pass
	 */
	public ScriptedFacilitator(List<SupportedResponse.Kind> kinds, List<PayloadCheck> checks) {
		this.simulated = new SimulatedFacilitator(kinds, checks, STARTING_BALANCE);
		this.verification = this.simulated::verify;
		this.settlement = this.simulated::settle;
	}

	/**
	 * Verify and settle whatever is valid.
	 * @return this facilitator
	 */
	public ScriptedFacilitator settles() {
		this.verification = this.simulated::verify;
		this.settlement = this.simulated::settle;
		return this;
	}

	/**
	 * Refuse payments at their verification.
	 * @param reason the reason, such as {@link ReasonCode#INSUFFICIENT_FUNDS}
	 * @return this facilitator
	 */
	public ScriptedFacilitator refuses(ReasonCode reason) {
		this.verification = (request) -> new VerificationOutcome.Invalid(reason);
		return this;
	}

	/**
	 * Verify payments, and decline them when they are to be settled.
	 * @param reason the reason, one that says that nothing was charged
	 * @return this facilitator
	 * @throws IllegalArgumentException if a payment is not declined for good with this
	 * reason
	 */
	public ScriptedFacilitator declines(ReasonCode reason) {
		new SettlementOutcome.Declined(reason, SettlementResponse.failure(reason.code(), "", null));
		this.settlement = (request) -> new SettlementOutcome.Declined(reason,
				SettlementResponse.failure(reason.code(), request.networkName(), request.payer()));
		return this;
	}

	/**
	 * Verify payments, and do not respond when they are to be settled. No money moves.
	 * @return this facilitator
	 */
	public ScriptedFacilitator timesOut() {
		this.settlement = (request) -> new SettlementOutcome.Unknown("settle timed out", null);
		return this;
	}

	/**
	 * Settle payments, and lose the first response about each of them.
	 * @return this facilitator
	 */
	public ScriptedFacilitator losesAnswers() {
		this.settlement = this::settleAndLose;
		return this;
	}

	private SettlementOutcome settleAndLose(FacilitatorRequest request) {
		SettlementOutcome outcome = this.simulated.settle(request);
		boolean first = this.lost.add(request.authorizationKey());
		return first ? new SettlementOutcome.Unknown("the response of settle was lost", null) : outcome;
	}

	/**
	 * Respond to every request with an HTTP error, which proves nothing about the money.
	 * @param status the status, 500 to 599
	 * @return this facilitator
	 * @throws IllegalArgumentException if the status is another one
	 */
	public ScriptedFacilitator fails(int status) {
		if (status < 500 || status > 599) {
			throw new IllegalArgumentException("A facilitator fails with a status from 500 to 599");
		}
		this.verification = (request) -> new VerificationOutcome.Unavailable("verify responded with HTTP " + status);
		this.settlement = (request) -> new SettlementOutcome.Unknown("settle responded with HTTP " + status, null);
		return this;
	}

	/**
	 * Fail at the settlement only, after payments were verified.
	 * @param status the status, 500 to 599
	 * @return this facilitator
	 * @throws IllegalArgumentException if the status is another one
	 */
	public ScriptedFacilitator failsToSettle(int status) {
		fails(status);
		this.verification = this.simulated::verify;
		return this;
	}

	/**
	 * Settle again, and forget what was asked. Payments that were settled stay used.
	 */
	public void reset() {
		settles();
		this.verifyRequests.clear();
		this.settleRequests.clear();
	}

	/**
	 * Return the verify requests since the start or the last reset.
	 * @return the requests in their order
	 */
	public List<FacilitatorRequest> verifyRequests() {
		return List.copyOf(this.verifyRequests);
	}

	/**
	 * Return the settle requests since the start or the last reset.
	 * @return the requests in their order
	 */
	public List<FacilitatorRequest> settleRequests() {
		return List.copyOf(this.settleRequests);
	}

	/**
	 * Return the balance of an account.
	 * @param network CAIP-2 identifier of the network
	 * @param asset address of the token
	 * @param account address of the account
	 * @return the balance in atomic units
	 */
	public BigInteger balance(String network, String asset, String account) {
		return this.simulated.balance(network, asset, account);
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		this.verifyRequests.add(request);
		return this.verification.apply(request);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		this.settleRequests.add(request);
		return this.settlement.apply(request);
	}

	@Override
	public SupportedResponse supported() {
		return this.simulated.supported();
	}

}
