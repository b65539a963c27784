/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.ApprovalGas;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.evm.onchain.OnChainSettings.Gas;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SupportedCache;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Network;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and settles on EVM chains with own keys and nodes, without a third party:
 * scheme {@code exact} by EIP-3009 and by Permit2, scheme {@code upto} by Permit2;
 * Permit2 also with extensions {@code eip2612GasSponsoring} and, where it is allowed to
 * pay for gas, {@code erc20ApprovalGasSponsoring}.
 * <p>
 * Payments through Circle Gateway are refused: they are settled in its own ledger.
 * <p>
 * A settlement that is repeated with the identical payment waits for the transaction that
 * is on its way, or finds it on the chain.
 *
 * @since 0.1.0
 */
public final class OnChainFacilitator implements MonitoredFacilitator {

	private static final String LIMIT = "x402.facilitator.limits.max-concurrent-settlements";

	/** What {@link Authorization} knows how to settle. */
	private static final List<SchemeRules> SCHEMES = List.of(Schemes.EXACT, Schemes.UPTO);

	private static final Duration KINDS_TTL = Duration.ofSeconds(30);

	private final Map<BigInteger, ChainSettlement> settlements = new ConcurrentHashMap<>();

	private final Map<Authorization, CompletableFuture<SettlementOutcome>> running = new ConcurrentHashMap<>();

	private final LongAdder refused = new LongAdder();

	private final int maxConcurrent;

	private final Semaphore verifying;

	private final Semaphore settling;

	private final List<Signer> signers;

	private final Set<String> addresses;

	private final OnChainSettlementProbe probe;

	private final OnChainSettings settings;

	private final Clock clock;

	private final SupportedKinds kinds = SupportedCache.of(this::loadSupported, KINDS_TTL);

