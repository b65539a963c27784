/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.money.Asset;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Auto-configuration for the codec, the known networks and the local checks of payments,
 * which all other auto-configurations need. Comes first.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties(X402Properties.class)
@ImportRuntimeHints(X402RuntimeHints.class)
public final class X402AutoConfiguration {

	@Bean
	@ConditionalOnX402Enabled
	static RenamedProperties x402RenamedProperties(ConfigurableEnvironment environment) {
		return new RenamedProperties(environment);
	}

	@Bean
	@ConditionalOnX402Enabled
	static UnknownProperties x402UnknownProperties(ConfigurableEnvironment environment) {
		return new UnknownProperties(environment);
	}

	@Bean
	@ConfigurationPropertiesBinding
	static NumberToTokenAmountConverter x402NumberToTokenAmountConverter() {
		return new NumberToTokenAmountConverter();
	}

	@Bean
	@ConditionalOnMissingBean
	PaymentCodec x402PaymentCodec() {
		return new PaymentCodec();
	}

	@Bean
	@ConditionalOnMissingBean
	Networks x402Networks(X402Properties properties) {
		Map<String, List<Asset>> assets = new LinkedHashMap<>();
		try {
			for (X402Properties.CustomAsset asset : properties.assets()) {
				assets.computeIfAbsent(asset.network(), (network) -> new ArrayList<>()).add(asset.toAsset());
			}
			return Networks.load().withAssets(assets);
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPropertyException("x402.assets", null, String.valueOf(ex.getMessage()),
					"Correct the entry under x402.assets.");
		}
	}

	@Bean
	@ConditionalOnX402Enabled
	SmartInitializingSingleton x402NetworkCheck(X402Properties properties, Networks networks) {
		return () -> properties.network()
			.stream()
			.filter((name) -> !name.equals(X402Properties.DEFAULT_NETWORK))
			.forEach((name) -> requireKnown(networks, name));
	}

	/**
	 * Also where no price uses the property. The default is known, so that networks are
	 * read only for a price or for another name.
	 */
	private static void requireKnown(Networks networks, String name) {
		try {
			networks.get(name);
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPropertyException("x402.network", name, ex.getMessage(),
					"Use a well-known name such as base or base-sepolia, or a CAIP-2 identifier such as eip155:8453.");
		}
	}

	@Bean
	@Order(0)
	PayloadCheck x402EvmPayloadCheck(X402Properties properties, ObjectProvider<Clock> clock) {
		X402Properties.Validation validation = properties.validation();
		validation.requireConsistency(properties.maxTimeout());
		return new EvmPayloadCheck(clock.getIfUnique(Clock::systemUTC), validation.minValidity(),
				validation.maxValidity());
	}

	/**
	 * Verification of signatures, which requires web3j. Facilitators in this application
	 * always do it, the engine if {@code x402.validation.signatures} says so.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.web3j.crypto.Sign")
	static class SignatureCheckConfiguration {

		@Bean
		@Order(1)
		PayloadCheck x402Eip3009SignatureCheck() {
			return new Eip3009SignatureCheck();
		}

		@Bean
		@Order(1)
		PayloadCheck x402Permit2SignatureCheck() {
			return new Permit2SignatureCheck();
		}

	}

}
