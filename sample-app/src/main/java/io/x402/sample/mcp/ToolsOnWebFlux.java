/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.mcp;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.mcp.server.common.autoconfigure.properties.McpServerStreamableHttpProperties;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Serves the tools on WebFlux. Spring AI makes its transport for Spring MVC whatever the
 * web stack is, hence {@link Primary @Primary}.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.REACTIVE)
class ToolsOnWebFlux {

	@Bean
	@Primary
	StreamableHttpTransport toolsTransport(@Qualifier("mcpServerJsonMapper") JsonMapper json) {
		return new StreamableHttpTransport(new JacksonMcpJsonMapper(json));
	}

	@Bean
	RouterFunction<ServerResponse> toolsEndpoint(StreamableHttpTransport transport,
			McpServerStreamableHttpProperties properties) {
		return transport.endpoint(properties.getMcpEndpoint());
	}

}
