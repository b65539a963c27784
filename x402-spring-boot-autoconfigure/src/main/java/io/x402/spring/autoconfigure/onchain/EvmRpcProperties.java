/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.time.Duration;
import java.util.List;

import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of JSON-RPC nodes.
 *
 * @param url Comma-separated list of URLs of JSON-RPC nodes, in order of preference. Each
 * node reports its own network.
 * @param timeout Maximum time to wait for the response of a node.
 * @param sslBundle Comma-separated list of names of SSL bundles for connections to the
 * nodes: one name for all nodes, or one for each URL, empty where a node needs none.
 * @param pollInterval Time between two requests to a node for the latest block.
 */
record EvmRpcProperties(@DefaultValue List<String> url, @DefaultValue("5s") Duration timeout,
		@DefaultValue List<String> sslBundle, @DefaultValue("500ms") Duration pollInterval) {

	/**
	 * Require usable values.
	 * @param prefix prefix of the properties
	 */
	void validate(String prefix) {
		Limits.duration(prefix + "timeout", this.timeout, Duration.ofMillis(100), Duration.ofMinutes(2));
		Limits.duration(prefix + "poll-interval", this.pollInterval, Duration.ofMillis(10), Duration.ofMinutes(1));
	}

	@Override
	public String toString() {
		return "EvmRpcProperties[nodes=" + this.url.size() + "]";
	}

}
