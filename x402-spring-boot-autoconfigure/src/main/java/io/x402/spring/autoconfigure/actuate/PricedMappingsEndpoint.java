/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricedOffer;
import io.x402.spring.pricing.PricedTool;
import io.x402.spring.pricing.PricingCatalog;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Actuator {@link Endpoint @Endpoint} to expose what the application sells, and with
 * which parts. Reveals no revenue and no secrets.
 */
@Endpoint(id = "x402")
final class PricedMappingsEndpoint {

	private final PricingCatalog catalog;

	private final Supplier<List<PricedTool>> tools;

	private final Networks networks;

	private final SellerParts parts;

	/**
	 * Create an endpoint.
	 * @param catalog lists the mappings
	 * @param tools returns the tools of servers
	 * @param networks the known networks
	 * @param parts parts of the application that sells
	 */
	PricedMappingsEndpoint(PricingCatalog catalog, Supplier<List<PricedTool>> tools, Networks networks,
			SellerParts parts) {
		this.catalog = catalog;
		this.tools = tools;
		this.networks = networks;
		this.parts = parts;
	}

	/**
	 * Return what is sold at present.
	 * @return paid mappings first, in order of their paths, and paid tools first, in
	 * order of their names
	 */
	@ReadOperation
	Sales sales() {
		List<PricedHandler> handlers = this.catalog.handlers();
		List<ShownMapping> mappings = Stream.of(true, false)
			.flatMap((paid) -> handlers.stream().filter((handler) -> handler.isPaid() == paid))
			.map((handler) -> ShownMapping.of(handler, this.networks))
			.toList();
		List<PricedTool> tools = this.tools.get();
		List<ShownTool> shownTools = tools.stream()
			.sorted(Comparator.comparing((tool) -> !tool.isPaid()))
			.map((tool) -> ShownTool.of(tool, this.networks))
			.toList();
		List<ShownNetwork> offered = Stream
			.concat(handlers.stream().flatMap((handler) -> handler.pricing().offers().stream()),
					tools.stream().flatMap((tool) -> tool.offers().stream()))
			.map(PricedOffer::network)
			.distinct()
			.map((network) -> ShownNetwork.of(network, this.parts))
			.toList();
		return new Sales(this.parts.enabled(), this.parts.baseUrl(), this.parts.versions(),
				this.parts.facilitators().get(), this.parts.store(), this.parts.ledger(), offered,
				this.parts.discovery(), mappings, shownTools);
	}

	/**
	 * What the application sells.
	 *
	 * @param enabled whether it sells; priced mappings respond with 503 otherwise
	 * @param baseUrl public URL, or {@code null} if that of each request is used
	 * @param protocolVersions supported protocol versions
	 * @param facilitators the facilitators, and whether they can be used
	 * @param store type of the store of claims, or {@code null} if there is none
	 * @param ledger type of the ledger, or {@code null} if there is none
	 * @param networks networks of the offers
	 * @param discovery how catalogues learn of the mappings
	 * @param mappings the mappings
	 * @param tools the tools of MCP servers
	 */
	record Sales(boolean enabled, @Nullable String baseUrl, Collection<String> protocolVersions,
			List<FacilitatorCondition> facilitators, @Nullable String store, @Nullable String ledger,
			List<ShownNetwork> networks, SellerParts.Discovery discovery, List<ShownMapping> mappings,
			List<ShownTool> tools) {

	}

	/**
	 * A network.
	 *
	 * @param id CAIP-2 identifier
	 * @param name display name
	 * @param testnet whether its money is worthless
	 * @param schemes schemes that the facilitator supports on it, or {@code null} while
	 * that is unknown
	 */
	record ShownNetwork(String id, String name, boolean testnet, @Nullable List<String> schemes) {

		static ShownNetwork of(Network network, SellerParts parts) {
			return new ShownNetwork(network.id(), network.name(), network.testnet(), parts.schemes(network));
		}

	}

}
