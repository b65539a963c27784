/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.x402.spring.facilitator.SettledTransfers;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An EVM network as its nodes show it. Reads go to one node until it fails, transactions
 * to all. Safe for concurrent use.
 */
final class Chain {

	private static final Log logger = LogFactory.getLog(Chain.class);

	static final String LATEST = "latest";

	static final String PENDING = "pending";

	private static final String FINALIZED = "finalized";

	private static final BigInteger USUAL_PRIORITY_FEE = BigInteger.TEN.pow(9);

	private final BigInteger id;

	private final List<EvmNode> nodes = new CopyOnWriteArrayList<>();

	private final Executor executor;

	private final Recent<Block> head;

	private final Recent<Block> finalized;

	private volatile int preferred;

	private final SettledTransfers transfers = new SettledTransfers();

	/**
	 * Create a chain.
	 * @param id the chain id, which all nodes must agree on
	 * @param node the first node
	 * @param executor sends transactions to the nodes that need not be waited for
	 * @param headTtl nanoseconds for which the last block is not asked for again
	 * @param clock a clock that only runs
	 */
	Chain(BigInteger id, EvmNode node, Executor executor, long headTtl, MonotonicClock clock) {
		this.id = id;
		this.nodes.add(node);
		this.executor = executor;
		this.head = new Recent<>(this::latest, headTtl, clock);
		this.finalized = new Recent<>(() -> block(FINALIZED), headTtl, clock);
	}

	BigInteger id() {
		return this.id;
	}

	/**
	 * Return the transfers of this network that are known to back a payment, which
	 * whoever looks at this network shares.
	 */
	SettledTransfers transfers() {
		return this.transfers;
	}

	void add(EvmNode node) {
		this.nodes.add(node);
	}

	/**
	 * Return whether recent calls of a node have not failed. Calls no node.
	 */
	boolean isUsable() {
		return this.nodes.stream().anyMatch((node) -> node.condition().usable());
	}

	/**
	 * Return the newest block, which may be as old as a poll interval.
	 */
	Block head() {
		return this.head.get();
	}

	/**
	 * Return the newest block that is finalized, which may be as old as a poll interval.
	 */
	Block finalized() {
		return this.finalized.get();
	}

	Block latest() {
		return block(LATEST);
	}

	/**
	 * Return a block.
	 * @param block its number or name
	 * @throws NodeUnavailableException if the node does not have it
	 */
	Block block(String block) {
		JsonNode found = read("eth_getBlockByNumber", block, false);
		return new Block(required(found, "number").longValueExact(), text(found, "hash"),
				required(found, "timestamp").longValueExact(), number(found, "baseFeePerGas"));
	}

	/**
	 * Return whether the block of a receipt belongs to the chain, as far as the node that
	 * is asked knows now. Another node may still have the receipt of a block that was
	 * replaced.
	 */
	boolean contains(TransactionReceipt receipt) {
		return block(Hex.quantity(receipt.block())).hash().equalsIgnoreCase(receipt.blockHash());
	}

	/**
	 * Return the code of an account.
	 * @param block number or name of the block whose state is read
	 * @return {@code 0x} if it is no contract
	 */
	String code(String address, String block) {
		return text(read("eth_getCode", address, block));
	}

	/**
	 * Call a contract without a transaction.
	 * @param call what to call
	 * @param from who seems to call
	 * @param block number or name of the block whose state is read
	 * @return the result
	 * @throws NodeErrorException if the contract refuses
	 */
	String call(ContractCall call, String from, String block) {
		return text(read("eth_call", Map.of("from", from, "to", call.to(), "data", call.data()), block));
	}

	String call(ContractCall call, String block) {
		return text(read("eth_call", Map.of("to", call.to(), "data", call.data()), block));
	}

	BigInteger gas(ContractCall call, String from) {
		return quantity(read("eth_estimateGas",
				Map.of("from", from, "to", call.to(), "data", call.data(), "value", Hex.quantity(call.value()))));
	}

	/**
	 * Return what the makers of blocks are paid, in wei per unit of gas, with a guess for
	 * nodes that do not tell.
	 */
	BigInteger priorityFee() {
		try {
			return quantity(read("eth_maxPriorityFeePerGas"));
		}
		catch (NodeErrorException ex) {
			return USUAL_PRIORITY_FEE;
		}
	}

	BigInteger balance(String address) {
		return balance(address, LATEST);
	}

	/**
	 * Return what an account has of the currency of the network.
	 * @param block {@link #LATEST} for what it has in blocks, {@link #PENDING} for what
	 * it has once transactions that wait are in one
	 */
	BigInteger balance(String address, String block) {
		return quantity(read("eth_getBalance", address, block));
	}

