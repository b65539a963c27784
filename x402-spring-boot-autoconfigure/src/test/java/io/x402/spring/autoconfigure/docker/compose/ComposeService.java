/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.docker.compose;

import java.util.List;
import java.util.Map;

import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;

/**
 * A service of Docker Compose that pretends to run.
 *
 * @param name its name
 * @param image its image
 * @param published the ports that it publishes
 * @param labels its labels
 */
record ComposeService(String name, ImageReference image, List<Integer> published,
		Map<String, String> labels) implements RunningService {

	@Override
	public String host() {
		return "127.0.0.1";
	}

	@Override
	public ConnectionPorts ports() {
		return new ConnectionPorts() {

			@Override
			public int get(int containerPort) {
				return getAll().get(0);
			}

			@Override
			public List<Integer> getAll() {
				return ComposeService.this.published;
			}

			@Override
			public List<Integer> getAll(String protocol) {
				return getAll();
			}

		};
	}

	@Override
	public Map<String, String> env() {
		return Map.of();
	}

}
