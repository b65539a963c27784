/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

/**
 * Type of store.
 *
 * @since 0.1.0
 */
public enum StoreType {

	/** Memory of this process, for a single instance. Empty after a restart. */
	MEMORY,

	/** Database. */
	JDBC,

	/** Redis. */
	REDIS

}
