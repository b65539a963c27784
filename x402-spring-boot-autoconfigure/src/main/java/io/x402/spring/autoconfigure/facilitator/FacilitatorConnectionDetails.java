/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.net.URI;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details required to connect to a remote facilitator.
 *
 * @since 0.1.0
 */
public interface FacilitatorConnectionDetails extends ConnectionDetails {

	/**
	 * Return the base URL of the facilitator.
	 * @return absolute URL, https except on loopback
	 */
	URI getUri();

}
