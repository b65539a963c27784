/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.util.stream.Stream;

import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

class X402AutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class));

	@Test
	void whenNothingIsConfiguredThenProtocolBeansNeedNoOtherAutoConfiguration() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(PaymentCodec.class)
			.hasSingleBean(Networks.class)
			.hasSingleBean(EvmPayloadCheck.class)
			.hasSingleBean(Eip3009SignatureCheck.class)
			.hasSingleBean(Permit2SignatureCheck.class));
	}

	@Test
	void whenDisabledThenPricesCanStillBeRead() {
		this.runner.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(PaymentCodec.class).hasSingleBean(Networks.class));
	}

	@Test
	void whenBeansAreDeclaredThenTheyReplaceDefaults() {
		this.runner.withBean("codec", PaymentCodec.class)
			.withBean("networks", Networks.class, Networks::load)
			.run((context) -> assertThat(context).getBeanNames(PaymentCodec.class).containsExactly("codec"))
			.run((context) -> assertThat(context).getBeanNames(Networks.class).containsExactly("networks"));
	}

	@Test
	void whenWeb3jIsAbsentThenOnlyTheRestIsChecked() {
		this.runner.withClassLoader(new FilteredClassLoader("org.web3j"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Eip3009SignatureCheck.class)
				.hasSingleBean(EvmPayloadCheck.class));
	}

	@Test
	void whenAutoConfigurationsAreSortedThenThisComesBeforeAllOthers() {
		Class<?>[] sorted = Configurations.getClasses(AutoConfigurations.of(candidates().toArray(Class<?>[]::new)));
		assertThat(sorted).hasSizeGreaterThan(10).startsWith(X402AutoConfiguration.class);
	}

	@Test
	void everyAutoConfigurationButTheFirstSaysAfterWhichItComes() {
		assertThat(candidates().filter((type) -> type != X402AutoConfiguration.class)).allSatisfy((type) -> {
			AutoConfiguration annotation = type.getAnnotation(AutoConfiguration.class);
			assertThat(Stream.of(annotation.after())).as(type.getName())
				.anyMatch((other) -> other.getName().startsWith("io.x402.spring."));
		});
	}

	@Test
	void everyAutoConfigurationHasThePrefixOfTheProject() {
		assertThat(candidates())
			.allSatisfy((type) -> assertThat(type.getSimpleName()).startsWith("X402").endsWith("AutoConfiguration"));
	}

	private static Stream<Class<?>> candidates() {
		ClassLoader classLoader = X402AutoConfigurationTests.class.getClassLoader();
		return ImportCandidates.load(AutoConfiguration.class, classLoader)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.x402.spring."))
			.map((name) -> ClassUtils.resolveClassName(name, classLoader));
	}

}
