/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import io.x402.spring.client.Payer;

import org.springframework.ai.mcp.client.common.autoconfigure.NamedClientMcpTransport;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configuration of MCP clients that pay.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(NamedClientMcpTransport.class)
@ConditionalOnBooleanProperty(name = "x402.client.customize.mcp")
class X402ClientMcpConfiguration {

	@Bean
	static PayingTransportProcessor x402PayingTransportProcessor(ObjectProvider<Payer> payer,
			ListableBeanFactory beanFactory) {
		return new PayingTransportProcessor(payer, new McpServerAddresses(beanFactory));
	}

}
