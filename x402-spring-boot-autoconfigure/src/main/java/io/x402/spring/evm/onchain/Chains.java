/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import io.x402.spring.evm.onchain.SignatureCheck.Result;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.client.RestClient;

/**
 * The networks that the nodes in use belong to. Each node tells its own network, so that
 * none can be configured for the wrong one; a node that does not respond belongs to none
 * until it does.
 *
 * @since 0.1.0
 */
public final class Chains {

	private static final Log logger = LogFactory.getLog(Chains.class);

	private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

	private final List<EvmNode> nodes;

	private final List<EvmNode> unidentified;

	private final Map<BigInteger, Chain> chains = new ConcurrentSkipListMap<>();

	private final ReentrantLock identifying = new ReentrantLock();

	private final Executor executor;

	private final Duration pollInterval;

	private final AtomicBoolean preparing = new AtomicBoolean();

	private volatile Deadline askAgain = Deadline.in(Duration.ZERO);

	Chains(List<EvmNode> nodes, Executor executor, Duration pollInterval) {
		this.nodes = List.copyOf(nodes);
		this.unidentified = new CopyOnWriteArrayList<>(nodes);
		this.executor = executor;
		this.pollInterval = pollInterval;
	}

	/**
	 * Start to build the networks.
	 * @param executor sends transactions to nodes that need not be waited for
	 * @param pollInterval time for which the last block of a network is not asked for
	 * again
	 * @return a builder
	 */
	public static Builder builder(Executor executor, Duration pollInterval) {
		return new Builder(executor, pollInterval);
	}

	/**
	 * Return a network.
	 * @param network CAIP-2 identifier
	 * @return the network, or {@code null} if no node of it has responded yet
	 */
	@Nullable Chain get(String network) {
		identify();
		return known(network);
	}

	private @Nullable Chain known(String network) {
		BigInteger id = new NetworkId(network).chainId();
		return (id != null) ? this.chains.get(id) : null;
	}

	/**
	 * Return without waiting whether a node of a network has responded and can be used.
	 * Nodes that have not responded yet are asked in the background.
	 * @param network CAIP-2 identifier
	 * @return {@code false} if payments on this network cannot be seen at present
	 * @since 0.2.0
	 */
	public boolean isReachable(String network) {
		prepare();
		Chain chain = known(network);
		return chain != null && chain.isUsable();
	}

	/**
	 * Return whether an account says that it made a signature: a contract by its own
	 * {@code isValidSignature} (EIP-1271), any other account by its key.
	 * @param network CAIP-2 identifier
	 * @param account address of the account
	 * @param digest what is signed, 32 bytes
	 * @param signature the signature
	 * @return {@code null} if no node can tell at present
	 * @since 0.2.0
	 */
	public @Nullable Boolean isSignedBy(String network, String account, byte[] digest, String signature) {
		try {
			Chain chain = isAnyUsable() ? get(network) : null;
			return (chain != null) ? new SignatureCheck(Set.of()).check(new ChainState(chain, Chain.LATEST), account,
					digest, signature) == Result.VALID : null;
		}
		catch (RuntimeException ex) {
			// a node can respond with anything
			logger.debug("The signature of an account could not be checked: " + ex.getClass().getSimpleName());
			return null;
		}
	}

	/**
	 * Ask the nodes that have not responded yet, in the background.
	 * @since 0.2.0
	 */
	public void prepare() {
		if (!this.unidentified.isEmpty() && this.askAgain.hasPassed() && this.preparing.compareAndSet(false, true)) {
			try {
				this.executor.execute(this::identifyInBackground);
			}
			catch (RejectedExecutionException ex) {
				this.preparing.set(false);
			}
		}
	}

	private void identifyInBackground() {
		try {
			identify();
		}
		finally {
			this.preparing.set(false);
		}
	}

	/**
	 * Return whether a node belongs to a network, or may: one that has not responded yet.
	 * @param network CAIP-2 identifier
	 */
	boolean canInclude(String network) {
		return get(network) != null || !this.unidentified.isEmpty();
	}

	/**
	 * Return the networks of all nodes that have responded.
	 * @return CAIP-2 identifiers
	 */
	List<String> networks() {
		identify();
		return this.chains.keySet().stream().map((id) -> NetworkId.ofChain(id).value()).toList();
	}

	/**
	 * Return what recent calls tell about every node. Calls no node.
	 * @return the conditions, in the order of preference
	 * @since 0.2.0
	 */
	public List<FacilitatorCondition> conditions() {
		return this.nodes.stream().map(this::condition).toList();
	}

	/**
	 * Return whether recent calls leave any node that can be used. Calls no node.
	 */
	boolean isAnyUsable() {
		return conditions().stream().anyMatch(FacilitatorCondition::usable);
	}

	/**
	 * A node whose network is not known cannot be used, however few calls failed.
	 */
	private FacilitatorCondition condition(EvmNode node) {
		FacilitatorCondition condition = node.condition();
		boolean usable = condition.usable() && (condition.problem().isEmpty() || !this.unidentified.contains(node));
		return new FacilitatorCondition(condition.name(), usable, condition.problem());
	}

	/**
	 * Ask the nodes that have not responded yet. No one waits for that who can use
	 * others.
	 */
	private void identify() {
		if (this.unidentified.isEmpty() || !lock()) {
			return;
		}
		try {
			if (this.askAgain.hasPassed()) {
				this.unidentified.forEach(this::identify);
				this.askAgain = Deadline.in(RETRY_AFTER);
			}
		}
		finally {
			this.identifying.unlock();
		}
	}

	private boolean lock() {
		if (!this.chains.isEmpty()) {
			return this.identifying.tryLock();
		}
		this.identifying.lock();
		return true;
	}

	private void identify(EvmNode node) {
		BigInteger id = chainId(node);
		if (id == null) {
			return;
		}
		Chain chain = this.chains.get(id);
		if (chain != null) {
			chain.add(node);
		}
		else {
			this.chains.put(id,
					new Chain(id, node, this.executor, this.pollInterval.toNanos(), MonotonicClock.system()));
		}
		// only now, because who sees no node to ask expects to find the network
		this.unidentified.remove(node);
	}

	private static @Nullable BigInteger chainId(EvmNode node) {
		try {
			return node.chainId();
		}
		catch (NodeUnavailableException ex) {
			logger.warn("Not known yet which network " + node + " belongs to: " + ex.getMessage());
			return null;
		}
	}

	/**
	 * Builder of networks.
	 */
	public static final class Builder {

		private final List<EvmNode> nodes = new ArrayList<>();

		private final Executor executor;

		private final Duration pollInterval;

		private Builder(Executor executor, Duration pollInterval) {
			this.executor = executor;
			this.pollInterval = pollInterval;
		}

		/**
		 * Add a node. Preferred ones come first.
		 * @param name name for logs, without secrets
		 * @param client a client whose base URL is the address of the node and whose
		 * calls are limited in time
		 * @param failureThreshold number of consecutive failures after which the node
		 * counts as not usable, which keeps no one from calling it
		 * @return this builder
		 */
		public Builder node(String name, RestClient client, int failureThreshold) {
			this.nodes.add(new EvmNode(name, client, failureThreshold));
			return this;
		}

		/**
		 * Build the networks.
		 * @return the networks of the nodes
		 */
		public Chains build() {
			return new Chains(this.nodes, this.executor, this.pollInterval);
		}

	}

}
