/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.util.Map;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.evm.onchain.Chains;
import io.x402.spring.evm.onchain.OnChainSettlementProbe;
import io.x402.spring.evm.onchain.ReceiptCheckingFacilitator;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.money.Networks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration for the check of a remote facilitator's receipts against a node.
 */
@AutoConfiguration(after = X402OnChainAutoConfiguration.class, before = X402PaymentAutoConfiguration.class)
@ConditionalOnX402Enabled
@Conditional(X402ReceiptCheckAutoConfiguration.IsAskedFor.class)
@ConditionalOnClass(name = "org.web3j.crypto.Sign", value = { RestClient.class, ClientHttpRequestFactoryBuilder.class })
@EnableConfigurationProperties({ X402FacilitatorProperties.class, X402ReceiptCheckProperties.class })
@Import(EvmNodes.class)
final class X402ReceiptCheckAutoConfiguration {

	private static final String PREFIX = X402ReceiptCheckProperties.PREFIX;

	@Bean
	@ConditionalOnMissingBean(SettlementProbe.class)
	ReceiptNodes x402ReceiptNodes(X402ReceiptCheckProperties properties, X402FacilitatorProperties facilitator,
			EvmNodes nodes) {
		return new ReceiptNodes(
				nodes.chains(PREFIX + "rpc.", properties.rpc(), facilitator.circuitBreaker().failureThreshold()));
	}

	/**
	 * Covers no payment: where someone else settles, what is not on the chain yet is
	 * settled by asking them again.
	 */
	@Bean
	@ConditionalOnMissingBean
	SettlementProbe x402ReceiptProbe(ReceiptNodes nodes, X402ReceiptCheckProperties properties, Networks networks) {
		OnChainSettlementProbe probe = new OnChainSettlementProbe(nodes.chains(), networks,
				new TokenAmounts(networks).confirmations(properties.confirmations(), Map.of()),
				properties.search().maxBlocks(), properties.search().maxBlocksPerRequest());
		return probe::probe;
	}

	@Bean
	@Order(0)
	FacilitatorDecorator x402ReceiptCheck(SettlementProbe probe, X402ReceiptCheckProperties properties,
			Networks networks, ObjectProvider<ReceiptNodes> nodes) {
		TokenAmounts amounts = new TokenAmounts(networks);
		ReceiptNodes asked = properties.signatures() ? nodes.getIfAvailable() : null;
		return (facilitator) -> {
			ReceiptCheckingFacilitator checking = new ReceiptCheckingFacilitator(facilitator, probe,
					(offer) -> amounts.isAbove(offer, properties.above().tokens()), properties.timeout(),
					properties.rpc().pollInterval());
			return (asked != null) ? checking.checkingSignatures(asked.chains(), networks) : checking;
		};
	}

	/**
	 * Nodes that check what a facilitator says.
	 *
	 * @param chains the nodes
	 */
	record ReceiptNodes(Chains chains) {

	}

	/**
	 * Matches if the URL of a node is set, as a list or entry by entry.
	 */
	static final class IsAskedFor extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			Binder binder = Binder.get(context.getEnvironment());
			BindResult<Boolean> enabled = binder.bind(PREFIX + "enabled", Boolean.class);
			if (enabled.isBound()) {
				return new ConditionOutcome(enabled.get(), PREFIX + "enabled is " + enabled.get());
			}
			boolean set = binder.bind(PREFIX + "rpc.url", Bindable.listOf(String.class)).isBound();
			return new ConditionOutcome(set, PREFIX + "rpc.url is" + (set ? " set" : " not set"));
		}

	}

}
