/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.common;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.store.X402StoreProperties;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Logs where an application sells and who settles for it, in one line for programs.
 */
@Component
public final class ReadyReport {

	private static final Log logger = LogFactory.getLog(ReadyReport.class);

	private final X402Properties properties;

	private final X402FacilitatorProperties facilitator;

	private final X402StoreProperties store;

	private final Networks networks;

	private final JsonMapper json;

	ReadyReport(X402Properties properties, X402FacilitatorProperties facilitator, X402StoreProperties store,
			Networks networks, JsonMapper json) {
		this.properties = properties;
		this.facilitator = facilitator;
		this.store = store;
		this.networks = networks;
		this.json = json;
	}

	@EventListener
	void report(ApplicationReadyEvent event) {
		if (event.getApplicationContext() instanceof WebServerApplicationContext context
				&& context.getWebServer() != null) {
			Map<String, Object> description = describe(context.getWebServer().getPort());
			logger.info("x402 ready: " + this.json.writeValueAsString(description));
			logger.info("The shop is open: " + description.get("url") + " ("
					+ (isPlayMoney() ? "play money, nothing of value can be lost" : "REAL MONEY") + ")");
		}
	}

	private boolean isPlayMoney() {
		return this.properties.network().stream().map(this.networks::get).allMatch(Network::testnet);
	}

	private Map<String, Object> describe(int port) {
		String type = String.valueOf(this.facilitator.type()).toLowerCase(Locale.ROOT);
		List<String> ids = this.properties.network().stream().map(this.networks::get).map(Network::id).toList();
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("url", "http://127.0.0.1:" + port);
		description.put("facilitator", type.equals("http") ? this.facilitator.url() : type);
		description.put("store", String.valueOf(this.store.type()).toLowerCase(Locale.ROOT));
		description.put("networks", ids);
		return description;
	}

}
