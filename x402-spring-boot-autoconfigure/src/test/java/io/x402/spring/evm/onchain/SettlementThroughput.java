/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainSettings.Batches;
import io.x402.spring.evm.onchain.OnChainSettings.Gas;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.money.Networks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import tools.jackson.databind.JsonNode;

/**
 * Prints how many settlements per second are confirmed on blocks of two seconds, and how
 * that compares with sending transactions that were signed before to the same node. Needs
 * a Docker engine.
 */
public final class SettlementThroughput {

	private static final Log logger = LogFactory.getLog(SettlementThroughput.class);

	private static final int PAYMENTS = 200;

	private static final int THREADS = 100;

	private SettlementThroughput() {
	}

	public static void main(String[] arguments) throws Exception {
		TestChain chain = TestChain.get();
		settled(chain, 1, Batches.NONE);
		for (int keys : new int[] { 1, 4 }) {
			double raw = prepared(chain, keys);
			double settled = settled(chain, keys, Batches.NONE);
			logger.info("%d keys: %.1f settlements/s, %.1f prepared transactions/s, ratio %.2f".formatted(keys, settled,
					raw, settled / raw));
		}
		for (int size : new int[] { 1, 10, 50 }) {
			gas(chain, size);
		}
		chain.mineAtOnce();
	}

	private static double settled(TestChain chain, int keys, Batches batches) throws Exception {
		return settled(chain, signers(chain, keys), batches);
	}

	private static void gas(TestChain chain, int size) throws Exception {
		Signer signer = chain.richSigner();
		double rate = settled(chain, List.of(signer), new Batches(size, Duration.ofMillis(200)));
		long transactions = chain.transactions(signer.address());
		BigInteger gas = gas(chain, signer);
		logger.info("batches of %d: %.1f settlements/s, %d transactions, %d gas per payment".formatted(size, rate,
				transactions, gas.longValueExact() / PAYMENTS));
	}

	private static BigInteger gas(TestChain chain, Signer signer) {
		BigInteger gas = BigInteger.ZERO;
		long newest = Hex.number(chain.rpc("eth_blockNumber").asString()).longValueExact();
		for (long block = Math.max(0, newest - 200); block <= newest; block++) {
			for (JsonNode receipt : chain.rpc("eth_getBlockReceipts", Hex.quantity(block))) {
				if (receipt.path("from").asString().equalsIgnoreCase(signer.address())) {
					gas = gas.add(Hex.number(receipt.path("gasUsed").asString()));
				}
			}
		}
		return gas;
	}

	private static double settled(TestChain chain, List<Signer> signers, Batches batches) throws Exception {
		List<FacilitatorRequest> requests = requests(chain);
		OnChainSettings usual = TestChain.settings(Duration.ofMinutes(3));
		Gas gas = usual.gas();
		OnChainFacilitator facilitator = TestChain.facilitator(chain.chains(), signers, 1,
				new OnChainSettings(usual.settleTimeout(), usual.pollInterval(), THREADS, usual.factories(),
						new Gas(gas.replaceAfter(), gas.maxFee(), gas.maxPerTransaction(), batches)));
		chain.mineEvery(2);
		return rate(requests.stream().<Callable<Boolean>>map((request) -> () -> {
			SettlementOutcome outcome = facilitator.settle(request);
			if (!(outcome instanceof Settled)) {
				logger.warn(outcome);
			}
			return outcome instanceof Settled;
		}).toList());
	}

	private static double prepared(TestChain chain, int keys) throws Exception {
		List<FacilitatorRequest> requests = requests(chain);
		List<Signer> signers = signers(chain, keys);
		Chain node = chain.chains().get(TestChain.NETWORK);
		GasFees fees = new GasFees(BigInteger.TEN.pow(9), BigInteger.TEN.pow(11));
		List<SignedTransaction> transactions = new ArrayList<>();
		for (int i = 0; i < requests.size(); i++) {
			transactions.add(SignedTransaction.sign(signers.get(i % keys), node.id(), i / keys, fees,
					BigInteger.valueOf(150_000),
					Authorizations.of(requests.get(i), Networks.load(), Set.of()).transfer()));
		}
		chain.mineEvery(2);
		return rate(transactions.stream().<Callable<Boolean>>map((transaction) -> () -> {
			node.broadcast(transaction.raw());
			TransactionReceipt receipt = node.receipt(transaction.hash());
			while (receipt == null) {
				Thread.sleep(50);
				receipt = node.receipt(transaction.hash());
			}
			return receipt.success();
		}).toList());
	}

	private static double rate(List<Callable<Boolean>> tasks) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			long start = System.nanoTime();
			for (Future<Boolean> done : executor.invokeAll(tasks)) {
				if (!done.get()) {
					throw new IllegalStateException("A payment was not made");
				}
			}
			return tasks.size() * 1e9 / (System.nanoTime() - start);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static List<FacilitatorRequest> requests(TestChain chain) {
		chain.mineAtOnce();
		ChainBuyer buyer = chain.buyer();
		String payTo = TestChain.signer().address();
		return IntStream.range(0, PAYMENTS).mapToObj((i) -> buyer.pay(ChainBuyer.offer(payTo))).toList();
	}

	private static List<Signer> signers(TestChain chain, int keys) {
		return Stream.generate(chain::richSigner).limit(keys).toList();
	}

}
