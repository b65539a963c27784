package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;

import io.x402.spring.evm.onchain.Authorization.Trace;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Looks for settlements on EVM chains, whoever made them: by the transaction that is
 * named, or else by the events of the last blocks.
 */
public final class OnChainSettlementProbe implements SettlementProbe {

	/** Seconds by which the time of blocks may lag behind. */
	private static final BigInteger MARGIN = BigInteger.valueOf(60);

	private static final int MAX_CANDIDATES = 20;

	private final Chains chains;

	private final Networks networks;

	private final Confirmations confirmations;

	private final LogRange range;

	/**
	 * Create a probe.
	 * @param chains the networks it can look at
	 * @param networks the known networks
	 * @param confirmations how deep a settlement has to be
	 * @param range how far to look back
	 */
	public OnChainSettlementProbe(Chains chains, Networks networks, Confirmations confirmations, LogRange range) {
		this.chains = chains;
		this.networks = networks;
		this.confirmations = confirmations;
		this.range = range;
	}

	@Override
	public SettlementOutcome probe(FacilitatorRequest request, @Nullable String transaction) {
		Authorization authorization = Authorization.of(request, this.networks, Set.of());
		if (authorization == null) {
			return new Unknown("the probe does not know this kind of payment", transaction);
		}
		try {
			Chain chain = this.chains.get(request.requirements().network());
			return (chain != null) ? probe(chain, authorization, transaction)
					: new Unknown("no node of network " + request.requirements().network() + " answers", transaction);
		}
		catch (NodeUnavailableException | NodeErrorException ex) {
			return new Unknown("the probe failed: " + ex.getMessage(), transaction);
		}
		catch (RuntimeException ex) {
			// what a node answers can be anything
			return new Unknown("the probe failed with " + ex.getClass().getName(), transaction);
		}
	}

	SettlementOutcome probe(Chain chain, Authorization authorization, @Nullable String transaction) {
		Block head = chain.latest();
		TransactionReceipt named = isHash(transaction) ? chain.receipt(transaction) : null;
		if (named != null && authorization.trace(chain, named) != Trace.NONE) {
			return outcome(chain, authorization, named, head);
		}
		if (!authorization.isUsed(chain, head.tag())) {
			return unused(authorization, head, transaction);
		}
		TransactionReceipt found = find(chain, authorization, head.number());
		return (found != null) ? outcome(chain, authorization, found, head)
				: new Unknown("the authorization was used, but not where the probe looked", transaction);
	}

	private static SettlementOutcome unused(Authorization authorization, Block head, @Nullable String transaction) {
		BigInteger end = authorization.payment().validBefore().add(MARGIN);
		if (BigInteger.valueOf(head.timestamp()).compareTo(end) > 0) {
			return Outcomes.declined(authorization, ReasonCode.EXPIRED.code(), null);
		}
		return new Unknown("the authorization is not used, but still can be", transaction);
	}

	private SettlementOutcome outcome(Chain chain, Authorization authorization, TransactionReceipt receipt,
			Block head) {
		if (head.number() - receipt.block() + 1 < this.confirmations.of(authorization.offer())) {
			return new Unknown("not enough blocks confirm the transaction yet", receipt.transaction());
		}
		return switch (authorization.trace(chain, receipt)) {
			case SETTLED -> Outcomes.settled(authorization, receipt.transaction());
			case CANCELED -> Outcomes.declined(authorization, ReasonCode.NONCE_ALREADY_USED.code(), null);
			case NONE -> new Unknown("the transaction does not show the transfer", receipt.transaction());
		};
	}

	private @Nullable TransactionReceipt find(Chain chain, Authorization authorization, long head) {
		long to = head;
		long oldest = Math.max(0, head - this.range.blocks());
		while (to >= oldest) {
			long from = Math.max(oldest, to - this.range.chunk() + 1);
			TransactionReceipt found = find(chain, authorization, authorization.traces(chain, from, to));
			if (found != null) {
				return found;
			}
			to = from - 1;
		}
		return null;
	}

	private static @Nullable TransactionReceipt find(Chain chain, Authorization authorization, List<EventLog> traces) {
		List<EventLog> newest = traces.subList(Math.max(0, traces.size() - MAX_CANDIDATES), traces.size());
		for (int i = newest.size() - 1; i >= 0; i--) {
			TransactionReceipt receipt = chain.receipt(newest.get(i).transaction());
			if (receipt != null && authorization.trace(chain, receipt) != Trace.NONE) {
				return receipt;
			}
		}
		return null;
	}

	private static boolean isHash(@Nullable String transaction) {
		return transaction != null && transaction.matches("0x[0-9a-fA-F]{64}");
	}

	/**
	 * How far to look back.
	 *
	 * @param blocks number of blocks
	 * @param chunk most blocks that nodes search at once
	 */
	public record LogRange(long blocks, long chunk) {

	}

}
