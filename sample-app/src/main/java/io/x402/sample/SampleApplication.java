/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample;

import io.x402.sample.agent.AgentCommand;
import io.x402.sample.buyer.BuyCommand;
import io.x402.sample.check.CheckCommand;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the shop.
 */
@SpringBootApplication
public class SampleApplication {

	/**
	 * Start the shop, or run the command {@code buy}, {@code agent} or {@code check}.
	 * @param args command line arguments
	 */
	public static void main(String[] args) {
		if (args.length > 0 && args[0].equals(BuyCommand.NAME)) {
			System.exit(BuyCommand.run(args, System.out));
		}
		if (args.length > 0 && args[0].equals(AgentCommand.NAME)) {
			System.exit(AgentCommand.run(args, System.out));
		}
		if (args.length > 0 && args[0].equals(CheckCommand.NAME)) {
			System.exit(CheckCommand.run(args, System.out));
		}
		SpringApplication.run(SampleApplication.class, args);
	}

}
