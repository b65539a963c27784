/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.docker.compose;

import java.net.URI;
import java.util.List;

import io.x402.spring.autoconfigure.onchain.EvmNodeConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * {@link DockerComposeConnectionDetailsFactory} to create
 * {@link EvmNodeConnectionDetails} for a service that uses Foundry's image or has the
 * label {@code org.springframework.boot.service-connection=x402-evm-node}. Uses the first
 * published port and the path in the label {@code io.x402.evm-node.path}.
 */
final class EvmNodeDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<EvmNodeConnectionDetails> {

	static final String PATH_LABEL = "io.x402.evm-node.path";

	EvmNodeDockerComposeConnectionDetailsFactory() {
		super(new String[] { "x402-evm-node", "foundry-rs/foundry" });
	}

	@Override
	protected @Nullable EvmNodeConnectionDetails getDockerComposeConnectionDetails(
			DockerComposeConnectionSource source) {
		return details(source.getRunningService());
	}

	/**
	 * Return the details of a service.
	 * @param service the service
	 * @return the details, or {@code null} if the service publishes no port and is not a
	 * node; the image also contains other tools
	 */
	static @Nullable EvmNodeConnectionDetails details(RunningService service) {
		return service.ports().getAll().isEmpty() ? null : new EvmNodeDockerComposeConnectionDetails(service);
	}

	private static final class EvmNodeDockerComposeConnectionDetails extends DockerComposeConnectionDetails
			implements EvmNodeConnectionDetails {

		private final List<URI> uris;

		EvmNodeDockerComposeConnectionDetails(RunningService service) {
			super(service);
			this.uris = List.of(FacilitatorDockerComposeConnectionDetailsFactory.uri(service, PATH_LABEL));
		}

		@Override
		public List<URI> getUris() {
			return this.uris;
		}

	}

}
