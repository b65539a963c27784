/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.docker.compose;

import java.net.URI;
import java.util.List;

import io.x402.spring.autoconfigure.facilitator.FacilitatorConnectionDetails;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * {@link DockerComposeConnectionDetailsFactory} to create
 * {@link FacilitatorConnectionDetails} for a service with the label
 * {@code org.springframework.boot.service-connection=x402-facilitator}. Uses the first
 * published port and the path in the label {@code io.x402.facilitator.path}.
 */
final class FacilitatorDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<FacilitatorConnectionDetails> {

	static final String PATH_LABEL = "io.x402.facilitator.path";

	FacilitatorDockerComposeConnectionDetailsFactory() {
		super("x402-facilitator");
	}

	@Override
	protected FacilitatorConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new FacilitatorDockerComposeConnectionDetails(source.getRunningService());
	}

	/**
	 * Return the URL of a service.
	 * @param service the service
	 * @param pathLabel name of the label with the path
	 * @return base URL of the service
	 */
	static URI uri(RunningService service, String pathLabel) {
		List<Integer> ports = service.ports().getAll();
		if (ports.isEmpty()) {
			throw new IllegalStateException("The service '" + service.name() + "' publishes no port");
		}
		return URI
			.create("http://" + service.host() + ":" + ports.get(0) + service.labels().getOrDefault(pathLabel, ""));
	}

	private static final class FacilitatorDockerComposeConnectionDetails extends DockerComposeConnectionDetails
			implements FacilitatorConnectionDetails {

		private final URI uri;

		FacilitatorDockerComposeConnectionDetails(RunningService service) {
			super(service);
			this.uri = uri(service, PATH_LABEL);
		}

		@Override
		public URI getUri() {
			return this.uri;
		}

	}

}
