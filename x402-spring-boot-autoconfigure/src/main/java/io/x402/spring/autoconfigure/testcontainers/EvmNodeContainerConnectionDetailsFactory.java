/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.testcontainers;

import java.net.URI;
import java.util.List;

import io.x402.spring.autoconfigure.onchain.EvmNodeConnectionDetails;
import org.testcontainers.containers.Container;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * {@link ContainerConnectionDetailsFactory} to create {@link EvmNodeConnectionDetails}
 * for a container that uses Foundry's image or is annotated with
 * {@code @ServiceConnection(name = "x402-evm-node")}. Uses the first exposed port.
 */
final class EvmNodeContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, EvmNodeConnectionDetails> {

	static final String CONNECTION_NAME = "x402-evm-node";

	/** Image of the local chain anvil. */
	static final String FOUNDRY_IMAGE = "foundry-rs/foundry";

	EvmNodeContainerConnectionDetailsFactory() {
		super(List.of(CONNECTION_NAME, FOUNDRY_IMAGE));
	}

	@Override
	protected EvmNodeConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new EvmNodeContainerConnectionDetails(source);
	}

	private static final class EvmNodeContainerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements EvmNodeConnectionDetails {

		EvmNodeContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public List<URI> getUris() {
			return List.of(FacilitatorContainerConnectionDetailsFactory.uri(getContainer()));
		}

	}

}
