/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.x402.spring.money.Spelling;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Fails the startup if a property below {@code x402} is unknown: a misspelled limit would
 * silently not apply. An environment variable may come from elsewhere, such as from a
 * Kubernetes service of that name, so that only those that resemble a property are logged
 * as a warning.
 */
final class UnknownProperties implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(UnknownProperties.class);

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("x402");

	private static final String VARIABLE_PREFIX = "X402_";

	private final ConfigurableEnvironment environment;

	UnknownProperties(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		PropertyNames known = PropertyNames.load();
		PropertyNames former = new PropertyNames(List.copyOf(RenamedProperties.load().keySet()));
		List<ConfigurationPropertyName> unknown = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				Arrays.stream(variables.getPropertyNames()).forEach((name) -> warn(name, known));
			}
			else if (source instanceof IterableConfigurationPropertySource properties) {
				unknown(properties, known)
					.filter((name) -> !former.contains(name) || (former.isGroup(name) && known.isGroup(name)))
					.forEach(unknown::add);
			}
		}
		if (!unknown.isEmpty()) {
			throw invalid(unknown.stream().map(ConfigurationPropertyName::toString).distinct().sorted().toList(),
					known);
		}
	}

	private static Stream<ConfigurationPropertyName> unknown(IterableConfigurationPropertySource source,
			PropertyNames known) {
		return source.stream()
			.filter(PREFIX::isAncestorOf)
			.filter((name) -> !known.contains(name) || (known.isGroup(name) && hasValue(source, name)));
	}

	private static boolean hasValue(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return property != null && property.getValue() != null && !property.getValue().toString().isBlank();
	}

	private static InvalidPropertyException invalid(List<String> unknown, PropertyNames known) {
		String name = unknown.get(0);
		List<String> similar = Spelling.similar(name, known.names());
		String others = (unknown.size() > 1) ? "; so are " + String.join(", ", unknown.subList(1, unknown.size())) : "";
		return new InvalidPropertyException(name, null,
				"it is unknown and has no effect" + others
						+ (similar.isEmpty() ? "" : "; did you mean '" + similar.get(0) + "'?"),
				"Correct its name or remove it; docs/configuration.md lists all properties. "
						+ "Properties of your own need another prefix than x402.");
	}

	private static void warn(String variable, PropertyNames known) {
		String name = variable.toUpperCase(Locale.ROOT);
		if (name.startsWith(VARIABLE_PREFIX) && !known.containsVariable(name)) {
			Spelling.similar(name, known.names().stream().map(UnknownProperties::variable).toList())
				.stream()
				.findFirst()
				.ifPresent((similar) -> logger
					.warn("Environment variable " + variable + " has no effect; did you mean " + similar + "?"));
		}
	}

	private static String variable(String property) {
		return property.toUpperCase(Locale.ROOT).replace("-", "").replace('.', '_');
	}

}
