/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.Chains;
import io.x402.spring.evm.onchain.GasBalances;
import io.x402.spring.evm.onchain.GasBalances.GasBalance;
import io.x402.spring.evm.onchain.OnChainFacilitator;
import io.x402.spring.evm.onchain.OnChainSettlementProbe;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Networks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration for a {@link Facilitator} that settles on chain with own keys.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class, before = X402FacilitatorAutoConfiguration.class)
@ConditionalOnX402Enabled
@ConditionalOnProperty(name = "x402.facilitator.type", havingValue = "onchain")
@ConditionalOnClass(name = "org.web3j.crypto.Sign", value = { RestClient.class, ClientHttpRequestFactoryBuilder.class })
@ConditionalOnMissingBean(Facilitator.class)
@EnableConfigurationProperties({ X402FacilitatorProperties.class, X402OnChainProperties.class })
@Import(EvmNodes.class)
public final class X402OnChainAutoConfiguration {

	private static final Log logger = LogFactory.getLog(OnChainFacilitator.class);

	/** A wallet settles some 50 payments a second at most. */
	private static final int MAX_CONCURRENT = 100;

	private static final String KEYS = X402OnChainProperties.PREFIX + "keys.";

	@Bean
	OnChainSigners x402OnChainSigners(X402OnChainProperties properties, X402Properties x402, Networks networks,
			BeanFactory beans) {
		X402OnChainProperties.Keys keys = properties.keys();
		List<Signer> signers = new ArrayList<>();
		for (int i = 0; i < keys.privateKeys().size(); i++) {
			signers.add(Signers.ofPrivateKey(KEYS + "private-keys[" + i + "]", keys.privateKeys().get(i)));
		}
		for (int i = 0; i < keys.keystores().size(); i++) {
			signers.add(Signers.ofKeystore(KEYS + "keystores[" + i + "]", keys.keystores().get(i),
					keys.keystorePassword()));
		}
		for (String name : keys.signers()) {
			signers.add(signer(beans, name));
		}
		if (signers.isEmpty()) {
			throw new InvalidPropertyException(KEYS + "private-keys", null, "must contain a key that pays for gas",
					"Name Signer beans under " + KEYS + "signers or keystore files under " + KEYS
							+ "keystores, or set private keys on test networks.");
		}
		if (signers.stream().map(Signer::address).distinct().count() < signers.size()) {
			throw new InvalidPropertyException(KEYS + "private-keys", null, "must not contain a key twice",
					"Remove the duplicate.");
		}
		if (!keys.privateKeys().isEmpty() && x402.network().stream().anyMatch((name) -> isReal(networks, name))) {
			logger.warn("A private key in the configuration pays for gas on a network with real money. Keep keys in a "
					+ "key management service and name a Signer bean under " + KEYS
					+ "signers, or at least use encrypted keystore files under " + KEYS + "keystores.");
		}
		return new OnChainSigners(signers);
	}

	@Bean
	OnChainNodes x402OnChainNodes(X402OnChainProperties properties, X402FacilitatorProperties facilitator,
			EvmNodes nodes) {
		return new OnChainNodes(nodes.chains(X402OnChainProperties.PREFIX + "rpc.", properties.rpc(),
				facilitator.circuitBreaker().failureThreshold()));
	}

	@Bean
	@ConditionalOnMissingBean(SettlementProbe.class)
	OnChainSettlementProbe x402OnChainSettlementProbe(OnChainNodes nodes, X402OnChainProperties properties,
			Networks networks) {
		return probe(nodes.chains(), properties, networks);
	}

