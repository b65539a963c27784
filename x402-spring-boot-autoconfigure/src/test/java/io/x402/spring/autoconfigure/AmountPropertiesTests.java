/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import io.x402.spring.money.Price;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property of an amount of tokens takes {@code $}, whichever there are.
 */
class AmountPropertiesTests {

	/** Amounts of what the network charges, which is no dollar. */
	private static final List<String> OF_GAS = List.of("x402.facilitator.onchain.approval-gas.max-per-hour",
			"x402.facilitator.onchain.approval-gas.max-per-payer",
			"x402.facilitator.onchain.approval-gas.max-per-payment", "x402.facilitator.onchain.gas.max-fee-gwei",
			"x402.facilitator.onchain.gas.min-balance");

	/** Prices, which may also name a token or be an expression. */
	private static final List<String> PRICES = List.of("x402.credits.top-up", "x402.mcp.tools[].price",
			"x402.routes[].price", "x402.routes[].top-up");

	@ParameterizedTest
	@ValueSource(strings = { "$0.05", "0.05", "$ 0.05" })
	void whenAmountHasDollarSignThenIsRead(String amount) {
		List<String> names = amounts();
		assertThat(names).hasSizeGreaterThan(8);
		Startup.engine()
			.withConfiguration(
					AutoConfigurations.of(X402ClientAutoConfiguration.class, X402OnChainAutoConfiguration.class))
			.withUserConfiguration(DocumentedConfigurationTests.AllProperties.class)
			.withPropertyValues("x402.client.enabled=true", "x402.client.private-key=" + "07".repeat(32))
			.withPropertyValues(names.stream().map((name) -> name + "=" + amount).toArray(String[]::new))
			.withPropertyValues("x402.facilitator.onchain.confirmations-above[" + amount + "]=3")
			.run((context) -> assertThat(read(context)).hasSize(names.size() + 1)
				.allSatisfy((read) -> assertThat(read.tokens()).isEqualByComparingTo("0.05")));
	}

	@Test
	void whenPropertyIsANumberWithAFractionThenItIsNoAmountOfTokens() {
		assertThat(names(BigDecimal.class)).containsExactlyInAnyOrderElementsOf(OF_GAS);
		assertThat(names(Double.class)).isEmpty();
	}

	@Test
	void whenPropertyIsAPriceInAListThenItTakesADollarSign() {
		assertThat(PropertyNames.load().names()).filteredOn((name) -> name.matches(".*(price|amount|top-up)"))
			.filteredOn((name) -> !amounts().contains(name))
			.containsExactlyInAnyOrderElementsOf(PRICES);
		assertThat(Price.parse("$0.05").amount()).isEqualByComparingTo("0.05");
	}

	private static List<String> amounts() {
		return names(TokenAmount.class);
	}

	private static List<String> names(Class<?> type) {
		return ConfigurationMetadataTests.metadata()
			.path("properties")
			.valueStream()
			.filter((property) -> !property.has("deprecation"))
			.filter((property) -> property.path("type").asString().equals(type.getName()))
			.map((property) -> property.path("name").asString())
			.toList();
	}

	/**
	 * Return every amount that beans of properties have read.
	 */
	private static List<TokenAmount> read(ListableBeanFactory beans) {
		List<TokenAmount> found = new ArrayList<>();
		beans.getBeansWithAnnotation(ConfigurationProperties.class).values().forEach((bean) -> collect(bean, found));
		return found;
	}

	private static void collect(Object value, List<TokenAmount> found) {
		if (value instanceof TokenAmount amount) {
			found.add(amount);
		}
		else if (value instanceof Map<?, ?> map) {
			map.keySet().forEach((key) -> collect(key, found));
		}
		else if (value instanceof Record && value.getClass().getName().startsWith("io.x402.spring.")) {
			Stream.of(value.getClass().getRecordComponents())
				.map((component) -> value(component, value))
				.forEach((component) -> collect(component, found));
		}
	}

	private static Object value(RecordComponent component, Object owner) {
		component.getAccessor().setAccessible(true);
		Object value = ReflectionUtils.invokeMethod(component.getAccessor(), owner);
		return (value != null) ? value : "";
	}

}
