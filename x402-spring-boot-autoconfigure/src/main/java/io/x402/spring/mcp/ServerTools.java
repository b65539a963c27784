/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.List;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The tools of servers of all four kinds.
 */
final class ServerTools {

	private static final List<Class<?>> SERVERS = List.of(McpSyncServer.class, McpAsyncServer.class,
			McpStatelessSyncServer.class, McpStatelessAsyncServer.class);

	private ServerTools() {
	}

	static boolean isServer(Object bean) {
		return SERVERS.stream().anyMatch((type) -> type.isInstance(bean));
	}

	/**
	 * Return the tools that all servers among the beans have at present.
	 */
	static List<Tool> in(ListableBeanFactory beanFactory) {
		return SERVERS.stream()
			.flatMap((type) -> beanFactory.getBeansOfType(type, false, false).values().stream())
			.flatMap((server) -> of(server).stream())
			.toList();
	}

	/**
	 * Return the tools that a server has at present.
	 * @param server a server of any kind
	 */
	static List<Tool> of(Object server) {
		if (server instanceof McpSyncServer sync) {
			return sync.listTools();
		}
		if (server instanceof McpStatelessSyncServer sync) {
			return sync.listTools();
		}
		return ((server instanceof McpAsyncServer async) ? async.listTools()
				: ((McpStatelessAsyncServer) server).listTools())
			.toStream()
			.toList();
	}

}
