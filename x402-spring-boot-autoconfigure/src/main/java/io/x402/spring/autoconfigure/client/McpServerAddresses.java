/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.modelcontextprotocol.client.transport.StdioClientTransport;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.mcp.client.common.autoconfigure.McpSseClientConnectionDetails;
import org.springframework.ai.mcp.client.common.autoconfigure.NamedClientMcpTransport;
import org.springframework.ai.mcp.client.common.autoconfigure.properties.McpClientCommonProperties;
import org.springframework.ai.mcp.client.common.autoconfigure.properties.McpStreamableHttpClientProperties;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Addresses of the servers that MCP clients of Spring AI are configured for.
 */
final class McpServerAddresses {

	private static final String DEFAULT_ENDPOINT = "/mcp";

	private static final Duration DEFAULT_TIMEOUT = new McpClientCommonProperties().getRequestTimeout();

	private final ListableBeanFactory beanFactory;

	McpServerAddresses(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the only address of a server.
	 * @param transport the transport to it
	 * @return its address, or {@code null} if it is not configured by properties, or more
	 * than once under the name
	 */
	@Nullable URI address(NamedClientMcpTransport transport) {
		if (transport.transport() instanceof StdioClientTransport) {
			return UriComponentsBuilder.newInstance().scheme("stdio").host(transport.name()).encode().build().toUri();
		}
		List<URI> addresses = new ArrayList<>();
		this.beanFactory.getBeanProvider(McpStreamableHttpClientProperties.class)
			.forEach((properties) -> addIfConfigured(addresses, properties, transport.name()));
		this.beanFactory.getBeanProvider(McpSseClientConnectionDetails.class)
			.forEach((details) -> addIfConfigured(addresses, details, transport.name()));
		return (addresses.size() == 1) ? addresses.get(0) : null;
	}

	private static void addIfConfigured(List<URI> addresses, McpStreamableHttpClientProperties properties,
			String name) {
		McpStreamableHttpClientProperties.ConnectionParameters connection = properties.getConnections().get(name);
		if (connection != null) {
			String endpoint = connection.endpoint();
			addresses.add(URI.create(connection.url()).resolve((endpoint != null) ? endpoint : DEFAULT_ENDPOINT));
		}
	}

	private static void addIfConfigured(List<URI> addresses, McpSseClientConnectionDetails details, String name) {
		if (details.getConnections().containsKey(name)) {
			addresses.add(URI.create(details.getConnections().get(name).url()));
		}
	}

	/**
	 * Return the time after which clients give up.
	 */
	Duration requestTimeout() {
		McpClientCommonProperties properties = this.beanFactory.getBeanProvider(McpClientCommonProperties.class)
			.getIfAvailable();
		return (properties != null) ? properties.getRequestTimeout() : DEFAULT_TIMEOUT;
	}

}
