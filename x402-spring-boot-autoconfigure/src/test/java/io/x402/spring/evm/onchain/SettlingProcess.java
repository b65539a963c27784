/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Settles payments on chain in a process of its own, which can be killed.
 */
public final class SettlingProcess {

	private static final int THREADS = 40;

	private SettlingProcess() {
	}

	/**
	 * Start the process.
	 * @param work a file, which its keys and payments are written to
	 * @param chain the network
	 * @param keys private keys that settle
	 * @param offer what is paid
	 * @param requests the payments
	 */
	static Process start(Path work, TestChain chain, List<String> keys, PaymentRequirements offer,
			List<FacilitatorRequest> requests) throws IOException {
		PaymentCodec codec = new PaymentCodec();
		List<Map<String, Object>> payments = requests.stream().map((request) -> request.payload().payload()).toList();
		Files.write(work, codec.write(new Work(chain.url(), keys, offer, payments)));
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				SettlingProcess.class.getName(), work.toString())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	public static void main(String[] arguments) throws IOException {
		Work work = new PaymentCodec(1 << 24).read(Files.readAllBytes(Path.of(arguments[0])), Work.class);
		List<Signer> signers = work.keys().stream().<Signer>map(PrivateKeySigner::new).toList();
		OnChainFacilitator facilitator = TestChain.facilitator(TestChain.chains(TestChain.node(work.url())), signers, 1,
				TestChain.settings(Duration.ofMinutes(2)));
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		for (FacilitatorRequest request : work.requests()) {
			executor.execute(() -> facilitator.settle(request));
		}
		executor.shutdown();
	}

	/**
	 * What to settle.
	 *
	 * @param url address of a node
	 * @param keys private keys that settle
	 * @param offer what is paid
	 * @param payments the scheme payloads
	 */
	record Work(String url, List<String> keys, PaymentRequirements offer, List<Map<String, Object>> payments) {

		List<FacilitatorRequest> requests() {
			List<FacilitatorRequest> requests = new ArrayList<>();
			for (Map<String, Object> payment : this.payments) {
				requests.add(ChainBuyer.request(this.offer, Objects.requireNonNull(EvmPayload.from(payment))));
			}
			return requests;
		}

	}

}
