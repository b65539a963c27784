/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.testcontainers;

import java.net.URI;

import io.x402.spring.autoconfigure.facilitator.FacilitatorConnectionDetails;
import org.testcontainers.containers.Container;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * {@link ContainerConnectionDetailsFactory} to create
 * {@link FacilitatorConnectionDetails} for a container that is annotated with
 * {@code @ServiceConnection(name = "x402-facilitator")}. Uses the first exposed port.
 */
final class FacilitatorContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, FacilitatorConnectionDetails> {

	static final String CONNECTION_NAME = "x402-facilitator";

	FacilitatorContainerConnectionDetailsFactory() {
		super(CONNECTION_NAME);
	}

	@Override
	protected FacilitatorConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<Container<?>> source) {
		return new FacilitatorContainerConnectionDetails(source);
	}

	/**
	 * Return the URL of a container.
	 * @param container a running container
	 * @return base URL of the first exposed port
	 */
	static URI uri(Container<?> container) {
		return URI.create("http://" + container.getHost() + ":" + container.getFirstMappedPort());
	}

	private static final class FacilitatorContainerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements FacilitatorConnectionDetails {

		FacilitatorContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public URI getUri() {
			return uri(getContainer());
		}

	}

}