	/**
	 * Return how many transactions an account has sent.
	 * @param block {@link #LATEST} for those in blocks, {@link #PENDING} for those that
	 * wait as well
	 */
	long transactionCount(String address, String block) {
		return quantity(read("eth_getTransactionCount", address, block)).longValueExact();
	}

	/**
	 * Return the receipt of a transaction from any node that has it.
	 * @return the receipt, or {@code null} if the transaction is in no block
	 */
	@Nullable TransactionReceipt receipt(String transaction) {
		NodeUnavailableException failure = null;
		boolean answered = false;
		for (EvmNode node : inOrder()) {
			try {
				JsonNode receipt = node.call("eth_getTransactionReceipt", transaction);
				answered = true;
				if (receipt.isObject()) {
					return receipt(transaction, receipt);
				}
			}
			catch (NodeUnavailableException ex) {
				failure = ex;
			}
			catch (NodeErrorException ex) {
				failure = new NodeUnavailableException(String.valueOf(ex.getMessage()));
			}
		}
		if (!answered && failure != null) {
			throw failure;
		}
		return null;
	}

	/**
	 * Return what a transaction called.
	 * @return the call, or {@code null} if the transaction is unknown or creates a
	 * contract
	 */
	@Nullable ContractCall transaction(String hash) {
		JsonNode transaction = read("eth_getTransactionByHash", hash);
		return transaction.path("to").isString()
				? new ContractCall(transaction.path("to").asString(), transaction.path("input").asString("0x")) : null;
	}

	/**
	 * Return the calls that a transaction made, which only some nodes tell.
	 * @return the calls, all of them or none
	 */
	Calls calls(String hash) {
		try {
			JsonNode trace = read("debug_traceTransaction", hash, Map.of("tracer", "callTracer"));
			List<ContractCall> calls = new ArrayList<>();
			collect(trace, calls);
			return calls.isEmpty() ? Calls.UNKNOWN : new Calls(calls, true);
		}
		catch (NodeErrorException | NodeUnavailableException ex) {
			logger.debug("The calls of a transaction are not known: " + ex.getMessage());
			return Calls.UNKNOWN;
		}
	}

	/**
	 * A call that reverted undid all that it called. Only plain calls run the code of a
	 * contract as that contract.
	 */
	private static void collect(JsonNode frame, List<ContractCall> calls) {
		Deque<JsonNode> rest = new ArrayDeque<>(List.of(frame));
		while (!rest.isEmpty()) {
			JsonNode next = rest.pop();
			if (next.has("error")) {
				continue;
			}
			if (next.path("type").asString("").equals("CALL") && next.path("to").isString()) {
				calls.add(new ContractCall(next.path("to").asString(), next.path("input").asString("0x")));
			}
			List<JsonNode> inner = next.path("calls").valueStream().toList();
			for (int i = inner.size() - 1; i >= 0; i--) {
				rest.push(inner.get(i));
			}
		}
	}

	/**
	 * Find the events of one block. Unlike a search by number, a node that does not have
	 * the block cannot take it for one without events.
	 * @param contract address of the contract
	 * @param block hash of the block
	 * @param topics a topic or a list of alternatives for each position
	 */
	List<EventLog> logsOfBlock(String contract, String block, Object... topics) {
		return logs(
				read("eth_getLogs", Map.of("address", contract, "blockHash", block, "topics", Arrays.asList(topics))));
	}

	/**
	 * Find events.
	 * @param contract address of the contract
	 * @param from number of the first block
	 * @param to number of the last block
	 * @param topics a topic or a list of alternatives for each position
	 */
	List<EventLog> logs(String contract, long from, long to, Object... topics) {
		return logs(read("eth_getLogs", Map.of("address", contract, "fromBlock", Hex.quantity(from), "toBlock",
				Hex.quantity(to), "topics", Arrays.asList(topics))));
	}

	private static List<EventLog> logs(JsonNode logs) {
		if (!logs.isArray()) {
			throw new NodeUnavailableException("the node told no events");
		}
		return logs.valueStream().filter((log) -> !isRemoved(log)).map(Chain::log).toList();
	}

	/**
	 * Send a signed transaction to all nodes.
	 * @param raw the signed transaction
	 * @return whether a node has it
	 * @throws NodeErrorException if every node refused it
	 */
	Broadcast broadcast(String raw) {
		NodeErrorException refusal = null;
		boolean unsure = false;
		List<EvmNode> order = inOrder();
		for (int i = 0; i < order.size(); i++) {
			try {
				order.get(i).call("eth_sendRawTransaction", raw);
				inBackground(raw, order.subList(i + 1, order.size()));
				return Broadcast.ACCEPTED;
			}
			catch (NodeErrorException ex) {
				if (ex.mentions("already known", "already imported", "known transaction", "already exists")) {
					return Broadcast.ACCEPTED;
				}
				unsure |= !isRefusal(ex);
				refusal = ex;
			}
			catch (NodeUnavailableException ex) {
				avoid(order.get(i));
				unsure = true;
			}
		}
		if (unsure || refusal == null) {
			return Broadcast.UNSURE;
		}
		throw refusal;
	}

