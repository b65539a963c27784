/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.Set;
import java.util.function.ToIntFunction;

import io.x402.spring.evm.onchain.Looks.Look;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

import org.springframework.lang.Contract;

/**
 * Looks for settlements on EVM chains, whoever made them: by the transaction that is
 * named, or else by the events of the last blocks.
 *
 * @since 0.1.0
 */
public final class OnChainSettlementProbe implements SettlementProbe {

	/** Seconds by which the time of blocks may lag behind. */
	private static final BigInteger MARGIN = BigInteger.valueOf(60);

	private final Chains chains;

	private final Networks networks;

	private final ToIntFunction<PaymentRequirements> confirmations;

	private final LogRange range;

	private final Looks looks = new Looks();

	/**
	 * Create a probe.
	 * @param chains the networks it can look at
	 * @param networks the known networks
	 * @param confirmations number of blocks that must confirm the payment of an offer,
	 * that of the transaction included; at least 1
	 * @param maxBlocks maximum number of blocks to search
	 * @param maxBlocksPerRequest maximum number of blocks that nodes search at once
	 */
	public OnChainSettlementProbe(Chains chains, Networks networks, ToIntFunction<PaymentRequirements> confirmations,
			long maxBlocks, long maxBlocksPerRequest) {
		this(chains, networks, confirmations, new LogRange(maxBlocks, maxBlocksPerRequest));
	}

	OnChainSettlementProbe(Chains chains, Networks networks, ToIntFunction<PaymentRequirements> confirmations,
			LogRange range) {
		this.chains = chains;
		this.networks = networks;
		this.confirmations = confirmations;
		this.range = range;
	}

	Chains chains() {
		return this.chains;
	}

	Networks networks() {
		return this.networks;
	}

	/**
	 * Return how many blocks must confirm a payment.
	 */
	int confirmations(Authorization authorization) {
		return this.confirmations.applyAsInt(authorization.offer());
	}

	/**
	 * A probe whose nodes are all down sees nothing.
	 */
	@Override
	public boolean covers(FacilitatorRequest request) {
		return Authorizations.of(request, this.networks, Set.of()) != null
				&& this.chains.get(request.requirements().network()) != null && this.chains.isAnyUsable();
	}

	@Override
	public boolean watches(FacilitatorRequest request) {
		return Authorizations.of(request, this.networks, Set.of()) != null
				&& this.chains.canInclude(request.requirements().network());
	}

	@Override
	public SettlementOutcome probe(FacilitatorRequest request, @Nullable String transaction) {
		Authorization authorization = Authorizations.of(request, this.networks, Set.of());
		if (authorization == null) {
			return new Unknown("the probe does not know this kind of payment", transaction);
		}
		try {
			Chain chain = this.chains.get(request.requirements().network());
			return (chain != null) ? probe(chain, authorization, transaction)
					: new Unknown("no node of network " + request.requirements().network() + " responds", transaction);
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			return new Unknown("the probe failed: " + ex.getMessage(), transaction);
		}
		catch (RuntimeException ex) {
			// a node can respond with anything
			return new Unknown("the probe failed with " + ex.getClass().getName(), transaction);
		}
	}

	private SettlementOutcome probe(Chain chain, Authorization authorization, @Nullable String transaction) {
		SettlementOutcome refusal = this.looks.refusal(authorization);
		if (refusal != null) {
			return refusal;
		}
		Block head = chain.latest();
		TransactionReceipt named = isHash(transaction) ? chain.receipt(transaction) : null;
		if (named != null) {
			Use use = Use.in(named, authorization.trace(chain, named));
			if (use.finding().isSettled()) {
				return look(chain, authorization, use, head).outcome();
			}
		}
		Look look = look(chain, authorization, head);
		if (look.outcome() instanceof Unknown unknown && unknown.transaction() == null) {
			return look.used() ? new Unknown(unknown.detail(), transaction) : new NotExecuted(unknown.detail());
		}
		return look.outcome();
	}

	/**
	 * Return a refusal that is known to be final. Calls no node.
	 * @return the refusal, or {@code null} if none is known
	 */
	@Nullable SettlementOutcome refusal(Authorization authorization) {
		return this.looks.refusal(authorization);
	}

	/**
	 * Look at an authorization as it is in a block. Looks that were made at the same
	 * block are shared.
	 */
	Look look(Chain chain, Authorization authorization, Block head) {
		return this.looks.at(authorization, head, () -> {
			if (!authorization.isUsed(chain, head.tag())) {
				return unused(chain, authorization, head);
			}
			Use use = authorization.find(chain, head, this.range);
			return (use != null) ? look(chain, authorization, use, head) : new Look(
					new Unknown("the authorization was used, and nothing proves for what", null), false, true);
		});
	}

	private Look unused(Chain chain, Authorization authorization, Block head) {
		BigInteger end = authorization.payment().validBefore().add(MARGIN);
		if (!isPast(end, head)) {
			return new Look(new Unknown("the authorization is not used, but still can be", null), true, false);
		}
		return isPast(end, confirmed(chain, authorization, head))
				? new Look(Outcomes.declined(authorization, ReasonCode.EXPIRED, null), false, false)
				: new Look(new Unknown("not enough blocks confirm that the authorization was not used", null), true,
						false);
	}

	private static boolean isPast(BigInteger end, Block block) {
		return BigInteger.valueOf(block.timestamp()).compareTo(end) > 0;
	}

	/**
	 * Return the newest block that is deep enough not to be replaced. One that may be
	 * could be replaced by an earlier one, which still takes the authorization.
	 */
	private Block confirmed(Chain chain, Authorization authorization, Block head) {
		int depth = confirmations(authorization);
		return (depth > 1) ? chain.block(Hex.quantity(Math.max(0, head.number() - depth + 1))) : head;
	}

	private Look look(Chain chain, Authorization authorization, Use use, Block head) {
		TransactionReceipt receipt = use.receipt();
		if (head.number() - use.block() + 1 < confirmations(authorization)
				|| (receipt != null && !chain.contains(receipt))) {
			return new Look(new Unknown("not enough blocks confirm the transaction yet", hash(receipt)), true, true);
		}
		if (use.finding().isSettled() && receipt != null) {
			return new Look(settled(chain, authorization, receipt, use.finding()), false, true);
		}
		return new Look((use.finding().kind() == Finding.Kind.VOID)
				? Outcomes.declined(authorization, ReasonCode.NONCE_ALREADY_USED, null)
				: new Unknown("the transaction does not prove the transfer", hash(receipt)), false, true);
	}

	/**
	 * Return that a payment is settled, unless its transfer settled another one.
	 */
	SettlementOutcome settled(Chain chain, Authorization authorization, TransactionReceipt receipt, Finding finding) {
		chain.transfers().forget(receipt.block() - 2 * this.range.blocks());
		return chain.transfers()
			.take(authorization.offer().network(), receipt.transaction(), finding.transfer(), authorization.key(),
					receipt.block()) ? Outcomes.settled(authorization, receipt.transaction(), finding.transfer())
							: new Unknown("the transfer settled another payment", receipt.transaction());
	}

	private static @Nullable String hash(@Nullable TransactionReceipt receipt) {
		return (receipt != null) ? receipt.transaction() : null;
	}

	@Contract("null -> false")
	private static boolean isHash(@Nullable String transaction) {
		return transaction != null && transaction.matches("0x[0-9a-fA-F]{64}");
	}

}
