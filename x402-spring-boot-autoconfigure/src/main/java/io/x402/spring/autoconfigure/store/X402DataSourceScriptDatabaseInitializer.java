package io.x402.spring.autoconfigure.store;

import java.util.List;

import javax.sql.DataSource;

import io.x402.spring.autoconfigure.X402Properties;

import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;

/**
 * Creates the tables of a store, if its properties ask for that.
 */
public final class X402DataSourceScriptDatabaseInitializer extends DataSourceScriptDatabaseInitializer {

	/**
	 * Create an initializer.
	 * @param dataSource the database
	 * @param properties how and when the tables are created
	 */
	public X402DataSourceScriptDatabaseInitializer(DataSource dataSource, X402Properties.Jdbc properties) {
		super(dataSource, settings(dataSource, properties));
	}

	private static DatabaseInitializationSettings settings(DataSource dataSource, X402Properties.Jdbc properties) {
		DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
		settings.setMode(DatabaseInitializationMode.valueOf(properties.initializeSchema().name()));
		if (isNeeded(dataSource, properties)) {
			settings.setSchemaLocations(locations(dataSource, properties));
		}
		return settings;
	}

	/**
	 * A database that is not to be changed is not needed for the start either.
	 */
	private static boolean isNeeded(DataSource dataSource, X402Properties.Jdbc properties) {
		return switch (properties.initializeSchema()) {
			case ALWAYS -> true;
			case EMBEDDED -> EmbeddedDatabaseConnection.isEmbedded(dataSource);
			case NEVER -> false;
		};
	}

	private static List<String> locations(DataSource dataSource, X402Properties.Jdbc properties) {
		PlatformPlaceholderDatabaseDriverResolver resolver = new PlatformPlaceholderDatabaseDriverResolver();
		return (properties.platform() != null) ? resolver.resolveAll(properties.platform(), properties.schema())
				: resolver.resolveAll(dataSource, properties.schema());
	}

}