	@Bean
	OnChainFacilitator x402Facilitator(OnChainNodes nodes, OnChainSigners signers, X402OnChainProperties properties,
			X402FacilitatorProperties facilitator, Networks networks, ObjectProvider<Clock> clock) {
		for (String factory : properties.walletFactories()) {
			if (!EvmAddress.isValid(factory)) {
				throw new InvalidPropertyException(X402OnChainProperties.PREFIX + "wallet-factories", factory,
						"must be an address", "Use 0x and 40 hexadecimal digits.");
			}
		}
		X402OnChainProperties.Gas gas = properties.gas();
		OnChainFacilitator.Builder builder = OnChainFacilitator
			.builder(probe(nodes.chains(), properties, networks), signers.all(), clock.getIfUnique(Clock::systemUTC))
			.timeout(facilitator.settleTimeout(), properties.rpc().pollInterval())
			.maxConcurrent(Objects.requireNonNullElse(facilitator.limits().maxConcurrentSettlements(), MAX_CONCURRENT))
			.walletFactories(properties.walletFactories())
			.gas(gas.replaceAfter(), gas.maxFeeGwei().movePointRight(9).toBigInteger(), gas.maxPerTransaction())
			.batches(properties.batch().maxSize(), properties.batch().maxWait());
		X402OnChainProperties.ApprovalGas approvals = properties.approvalGas();
		if (approvals.enabled()) {
			builder.approvalGas(wei(approvals.maxPerPayment()), wei(approvals.maxPerPayer()),
					wei(approvals.maxPerHour()));
		}
		return builder.build();
	}

	@Bean
	GasBalances x402GasBalances(OnChainNodes nodes, OnChainSigners signers) {
		return new GasBalances(nodes.chains(), signers.all());
	}

	private static OnChainSettlementProbe probe(Chains chains, X402OnChainProperties properties, Networks networks) {
		return new OnChainSettlementProbe(chains, networks,
				new TokenAmounts(networks).confirmations(properties.confirmations(), properties.confirmationsAbove()),
				properties.search().maxBlocks(), properties.search().maxBlocksPerRequest());
	}

	private static BigInteger wei(BigDecimal amount) {
		return amount.movePointRight(18).toBigInteger();
	}

	private static Signer signer(BeanFactory beans, String name) {
		try {
			return beans.getBean(name, Signer.class);
		}
		catch (NoSuchBeanDefinitionException ex) {
			throw new InvalidPropertyException(KEYS + "signers", name, "there is no Signer bean with that name",
					"Declare the bean, or correct the name.");
		}
	}

	private static boolean isReal(Networks networks, String name) {
		try {
			return !networks.get(name).testnet();
		}
		catch (InvalidPriceException ex) {
			return false;
		}
	}

	/**
	 * Keys that sign settlements. They are not beans, so that nothing else uses them.
	 *
	 * @param all keys in order of configuration
	 */
	record OnChainSigners(List<Signer> all) {

		OnChainSigners {
			all = List.copyOf(all);
		}

	}

	/**
	 * Nodes for settlements, separate from those that check receipts.
	 *
	 * @param chains the nodes
	 */
	record OnChainNodes(Chains chains) {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnEnabledHealthIndicator("x402-on-chain")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = { "x402OnChainHealthIndicator", "x402OnChainHealthContributor" })
		OnChainHealthIndicator x402OnChainHealthIndicator(GasBalances balances, X402OnChainProperties properties) {
			return new OnChainHealthIndicator(balances, properties.gas().minBalance());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ MeterRegistry.class, MeterBinder.class })
	static class MetersConfiguration {

		@Bean
		MeterBinder x402GasBalanceMeters(GasBalances balances, OnChainSigners signers) {
			return (registry) -> signers.all()
				.stream()
				.map(Signer::address)
				.forEach((account) -> Gauge
					.builder("x402.facilitator.gas.balance", balances, (all) -> lowest(all, account))
					.description("Lowest balance that an account has left to pay for gas on any network")
					.tag("account", account)
					.register(registry));
		}

		private static double lowest(GasBalances balances, String account) {
			return balances.get()
				.stream()
				.filter((balance) -> balance.account().equals(account))
				.map(GasBalance::balance)
				.mapToDouble(BigDecimal::doubleValue)
				.min()
				.orElse(Double.NaN);
		}

	}

}
