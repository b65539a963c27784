package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

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

	private static final BigInteger USUAL_PRIORITY_FEE = BigInteger.TEN.pow(9);

	private final BigInteger id;

	private final List<EvmNode> nodes = new CopyOnWriteArrayList<>();

	private final Executor executor;

	private final long headTtl;

	private final LongSupplier nanoTime;

	private volatile int preferred;

	private @Nullable Block head;

	private long headReadAt;

	/**
	 * Create a chain.
	 * @param id the chain id, which all nodes have to agree on
	 * @param node the first node
	 * @param executor sends transactions to the nodes that need not be waited for
	 * @param headTtl nanoseconds for which the last block is not asked for again
	 * @param nanoTime tells the time
	 */
	Chain(BigInteger id, EvmNode node, Executor executor, long headTtl, LongSupplier nanoTime) {
		this.id = id;
		this.nodes.add(node);
		this.executor = executor;
		this.headTtl = headTtl;
		this.nanoTime = nanoTime;
	}

	BigInteger id() {
		return this.id;
	}

	void add(EvmNode node) {
		this.nodes.add(node);
	}

	/**
	 * Return the newest block, which may be as old as a poll interval.
	 */
	synchronized Block head() {
		long now = this.nanoTime.getAsLong();
		if (this.head == null || now - this.headReadAt >= this.headTtl) {
			this.head = latest();
			this.headReadAt = now;
		}
		return this.head;
	}

	Block latest() {
		JsonNode block = read("eth_getBlockByNumber", LATEST, false);
		return new Block(number(block, "number").longValueExact(), number(block, "timestamp").longValueExact(),
				number(block, "baseFeePerGas"));
	}

	/**
	 * Return the code of an account.
	 * @return {@code 0x} if it is no contract
	 */
	String code(String address) {
		return read("eth_getCode", address, LATEST).asString("0x");
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
		return read("eth_call", Map.of("from", from, "to", call.to(), "data", call.data()), block).asString("0x");
	}

	String call(ContractCall call, String block) {
		return read("eth_call", Map.of("to", call.to(), "data", call.data()), block).asString("0x");
	}

	BigInteger gas(ContractCall call, String from) {
		return Hex
			.number(read("eth_estimateGas", Map.of("from", from, "to", call.to(), "data", call.data())).asString("0x"));
	}

	/**
	 * Return what the makers of blocks are paid, in wei per unit of gas, with a guess for
	 * nodes that do not tell.
	 */
	BigInteger priorityFee() {
		try {
			return Hex.number(read("eth_maxPriorityFeePerGas").asString("0x"));
		}
		catch (NodeErrorException ex) {
			return USUAL_PRIORITY_FEE;
		}
	}

	BigInteger balance(String address) {
		return Hex.number(read("eth_getBalance", address, LATEST).asString("0x"));
	}

	/**
	 * Return how many transactions an account has sent.
	 * @param block {@link #LATEST} for those in blocks, {@link #PENDING} for those that
	 * wait as well
	 */
	long transactionCount(String address, String block) {
		return Hex.number(read("eth_getTransactionCount", address, block).asString("0x")).longValueExact();
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
					return receipt(receipt);
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
	 * Find events.
	 * @param contract address of the contract
	 * @param from number of the first block
	 * @param to number of the last block
	 * @param topics a topic or a list of alternatives for each position
	 */
	List<EventLog> logs(String contract, long from, long to, Object... topics) {
		JsonNode logs = read("eth_getLogs", Map.of("address", contract, "fromBlock", Hex.quantity(from), "toBlock",
				Hex.quantity(to), "topics", Arrays.asList(topics)));
		return logs.valueStream().map(Chain::log).toList();
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

	private static TransactionReceipt receipt(JsonNode receipt) {
		return new TransactionReceipt(receipt.path("transactionHash").asString(),
				number(receipt, "status").equals(BigInteger.ONE), number(receipt, "blockNumber").longValueExact(),
				receipt.path("logs").valueStream().map(Chain::log).toList());
	}

	private static EventLog log(JsonNode log) {
		return new EventLog(log.path("address").asString(),
				log.path("topics").valueStream().map((topic) -> topic.asString("")).toList(),
				log.path("data").asString("0x"), log.path("transactionHash").asString(""));
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