	private OnChainFacilitator(OnChainSettlementProbe probe, List<Signer> signers, OnChainSettings settings,
			Clock clock) {
		if (signers.isEmpty()) {
			throw new IllegalArgumentException("A facilitator needs a key that pays for gas");
		}
		this.maxConcurrent = settings.maxConcurrent();
		this.verifying = new Semaphore(settings.maxConcurrent());
		this.settling = new Semaphore(settings.maxConcurrent());
		this.signers = List.copyOf(signers);
		this.addresses = signers.stream()
			.map((signer) -> signer.address().toLowerCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
		this.probe = probe;
		this.settings = settings;
		this.clock = clock;
	}

	/**
	 * Start to build a facilitator.
	 * @param probe finds settlements; its networks and confirmations are those of the
	 * facilitator
	 * @param signers the keys that pay for gas, at least one; no other application may
	 * use them
	 * @param clock current time
	 * @return a builder
	 */
	public static Builder builder(OnChainSettlementProbe probe, List<Signer> signers, Clock clock) {
		return new Builder(probe, signers, clock);
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		Authorization authorization = authorization(request);
		if (authorization == null) {
			return new Invalid(ReasonCode.UNSUPPORTED_PAYLOAD);
		}
		Optional<Unavailable> unavailable = unavailable(request);
		if (unavailable.isPresent()) {
			return unavailable.get();
		}
		if (!this.verifying.tryAcquire()) {
			return new Unavailable(tooMany("verifications"));
		}
		try {
			Reason reason = settlement(request).refusal(authorization);
			return (reason == null) ? new Valid(authorization.payment().from())
					: new Invalid(reason.code(ReasonCode.PAYMENT_REJECTED), reason.word());
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			return new Unavailable(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			// a node can respond with anything
			return new Unavailable("verifying failed with " + ex.getClass().getName());
		}
		finally {
			this.verifying.release();
		}
	}

	/**
	 * No handler should run for a payment that cannot be settled afterwards.
	 */
	@Override
	public Optional<Unavailable> unavailable(FacilitatorRequest request) {
		if (this.settling.availablePermits() == 0) {
			return Optional.of(new Unavailable(tooMany("settlements")));
		}
		return (this.verifying.availablePermits() == 0) ? Optional.of(new Unavailable(tooMany("verifications")))
				: Optional.empty();
	}

	@Override
	public int maxConcurrentVerifications() {
		return this.maxConcurrent;
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		Authorization authorization = authorization(request);
		if (authorization == null) {
			return unsupported(request);
		}
		boolean admitted = this.settling.tryAcquire();
		try {
			return admitted ? settleOnce(request, authorization) : refused(authorization);
		}
		finally {
			if (admitted) {
				this.settling.release();
			}
		}
	}

	private String tooMany(String operations) {
		this.refused.increment();
		return "too many " + operations + " are under way: " + LIMIT + " is " + this.maxConcurrent;
	}

	@Override
	public Map<String, Long> refusedCalls() {
		return Map.of(LIMIT, this.refused.sum());
	}

	/**
	 * Another request may be settling the same payment.
	 */
	private SettlementOutcome refused(Authorization authorization) {
		String detail = tooMany("settlements");
		return this.running.containsKey(authorization) ? new Unknown(detail, null) : new NotExecuted(detail);
	}

	private SettlementOutcome settleOnce(FacilitatorRequest request, Authorization authorization) {
		CompletableFuture<SettlementOutcome> own = new CompletableFuture<>();
		CompletableFuture<SettlementOutcome> other = this.running.putIfAbsent(authorization, own);
		if (other != null) {
			return other.join();
		}
		SettlementOutcome outcome = new Unknown("the settlement failed unexpectedly", null);
		try {
			outcome = settlement(request).settle(authorization);
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			outcome = new Unknown(String.valueOf(ex.getMessage()), null);
		}
		catch (RuntimeException ex) {
			outcome = new Unknown("the settlement failed with " + ex.getClass().getName(), null);
		}
		finally {
			this.running.remove(authorization);
			own.complete(outcome);
		}
		return outcome;
	}

	@Override
	public SupportedKinds supportedKinds() {
		return this.kinds;
	}

	private SupportedResponse loadSupported() {
		List<Kind> kinds = new ArrayList<>();
		for (String network : this.probe.chains().networks()) {
			Network known = this.probe.networks().byId(network);
			for (SchemeRules scheme : SCHEMES) {
				kinds.addAll(scheme.kinds(new NetworkId(network), (known != null) ? known.v1Name() : null,
						this.signers.get(0).address()));
			}
		}
		if (kinds.isEmpty()) {
			throw new FacilitatorException("No node has reported its network yet");
		}
		return new SupportedResponse(kinds,
				(this.settings.gas().approvals() != null) ? List.of(GasSponsorship.KEY, GasSponsorship.APPROVAL_KEY)
						: List.of(GasSponsorship.KEY),
				Map.of(NetworkId.ALL_EVM, this.signers.stream().map(Signer::address).toList()));
	}

	/**
	 * Return the condition of every node.
	 */
	@Override
	public List<FacilitatorCondition> conditions() {
		return this.probe.chains().conditions();
	}

	private @Nullable Authorization authorization(FacilitatorRequest request) {
		return Authorizations.of(request, this.probe.networks(), this.addresses);
	}

	private ChainSettlement settlement(FacilitatorRequest request) {
		String network = request.requirements().network();
		Chain chain = this.probe.chains().get(network);
		if (chain == null) {
			throw new NodeUnavailableException("no node of network " + network + " responds");
		}
		return this.settlements.computeIfAbsent(chain.id(), (id) -> settlement(chain));
	}

	private ChainSettlement settlement(Chain chain) {
		List<SigningAccount> accounts = this.signers.stream()
			.map((signer) -> new SigningAccount(chain, signer, this.settings.gas().maxFee(),
					this.settings.gas().replaceAfter(), MonotonicClock.system()))
			.toList();
		return new ChainSettlement(chain, accounts, this.probe, this.settings, this.clock);
	}

	private static SettlementOutcome unsupported(FacilitatorRequest request) {
		ReasonCode code = ReasonCode.UNSUPPORTED_PAYLOAD;
		return new Declined(code, SettlementResponse.failure(code.code(), request.requirements().network(), null));
	}

	/**
	 * Builder of a facilitator.
	 */
	public static final class Builder {

		private final OnChainSettlementProbe probe;

		private final List<Signer> signers;

		private final Clock clock;

		private Duration settleTimeout = Duration.ofSeconds(90);

		private Duration pollInterval = Duration.ofMillis(500);

		private int maxConcurrent = 100;

		private Set<String> factories = Set.of();

		private Gas gas = new Gas(Duration.ofSeconds(30), BigInteger.valueOf(100_000_000_000L), 1_000_000,
				Batches.NONE);

		private Builder(OnChainSettlementProbe probe, List<Signer> signers, Clock clock) {
			this.probe = probe;
			this.signers = signers;
			this.clock = clock;
		}

		/**
		 * Set the maximum time to wait for confirmations. The default is 90 seconds.
		 * @param settle maximum time to wait
		 * @param pollInterval time between two looks at the chain
		 * @return this builder
		 */
		public Builder timeout(Duration settle, Duration pollInterval) {
			this.settleTimeout = settle;
			this.pollInterval = pollInterval;
			return this;
		}

		/**
		 * Set the maximum number of concurrent settlements, and of verifications. The
		 * default is 100.
		 * @param maxConcurrent maximum number of each
		 * @return this builder
		 */
		public Builder maxConcurrent(int maxConcurrent) {
			this.maxConcurrent = maxConcurrent;
			return this;
		}

		/**
		 * Set the contracts that may create wallets of buyers. The default is none.
		 * @param factories addresses of contracts
		 * @return this builder
		 */
		public Builder walletFactories(Set<String> factories) {
			this.factories = factories;
			return this;
		}

		/**
		 * Set the limits of gas. The defaults are 30 seconds, 100 Gwei and a million.
		 * @param replaceAfter time after which a transaction is sent again with a higher
		 * fee
		 * @param maxFee maximum fee per unit of gas, in wei
		 * @param maxPerTransaction maximum gas of a transaction
		 * @return this builder
		 */
		public Builder gas(Duration replaceAfter, BigInteger maxFee, long maxPerTransaction) {
			this.gas = new Gas(replaceAfter, maxFee, maxPerTransaction, this.gas.batches(), this.gas.approvals());
			return this;
		}

		/**
		 * Settle several payments by one transaction of contract Multicall3. Each has its
		 * own outcome. Only payments by EIP-3009 from accounts without code share a
		 * transaction, and only on networks that have the contract. By default each
		 * payment has a transaction of its own.
		 * @param maxSize maximum number of payments in a transaction, at least 1
		 * @param maxWait how long the first of them waits for others
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder batches(int maxSize, Duration maxWait) {
			this.gas = this.gas.with(new Batches(maxSize, maxWait));
			return this;
		}

		/**
		 * Send the approvals of buyers who pay by Permit2 (extension
		 * {@code erc20ApprovalGasSponsoring}), and send a buyer first what is missing for
		 * the gas. A buyer who does not use it for that keeps it. Limits are in wei, for
		 * each network by itself, and count from the start of the application. By default
		 * approvals are not taken.
		 * @param maxPerPayment maximum that is sent for one payment, 0 to pay for none
		 * @param maxPerPayer maximum that is sent to one payer within a day
		 * @param maxPerHour maximum that is sent to all payers within an hour, including
		 * the gas of sending it
		 * @return this builder
		 * @since 0.2.0
		 */
		public Builder approvalGas(BigInteger maxPerPayment, BigInteger maxPerPayer, BigInteger maxPerHour) {
			this.gas = this.gas.with(new ApprovalGas(maxPerPayment, maxPerPayer, maxPerHour));
			return this;
		}

		Builder settings(OnChainSettings settings) {
			this.factories = settings.factories();
			this.gas = settings.gas();
			return timeout(settings.settleTimeout(), settings.pollInterval()).maxConcurrent(settings.maxConcurrent());
		}

		/**
		 * Build the facilitator.
		 * @return a new facilitator
		 * @throws IllegalArgumentException if there is no key
		 */
		public OnChainFacilitator build() {
			return new OnChainFacilitator(this.probe, this.signers, new OnChainSettings(this.settleTimeout,
					this.pollInterval, this.maxConcurrent, this.factories, this.gas), this.clock);
		}

	}

}
