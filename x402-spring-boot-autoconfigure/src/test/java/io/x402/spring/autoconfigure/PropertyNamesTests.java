/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.ResolvableType;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

class PropertyNamesTests {

	private final PropertyNames names = PropertyNames.load();

	/** If this fails, replace the lines of properties.txt by the expected ones. */
	@Test
	void namesAreThoseOfAllConfigurationProperties() {
		assertThat(String.join("\n", this.names.names())).isEqualTo(String.join("\n", declared()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.pay-to", "x402.routes", "x402.routes[0].pay-to", "x402.network[1]", "x402.network",
			"x402.facilitator.auth.headers.x-api-key", "x402.facilitator.auth.headers[X-Api-Key]",
			"x402.client.sellers.recipients[api.example.com]", "x402.facilitator.onchain.confirmations-above.100" })
	void whenPropertyExistsThenIsKnown(String name) {
		assertThat(this.names.contains(ConfigurationPropertyName.of(name.toLowerCase(java.util.Locale.ROOT)))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.payee", "x402.routes[0].payee", "x402.pay.to", "x402.client.limits.max-amount",
			"x402.facilitator.auth.header.x", "x402.routes.path" })
	void whenPropertyDoesNotExistThenIsUnknown(String name) {
		assertThat(this.names.contains(ConfigurationPropertyName.of(name))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "X402_PAYTO", "X402_PAY_TO", "X402_ROUTES_0_PATH", "X402_NETWORK_0",
			"X402_CLIENT_LIMITS_MAXAMOUNTPERDAY", "X402_FACILITATOR_AUTH_HEADERS_XAPIKEY" })
	void whenVariableStandsForPropertyThenIsKnown(String name) {
		assertThat(this.names.containsVariable(name)).isTrue();
	}

	private static List<String> declared() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
		List<String> names = new ArrayList<>();
		scanner.findCandidateComponents("io.x402.spring").forEach((candidate) -> {
			Class<?> type = ClassUtils.resolveClassName(Objects.requireNonNull(candidate.getBeanClassName()), null);
			if (type.isRecord()) {
				add(type.getAnnotation(ConfigurationProperties.class).value(), type, names);
			}
		});
		return names.stream().sorted().toList();
	}

	private static void add(String prefix, Class<?> type, List<String> names) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
			ResolvableType componentType = ResolvableType.forType(component.getGenericType());
			Class<?> element = componentType.getGeneric().resolve(Object.class);
			if (Map.class.isAssignableFrom(component.getType())) {
				names.add(name + ".*");
			}
			else if (Iterable.class.isAssignableFrom(component.getType())
					&& !org.springframework.core.io.Resource.class.isAssignableFrom(component.getType())) {
				names.add(name);
				addAll(name + "[]", element, names);
			}
			else {
				addAll(name, component.getType(), names);
			}
		}
	}

	private static void addAll(String name, Class<?> type, List<String> names) {
		if (type.isRecord() && ClassUtils.getMethodIfAvailable(type, "of", String.class) == null) {
			add(name, type, names);
		}
		else {
			names.add(name);
		}
	}

}
