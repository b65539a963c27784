/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.net.URI;
import java.util.List;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details required to connect to JSON-RPC nodes of EVM networks. They replace the
 * configured nodes for settlements and for the check of receipts.
 *
 * @since 0.1.0
 */
public interface EvmNodeConnectionDetails extends ConnectionDetails {

	/**
	 * Return the URLs of the nodes. Each node reports its own network.
	 * @return absolute URLs, in order of preference; never logged, because they may
	 * contain keys
	 */
	List<URI> getUris();

}