	/**
	 * One node has it, which is what counts; whether the others take it does not matter.
	 */
	private void inBackground(String raw, List<EvmNode> rest) {
		for (EvmNode node : rest) {
			try {
				this.executor.execute(() -> sendTo(node, raw));
			}
			catch (RejectedExecutionException ex) {
				logger.debug("A transaction does not go to " + node + ", which is too slow");
			}
		}
	}

	private static void sendTo(EvmNode node, String raw) {
		try {
			node.call("eth_sendRawTransaction", raw);
		}
		catch (NodeErrorException | NodeUnavailableException ex) {
			logger.debug("A transaction did not get to " + node + ": " + ex.getMessage());
		}
	}

	/**
	 * Only texts that every kind of node uses for transactions it does not keep.
	 */
	private static boolean isRefusal(NodeErrorException error) {
		return error.mentions("nonce too low", "insufficient funds", "underpriced", "intrinsic gas", "fee too low",
				"less than block base fee", "exceeds block gas limit", "gas limit", "fee cap");
	}

	private JsonNode read(String method, Object... params) {
		RuntimeException failure = null;
		for (EvmNode node : inOrder()) {
			try {
				return node.call(method, params);
			}
			catch (NodeErrorException ex) {
				if (ex.isRevert()) {
					throw ex;
				}
				failure = ex;
			}
			catch (NodeUnavailableException ex) {
				avoid(node);
				failure = ex;
			}
		}
		throw (failure != null) ? failure : new NodeUnavailableException("there is no node");
	}

	private List<EvmNode> inOrder() {
		int first = this.preferred;
		List<EvmNode> order = new ArrayList<>(this.nodes.subList(first, this.nodes.size()));
		order.addAll(this.nodes.subList(0, first));
		return order;
	}

	private void avoid(EvmNode node) {
		if (this.nodes.get(this.preferred) == node) {
			this.preferred = (this.preferred + 1) % this.nodes.size();
		}
	}

	/**
	 * What a receipt does not say is not known: one without a status has not failed, one
	 * without a block is in none, and events that may not be all have no neighbors.
	 */
	private static @Nullable TransactionReceipt receipt(String transaction, JsonNode receipt) {
		BigInteger status = required(receipt, "status");
		List<JsonNode> logs = receipt.path("logs").valueStream().toList();
		if (!text(receipt, "transactionHash").equalsIgnoreCase(transaction) || status.bitLength() > 1
				|| !receipt.path("logs").isArray() || !areConsecutive(logs)) {
			throw new NodeUnavailableException("the node told no complete receipt");
		}
		if (logs.stream().anyMatch(Chain::isRemoved)) {
			return null;
		}
		return new TransactionReceipt(transaction, receipt.path("from").asString(""), status.signum() == 1,
				required(receipt, "blockNumber").longValueExact(), text(receipt, "blockHash"),
				logs.stream().map(Chain::log).toList());
	}

	private static boolean areConsecutive(List<JsonNode> logs) {
		for (int i = 1; i < logs.size(); i++) {
			boolean told = logs.get(i - 1).hasNonNull("logIndex") && logs.get(i).hasNonNull("logIndex");
			if (told && !required(logs.get(i), "logIndex")
				.equals(required(logs.get(i - 1), "logIndex").add(BigInteger.ONE))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isRemoved(JsonNode log) {
		return log.path("removed").asBoolean(false);
	}

	private static EventLog log(JsonNode log) {
		return new EventLog(log.path("address").asString(),
				log.path("topics").valueStream().map((topic) -> topic.asString("")).toList(),
				log.path("data").asString("0x"), log.path("transactionHash").asString(""));
	}

	private static BigInteger required(JsonNode object, String member) {
		return quantity(object.path(member));
	}

	private static BigInteger quantity(JsonNode value) {
		String text = text(value);
		if (text.length() <= 2) {
			throw new NodeUnavailableException("the node told no number");
		}
		return Hex.number(text);
	}

	private static String text(JsonNode object, String member) {
		return text(object.path(member));
	}

	/**
	 * A null is no response, neither "nothing" nor "no".
	 */
	private static String text(JsonNode value) {
		if (!value.isString() || !value.asString().matches("0x[0-9a-fA-F]*")) {
			throw new NodeUnavailableException("the node told nothing useful");
		}
		return value.asString();
	}

	private static BigInteger number(JsonNode object, String member) {
		return Hex.number(object.path(member).asString("0x"));
	}

	/**
	 * What is known about a transaction that was sent.
	 */
	enum Broadcast {

		/** A node has it. */
		ACCEPTED,

		/** Perhaps a node has it. */
		UNSURE

	}

}
