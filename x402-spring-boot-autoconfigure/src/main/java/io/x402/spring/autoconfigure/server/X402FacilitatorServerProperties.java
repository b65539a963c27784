/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.server;

import java.util.List;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the facilitator server.
 *
 * @param enabled Whether to verify and settle payments for other sellers.
 * @param path Base path of the endpoints verify, settle and supported.
 * @param payTo Comma-separated list of addresses of permitted recipients, or '*' to
 * permit all. Defaults to x402.pay-to.
 * @param tokens Comma-separated list of bearer tokens of callers. Callers are not
 * authenticated if empty.
 * @param bodyLimit Maximum size of a request body.
 */
@ConfigurationProperties("x402.facilitator.server")
record X402FacilitatorServerProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue("/facilitator") String path, @DefaultValue List<String> payTo, @DefaultValue List<String> tokens,
		@DefaultValue("64KB") DataSize bodyLimit) {

	private static final String PREFIX = "x402.facilitator.server.";

	X402FacilitatorServerProperties {
		Limits.size(PREFIX + "body-limit", bodyLimit, DataSize.ofKilobytes(4), DataSize.ofMegabytes(1));
		if (!path.startsWith("/")) {
			throw new InvalidPropertyException(PREFIX + "path", path, "must start with a slash",
					"Use a path such as /facilitator.");
		}
		for (int i = 0; i < tokens.size(); i++) {
			Limits.required(PREFIX + "tokens[" + i + "]", tokens.get(i));
		}
	}

	@Override
	public String toString() {
		return "X402FacilitatorServerProperties[enabled=" + this.enabled + ", path=" + this.path + ", payTo="
				+ this.payTo + "]";
	}

}
