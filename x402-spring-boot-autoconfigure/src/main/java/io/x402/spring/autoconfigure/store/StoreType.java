package io.x402.spring.autoconfigure.store;

/**
 * Type of store.
 */
public enum StoreType {

	/** Memory of this process, for a single instance. Empty after a restart. */
	MEMORY,

	/** Database. */
	JDBC,

	/** Redis. */
	REDIS

}
