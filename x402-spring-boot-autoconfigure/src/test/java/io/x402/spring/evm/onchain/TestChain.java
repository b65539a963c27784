/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.evm.onchain.OnChainSettings.Gas;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.store.Servers;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.JsonNode;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * A local chain with the contracts of {@code sample-app/interop/contracts}. Their
 * compiled code is in {@code src/test/resources/chain}: the member {@code runtime} of
 * what {@code build-contracts.mjs} there writes. All tests share it, so each uses payers
 * and keys of its own.
 */
final class TestChain {

	static final String NETWORK = "eip155:84532";

	static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	static final String WALLET = "0x1271127112711271127112711271127112711271";

	static final String TWO_OWNER_WALLET = "0x1271127112711271127112711271127112711272";

	static final String FACTORY = "0x6492000000000000000000000000000000000001";

	static final String DISHONEST_TOKEN = "0x6492000000000000000000000000000000000002";

	static final String BATCH = "0x6492000000000000000000000000000000000003";

	static final String FEE_TOKEN = "0x6492000000000000000000000000000000000004";

	static final BigInteger MONEY = BigInteger.valueOf(1_000_000_000);

	/** The first account of the public development mnemonic. */
	private static final String MINTER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

	private static final Networks NETWORKS = Networks.load();

	private static final SecureRandom RANDOM = new SecureRandom();

	private static boolean prepared;

	private final String url;

	private final EvmNode node;

	private TestChain(String url) {
		this.url = url;
		this.node = node(url);
	}

	static synchronized TestChain get() {
		GenericContainer<?> anvil = Servers.anvil();
		TestChain chain = new TestChain("http://" + anvil.getHost() + ":" + anvil.getMappedPort(8545));
		if (!prepared) {
			chain.place("LabUSDC", USDC);
			chain.place("Lab1271Wallet", WALLET);
			chain.place("LabTwoOwnerWallet", TWO_OWNER_WALLET);
			chain.place("LabPermit2", Permit2Authorization.PERMIT2);
			chain.place("LabExactPermit2Proxy", EvmPayload.Permit2.EXACT_PROXY);
			chain.place("LabUptoPermit2Proxy", EvmPayload.Permit2.UPTO_PROXY);
			chain.place("LabMulticall3", Multicall.ADDRESS);
			chain.place("LabWalletFactory", FACTORY);
			chain.place("LabDishonestToken", DISHONEST_TOKEN);
			chain.place("LabBatch", BATCH);
			chain.place("LabFeeToken", FEE_TOKEN);
			prepared = true;
		}
		return chain;
	}

	String url() {
		return this.url;
	}

	static EvmNode node(String url) {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory();
		requests.setReadTimeout(Duration.ofSeconds(20));
		return new EvmNode("test", RestClient.builder().baseUrl(url).requestFactory(requests).build(), 5);
	}

	EvmNode node() {
		return this.node;
	}

	Chains chains() {
		return chains(this.node);
	}

	static Chains chains(EvmNode... nodes) {
		return new Chains(List.of(nodes), Runnable::run, Duration.ofMillis(20));
	}

	JsonNode rpc(String method, Object... params) {
		return this.node.call(method, params);
	}

	void place(String contract, String address) {
		rpc("anvil_setCode", address, "0x" + code(contract));
	}

	/** Every transaction gets a block of its own at once. */
	void mineAtOnce() {
		rpc("evm_setIntervalMining", 0);
		rpc("evm_setAutomine", true);
	}

	void mineNothing() {
		rpc("evm_setAutomine", false);
	}

	void mineEvery(int seconds) {
		rpc("evm_setAutomine", false);
		rpc("evm_setIntervalMining", seconds);
	}

	void mine(int blocks) {
		rpc("anvil_mine", Hex.quantity(blocks));
	}

	/** A fresh account with ether. */
	Signer richSigner() {
		return richSigner(key());
	}

