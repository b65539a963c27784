/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the list of networks token by token: every application does so at its start, and
 * most of them need nothing else of a data binding before their first payment.
 */
final class ShippedNetworks {

	private final JsonParser json;

	private ShippedNetworks(JsonParser json) {
		this.json = json;
	}

	static List<Network> read(InputStream resource) {
		try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), resource)) {
			return new ShippedNetworks(json).networks();
		}
	}

	private List<Network> networks() {
		expect(this.json.nextToken(), JsonToken.START_OBJECT);
		expect(this.json.nextToken(), JsonToken.PROPERTY_NAME);
		expect(this.json.nextToken(), JsonToken.START_ARRAY);
		List<Network> networks = new ArrayList<>();
		while (this.json.nextToken() == JsonToken.START_OBJECT) {
			networks.add(network());
		}
		return networks;
	}

	private Network network() {
		Map<String, String> values = new HashMap<>();
		List<Asset> assets = new ArrayList<>();
		while (this.json.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = this.json.currentName();
			if (this.json.nextToken() == JsonToken.START_ARRAY) {
				while (this.json.nextToken() == JsonToken.START_OBJECT) {
					assets.add(asset());
				}
			}
			else {
				put(values, name);
			}
		}
		return new Network(required(values, "id"), required(values, "name"), values.get("v1Name"),
				Boolean.parseBoolean(required(values, "v1Buyers")), Boolean.parseBoolean(required(values, "testnet")),
				assets);
	}

	private Asset asset() {
		Map<String, String> values = new HashMap<>();
		while (this.json.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = this.json.currentName();
			this.json.nextToken();
			put(values, name);
		}
		return new Asset(required(values, "symbol"), required(values, "address"),
				Integer.parseInt(required(values, "decimals")), values.get("eip712Name"), values.get("eip712Version"),
				TransferMethod.valueOf(required(values, "transferMethod")));
	}

	private void put(Map<String, String> values, String name) {
		if (this.json.currentToken() != JsonToken.VALUE_NULL) {
			values.put(name, this.json.getString());
		}
	}

	private static String required(Map<String, String> values, String name) {
		return Objects.requireNonNull(values.get(name), name);
	}

	private static void expect(@Nullable JsonToken token, JsonToken expected) {
		if (token != expected) {
			throw new IllegalStateException("The list of networks has " + token + " in place of " + expected);
		}
	}

}
