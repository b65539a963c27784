package io.x402.spring.autoconfigure.onchain;

import java.net.URI;
import java.util.List;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details required to connect to JSON-RPC nodes of EVM networks. They take the place of
 * the configured nodes, both of those that settle and of those that check receipts.
 */
public interface EvmNodeConnectionDetails extends ConnectionDetails {

	/**
	 * Return the addresses of the nodes. Each node tells its own network.
	 * @return absolute URLs, preferred ones first; they may contain keys and are never
	 * shown
	 */
	List<URI> getUris();

}