	Signer richSigner(String key) {
		Signer signer = new PrivateKeySigner(key);
		rpc("anvil_setBalance", signer.address(), Hex.quantity(BigInteger.TEN.pow(20)));
		return signer;
	}

	/** A fresh account with nothing. */
	static Signer signer() {
		return new PrivateKeySigner(key());
	}

	static String key() {
		byte[] key = new byte[32];
		RANDOM.nextBytes(key);
		key[0] = 1;
		return HexFormat.of().formatHex(key);
	}

	ChainBuyer buyer() {
		ChainBuyer buyer = new ChainBuyer(signer());
		mint(buyer.address(), MONEY);
		return buyer;
	}

	void mint(String account, BigInteger amount) {
		send(MINTER, new ContractCall(USDC,
				Abi.encode(Abi.selector("mint(address,uint256)"), Abi.address(account), Abi.uint(amount))));
	}

	/** Allow Permit2 to move all the money of an account. */
	void approve(String account) {
		rpc("anvil_setBalance", account, Hex.quantity(BigInteger.TEN.pow(18)));
		send(account,
				new ContractCall(USDC,
						Abi.encode(Abi.selector("approve(address,uint256)"), Abi.address(Permit2Authorization.PERMIT2),
								Abi.uint(BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)))));
	}

	/**
	 * Call a contract as any account, whose key does not matter, and wait for the block.
	 * @return hash of the transaction
	 */
	String send(String from, ContractCall call) {
		rpc("anvil_impersonateAccount", from);
		String hash = rpc("eth_sendTransaction",
				Map.of("from", from, "to", call.to(), "data", call.data(), "gas", Hex.quantity(2_000_000)))
			.asString();
		long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
		while (!rpc("eth_getTransactionReceipt", hash).isObject()) {
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("No block took the transaction");
			}
			Thread.onSpinWait();
		}
		return hash;
	}

	BigInteger balance(String account) {
		return Hex.number(rpc("eth_call",
				Map.of("to", USDC, "data", Abi.encode(Abi.selector("balanceOf(address)"), Abi.address(account))),
				"latest")
			.asString());
	}

	long transactions(String account) {
		return Hex.number(rpc("eth_getTransactionCount", account, "latest").asString()).longValueExact();
	}

	OnChainFacilitator facilitator(List<Signer> signers) {
		return facilitator(chains(), signers, 1, settings(Duration.ofSeconds(60)));
	}

	/**
	 * A facilitator whose clock differs from the one of the chain.
	 */
	OnChainFacilitator facilitator(Signer signer, Duration ahead) {
		return facilitator(chains(), List.of(signer), 1, settings(Duration.ofSeconds(60)),
				Clock.offset(Clock.systemUTC(), ahead));
	}

	static OnChainFacilitator facilitator(Chains chains, List<Signer> signers, int confirmations,
			OnChainSettings settings) {
		return facilitator(chains, signers, confirmations, settings, Clock.systemUTC());
	}

	private static OnChainFacilitator facilitator(Chains chains, List<Signer> signers, int confirmations,
			OnChainSettings settings, Clock clock) {
		return OnChainFacilitator.builder(probe(chains, confirmations), signers, clock).settings(settings).build();
	}

	static OnChainSettlementProbe probe(Chains chains, int confirmations) {
		return new OnChainSettlementProbe(chains, NETWORKS, (offer) -> confirmations, new LogRange(500, 200));
	}

	static OnChainSettings settings(Duration settleTimeout) {
		return settings(settleTimeout, Duration.ofMinutes(5));
	}

	static OnChainSettings settings(Duration settleTimeout, Duration replaceAfter) {
		return new OnChainSettings(settleTimeout, Duration.ofMillis(50), 50, Set.of(FACTORY),
				new Gas(replaceAfter, BigInteger.TEN.pow(12), 3_000_000, Batches.NONE));
	}

	private static String code(String contract) {
		try (InputStream resource = TestChain.class.getResourceAsStream("/chain/" + contract + ".hex")) {
			return new String(resource.readAllBytes(), StandardCharsets.US_ASCII).substring(2);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
