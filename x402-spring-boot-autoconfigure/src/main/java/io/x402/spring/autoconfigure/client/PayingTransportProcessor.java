/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.net.URI;
import java.util.List;

import io.x402.spring.client.Payer;
import io.x402.spring.client.mcp.PayingClientTransport;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.ai.mcp.client.common.autoconfigure.NamedClientMcpTransport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets the transports pay that Spring AI creates its MCP clients with.
 */
final class PayingTransportProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(PayingTransportProcessor.class);

	private final ObjectProvider<Payer> payer;

	private final McpServerAddresses addresses;

	PayingTransportProcessor(ObjectProvider<Payer> payer, McpServerAddresses addresses) {
		this.payer = payer;
		this.addresses = addresses;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		boolean transports = bean instanceof List<?> list && !list.isEmpty()
				&& list.stream().allMatch(NamedClientMcpTransport.class::isInstance);
		return transports
				? ((List<?>) bean).stream().map(NamedClientMcpTransport.class::cast).map(this::paying).toList() : bean;
	}

	private NamedClientMcpTransport paying(NamedClientMcpTransport transport) {
		if (transport.transport() instanceof PayingClientTransport) {
			return transport;
		}
		URI address = this.addresses.address(transport);
		if (address == null) {
			logger.warn(
					"The MCP client " + transport.name() + " does not pay, because the properties of Spring AI have no "
							+ "address or more than one for it. Wrap its transport in a PayingClientTransport.");
			return transport;
		}
		return new NamedClientMcpTransport(transport.name(), new PayingClientTransport(transport.transport(),
				this.payer.getObject(), address, this.addresses.requestTimeout()));
	}

}
