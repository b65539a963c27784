/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.testcontainers;

import org.testcontainers.containers.GenericContainer;

/**
 * A container that pretends to run, so that no Docker engine is needed.
 */
final class RunningContainer extends GenericContainer<RunningContainer> {

	private final String image;

	RunningContainer(String image) {
		super(image);
		this.image = image;
	}

	@Override
	public void start() {
		// runs already
	}

	@Override
	public void stop() {
		// never ran
	}

	@Override
	public boolean isRunning() {
		return true;
	}

	@Override
	public String getDockerImageName() {
		return this.image;
	}

	@Override
	public String getHost() {
		return "localhost";
	}

	@Override
	public Integer getFirstMappedPort() {
		return 32768;
	}

}
