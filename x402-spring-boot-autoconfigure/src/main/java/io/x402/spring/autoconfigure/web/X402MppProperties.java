/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.nio.charset.StandardCharsets;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.web.mpp.MachinePayments;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the Machine Payments Protocol.
 *
 * @param enabled Whether to take payments of the Machine Payments Protocol too.
 * @param secret Secret of at least 32 bytes that challenges are made with, the same for
 * all instances. Required if the protocol is enabled.
 * @param realm Name of the server in challenges. By default, it is the host of the
 * requested URL.
 * @param header Header in which buyers are asked to send their credential. Choose
 * payment-authorization if the application has its own use for Authorization.
 */
@ConfigurationProperties("x402.mpp")
record X402MppProperties(@DefaultValue("false") boolean enabled, @Nullable String secret, @Nullable String realm,
		@DefaultValue("authorization") Header header) {

	private static final int MIN_LENGTH = 32;

	private static final String GENERATE = "Set random characters, such as those that 'openssl rand -base64 32' prints, "
			+ "in the environment variable X402_MPP_SECRET.";

	X402MppProperties {
		if (StringUtils.hasLength(secret) && secret.getBytes(StandardCharsets.UTF_8).length < MIN_LENGTH) {
			throw new InvalidPropertyException("x402.mpp.secret", null, "must have at least " + MIN_LENGTH + " bytes",
					GENERATE);
		}
		if (realm != null && !realm.matches("[!#-\\[\\]-{}~]{1,255}")) {
			throw new InvalidPropertyException("x402.mpp.realm", realm,
					"must be printable ASCII without spaces, quotes and bars", "Set the name of the host.");
		}
	}

	MachinePayments.Settings toSettings(DataSize headerLimit) {
		if (!StringUtils.hasLength(this.secret)) {
			throw new InvalidPropertyException("x402.mpp.secret", null, "must be set where x402.mpp.enabled is true",
					GENERATE);
		}
		return new MachinePayments.Settings(this.secret, this.realm, this.header == Header.PAYMENT_AUTHORIZATION,
				(int) headerLimit.toBytes());
	}

	/**
	 * Does not show the secret.
	 */
	@Override
	public String toString() {
		return "X402MppProperties[enabled=" + this.enabled + "]";
	}

	/**
	 * Header of credentials.
	 */
	enum Header {

		/** The header of HTTP authentication. */
		AUTHORIZATION,

		/** A header of its own, for applications that authenticate by HTTP. */
		PAYMENT_AUTHORIZATION

	}

}
