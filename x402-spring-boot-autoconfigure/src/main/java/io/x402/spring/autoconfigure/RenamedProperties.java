/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * Refuses the startup of an application that sets properties by their former names. A
 * limit that is ignored guards no money.
 */
final class RenamedProperties implements BeanFactoryPostProcessor {

	/** Prefix of the property sources that Spring Boot's properties migrator adds. */
	private static final String MIGRATED = "migrate-";

	private final ConfigurableEnvironment environment;

	RenamedProperties(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Map<String, String> found = new TreeMap<>();
		load().forEach((former, name) -> {
			if (isSet(ConfigurationPropertyName.of(former), ConfigurationPropertyName.of(name))) {
				found.put(former, name);
			}
		});
		if (!found.isEmpty()) {
			throw new RenamedPropertiesException(found);
		}
	}

	/**
	 * Load the names.
	 * @return current names by former names
	 */
	static Map<String, String> load() {
		try {
			Properties properties = PropertiesLoaderUtils
				.loadProperties(new ClassPathResource("renamed.properties", RenamedProperties.class));
			Map<String, String> names = new TreeMap<>();
			properties.forEach((former, name) -> names.put((String) former, (String) name));
			return names;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean isSet(ConfigurationPropertyName former, ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (contains(source, former) && !isCurrentName(source, name) && !isMigrated(source, name)) {
				return true;
			}
		}
		return false;
	}

	private static boolean contains(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return source.getConfigurationProperty(name) != null
				|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
	}

	/**
	 * One environment variable can stand for both names, since it shows neither dots nor
	 * dashes.
	 */
	private static boolean isCurrentName(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource && contains(source, name);
	}

	private boolean isMigrated(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		if (!(source.getUnderlyingSource() instanceof PropertySource<?> underlying)) {
			return false;
		}
		PropertySource<?> migrated = this.environment.getPropertySources().get(MIGRATED + underlying.getName());
		ConfigurationPropertySource renamed = (migrated != null) ? ConfigurationPropertySource.from(migrated) : null;
		return renamed != null && contains(renamed, name);
	}

}
