/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration.OnChainNodes;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.evm.TransferCheck;
import io.x402.spring.evm.onchain.Chains;
import io.x402.spring.evm.onchain.TransferFacilitator;
import io.x402.spring.pricing.TransferOffers;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.TransferQuotes;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration for buyers that transfer the price and then present the transfer, on
 * Spring MVC and WebFlux.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = { X402OnChainAutoConfiguration.class, X402StoreAutoConfiguration.class },
		before = X402PaymentAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnX402Enabled
@ConditionalOnBooleanProperty("x402.transfers.enabled")
@ConditionalOnClass(name = "org.web3j.crypto.Sign", value = { RestClient.class, ClientHttpRequestFactoryBuilder.class })
@Import(EvmNodes.class)
@EnableConfigurationProperties({ X402FacilitatorProperties.class, X402TransferProperties.class })
public final class X402TransferAutoConfiguration {

	private static final Log logger = LogFactory.getLog(X402TransferAutoConfiguration.class);

	private static final int RANDOM_LENGTH = 32;

	@Bean
	TransferNodes x402TransferNodes(X402TransferProperties properties, X402FacilitatorProperties facilitator,
			ObjectProvider<OnChainNodes> shared, EvmNodes nodes) {
		OnChainNodes settling = shared.getIfAvailable();
		if (settling != null && properties.rpc().url().isEmpty()) {
			return new TransferNodes(settling.chains());
		}
		return new TransferNodes(nodes.chains(X402TransferProperties.PREFIX + "rpc.", properties.rpc(),
				facilitator.circuitBreaker().failureThreshold()));
	}

	@Bean
	ApplicationListener<ApplicationReadyEvent> x402TransferNodesPreparation(TransferNodes nodes) {
		return (event) -> nodes.chains().prepare();
	}

	@Bean
	TransferQuotes x402TransferQuotes(X402TransferProperties properties, X402Properties seller, PaymentStore store) {
		if (!seller.protocolVersions().contains(ProtocolVersion.V2)) {
			throw new InvalidPropertyException("x402.protocol-versions", null,
					"must contain v2 where x402.transfers.enabled is true",
					"Transfers are not in version 1 of the protocol.");
		}
		if (seller.redelivery().window().isZero()) {
			throw new InvalidPropertyException("x402.redelivery.window", "0",
					"must be longer where x402.transfers.enabled is true",
					"The money has moved before the handler runs, so that its response must be collectable.");
		}
		return new TransferQuotes(key(properties.key(), store), properties.lifetime(), properties.presentation());
	}

	/**
	 * A store that forgets which transfers are used must forget its quotes too, or each
	 * would pay once more after a restart.
	 */
	private static byte[] key(byte[] secret, PaymentStore store) {
		if (!(store instanceof InMemoryPaymentStore)) {
			return secret;
		}
		logger.warn("Quotes for transfers end with this process, since its claims are in memory: a buyer who has "
				+ "transferred money by then cannot present it. Set x402.store.type to jdbc or redis.");
		byte[] random = new byte[RANDOM_LENGTH];
		new SecureRandom().nextBytes(random);
		return ByteBuffer.allocate(secret.length + random.length).put(secret).put(random).array();
	}

	@Bean
	TransferOffers x402TransferOffers(TransferQuotes quotes, TransferNodes nodes, X402TransferProperties properties,
			ObjectProvider<Clock> clock) {
		Map<String, Object> depth = new LinkedHashMap<>();
		depth.put("confirmations", properties.confirmations());
		if (properties.finalized()) {
			depth.put("finalized", true);
		}
		return new TransferOffers(quotes, nodes.chains()::isReachable, depth, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	TransferCheck x402TransferCheck(TransferQuotes quotes, ObjectProvider<Clock> clock) {
		return new TransferCheck(quotes, clock.getIfUnique(Clock::systemUTC));
	}

	/**
	 * Outside of the check of receipts, inside of observations.
	 */
	@Bean
	@Order(10)
	FacilitatorDecorator x402TransferFacilitator(TransferNodes nodes, X402TransferProperties properties) {
		return (facilitator) -> new TransferFacilitator(facilitator, nodes.chains(), properties.toSettings());
	}

	/**
	 * Nodes that transfers are looked for at.
	 *
	 * @param chains the nodes
	 */
	record TransferNodes(Chains chains) {

	}

}
