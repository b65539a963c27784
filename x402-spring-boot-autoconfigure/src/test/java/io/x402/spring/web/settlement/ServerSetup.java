/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a shop runs on.
 *
 * @param container the servlet container
 * @param virtualThreads whether it serves requests on virtual threads
 */
record ServerSetup(Container container, boolean virtualThreads) {

	/**
	 * All setups of this JDK. Boot has virtual threads from Java 21.
	 */
	static List<ServerSetup> all() {
		Stream<Boolean> threads = (Runtime.version().feature() >= 21) ? Stream.of(false, true) : Stream.of(false);
		return threads
			.flatMap((virtual) -> Stream.of(Container.values()).map((container) -> new ServerSetup(container, virtual)))
			.toList();
	}

	String property() {
		return "spring.threads.virtual.enabled=" + this.virtualThreads;
	}

}
