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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

import io.x402.spring.evm.Signer;
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
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and settles on EVM chains with own keys and nodes, without a third party:
 * scheme {@code exact} by EIP-3009 and by Permit2, scheme {@code upto} by Permit2;
 * Permit2 also with extension {@code eip2612GasSponsoring}.
 * <p>
 * Payments through Circle Gateway are refused: they are settled in its own ledger.
 * <p>
 * A settlement that is repeated with the identical payment waits for the transaction that
 * is on its way, or finds it on the chain.
 *
 * @since 0.1.0
 */
public final class OnChainFacilitator implements MonitoredFacilitator {

	/** What {@link Authorization} knows how to settle. */
	private static final List<SchemeRules> SCHEMES = List.of(Schemes.EXACT, Schemes.UPTO);

	private static final Duration KINDS_TTL = Duration.ofSeconds(30);

	private final Map<BigInteger, ChainSettlement> settlements = new ConcurrentHashMap<>();

	private final Map<Authorization, CompletableFuture<SettlementOutcome>> running = new ConcurrentHashMap<>();

	private final Semaphore verifying;

	private final Semaphore settling;

	private final Chains chains;

	private final List<Signer> signers;

	private final Set<String> addresses;

	private final Networks networks;

	private final Confirmations confirmations;

	private final OnChainSettlementProbe probe;

	private final OnChainSettings settings;

	private final Clock clock;

	private final SupportedKinds kinds = SupportedCache.of(this::loadSupported, KINDS_TTL);

	/**
	 * Create a facilitator.
	 * @param chains the networks it settles on
	 * @param signers the keys that pay for gas, at least one; no other application may
	 * use them
	 * @param networks the known networks
	 * @param confirmations how deep a settlement must be
	 * @param probe finds settlements; must use the same networks and confirmations
	 * @param settings the limits
	 * @param clock the current time
	 */
	public OnChainFacilitator(Chains chains, List<Signer> signers, Networks networks, Confirmations confirmations,
			OnChainSettlementProbe probe, OnChainSettings settings, Clock clock) {
		if (signers.isEmpty()) {
			throw new IllegalArgumentException("A facilitator needs a key that pays for gas");
		}
		this.verifying = new Semaphore(settings.maxConcurrent());
		this.settling = new Semaphore(settings.maxConcurrent());
		this.chains = chains;
		this.signers = List.copyOf(signers);
		this.addresses = signers.stream()
			.map((signer) -> signer.address().toLowerCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
		this.networks = networks;
		this.confirmations = confirmations;
		this.probe = probe;
		this.settings = settings;
		this.clock = clock;
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		Authorization authorization = authorization(request);
		if (authorization == null) {
			return new Invalid(ReasonCode.UNSUPPORTED_PAYLOAD);
		}
		if (this.settling.availablePermits() == 0) {
			// no handler should run for a payment that cannot be settled afterwards
			return new Unavailable("too many settlements are under way");
		}
		if (!this.verifying.tryAcquire()) {
			return new Unavailable("too many verifications are under way");
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

	/**
	 * Another request may be settling the same payment.
	 */
	private SettlementOutcome refused(Authorization authorization) {
		String detail = "too many settlements are under way";
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
		for (String network : this.chains.networks()) {
			Network known = this.networks.byId(network);
			for (SchemeRules scheme : SCHEMES) {
				kinds.addAll(scheme.kinds(new NetworkId(network), (known != null) ? known.v1Name() : null,
						this.signers.get(0).address()));
			}
		}
		if (kinds.isEmpty()) {
			throw new FacilitatorException("No node has reported its network yet");
		}
		return new SupportedResponse(kinds, List.of(GasSponsorship.KEY),
				Map.of(NetworkId.ALL_EVM, this.signers.stream().map(Signer::address).toList()));
	}

	/**
	 * Return the condition of every node.
	 */
	@Override
	public List<FacilitatorCondition> conditions() {
		return this.chains.conditions();
	}

	private @Nullable Authorization authorization(FacilitatorRequest request) {
		return Authorization.of(request, this.networks, this.addresses);
	}

	private ChainSettlement settlement(FacilitatorRequest request) {
		String network = request.requirements().network();
		Chain chain = this.chains.get(network);
		if (chain == null) {
			throw new NodeUnavailableException("no node of network " + network + " answers");
		}
		return this.settlements.computeIfAbsent(chain.id(), (id) -> settlement(chain));
	}

	private ChainSettlement settlement(Chain chain) {
		List<SigningAccount> accounts = this.signers.stream()
			.map((signer) -> new SigningAccount(chain, signer, this.settings.maxFee(), this.settings.replaceAfter(),
					System::nanoTime))
			.toList();
		return new ChainSettlement(chain, accounts, new SignatureCheck(this.settings.factories()), this.probe,
				this.confirmations, this.settings, this.clock);
	}

	private static SettlementOutcome unsupported(FacilitatorRequest request) {
		ReasonCode code = ReasonCode.UNSUPPORTED_PAYLOAD;
		return new Declined(code, SettlementResponse.failure(code.code(), request.requirements().network(), null));
	}

}
