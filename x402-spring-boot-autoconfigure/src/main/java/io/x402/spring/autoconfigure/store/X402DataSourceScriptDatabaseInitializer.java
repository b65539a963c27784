/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.util.List;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;

/**
 * {@link DataSourceScriptDatabaseInitializer} for the tables of a store.
 *
 * @since 0.1.0
 */
public final class X402DataSourceScriptDatabaseInitializer extends DataSourceScriptDatabaseInitializer {

	/**
	 * Create an initializer.
	 * @param dataSource the database
	 * @param properties properties of the store
	 * @param defaultSchema location of the script if the properties name none
	 */
	public X402DataSourceScriptDatabaseInitializer(DataSource dataSource, X402StoreProperties.Jdbc properties,
			String defaultSchema) {
		super(dataSource, settings(dataSource, properties, defaultSchema));
	}

	private static DatabaseInitializationSettings settings(DataSource dataSource, X402StoreProperties.Jdbc properties,
			String defaultSchema) {
		DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
		settings.setMode(DatabaseInitializationMode.valueOf(properties.initializeSchema().name()));
		if (isNeeded(dataSource, properties)) {
			settings.setSchemaLocations(locations(dataSource, properties, defaultSchema));
		}
		return settings;
	}

	/**
	 * A database that is not initialized must not be required at startup either.
	 */
	private static boolean isNeeded(DataSource dataSource, X402StoreProperties.Jdbc properties) {
		return switch (properties.initializeSchema()) {
			case ALWAYS -> true;
			case EMBEDDED -> EmbeddedDatabaseConnection.isEmbedded(dataSource);
			case NEVER -> false;
		};
	}

	private static List<String> locations(DataSource dataSource, X402StoreProperties.Jdbc properties,
			String defaultSchema) {
		String schema = (properties.schema() != null) ? properties.schema() : defaultSchema;
		PlatformPlaceholderDatabaseDriverResolver resolver = new PlatformPlaceholderDatabaseDriverResolver();
		return (properties.platform() != null) ? resolver.resolveAll(properties.platform(), schema)
				: resolver.resolveAll(dataSource, schema);
	}

}
