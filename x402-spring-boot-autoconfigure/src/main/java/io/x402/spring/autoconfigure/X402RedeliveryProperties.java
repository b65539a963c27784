/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.StoredContentCipher;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.web.RedeliverySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the redelivery of paid responses.
 *
 * @param window Time after settlement for which the same payment gets the same response
 * again. Set to 0 to disable redelivery.
 * @param bodyLimit Maximum size of a stored response body. Larger ones are produced by
 * another run of the handler if the method is safe.
 * @param maxMemory Maximum memory for stored responses in the in-memory store, and the
 * same amount for bodies that are being written.
 * @param maxReruns Maximum number of times a handler runs again for a payment whose
 * response was not stored.
 * @param headers Comma-separated list of response headers to store in addition to
 * Content-Type and Location.
 * @param identityHeaders Comma-separated list of request headers that a response may
 * depend on. A payment is not valid for another request that differs in one of them.
 * @param encryptionKey Base64 of 16, 24 or 32 random bytes that encrypt stored responses
 * and payments. All instances must use the same key.
 * @param paymentIdentifier Support for payment identifiers of buyers.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.redelivery")
public record X402RedeliveryProperties(@DefaultValue("15m") Duration window, @DefaultValue("2MB") DataSize bodyLimit,
		@DefaultValue("64MB") DataSize maxMemory, @DefaultValue("3") int maxReruns, @DefaultValue( {
				"Content-Disposition", "Content-Encoding", "Content-Language", "Cache-Control", "ETag", "Last-Modified",
				"Link", "Content-Range" }) List<String> headers,
		@DefaultValue({ "Accept", "Accept-Language", "Authorization", "Content-Type", "Cookie",
				"Range" }) List<String> identityHeaders,
		@Nullable String encryptionKey, @DefaultValue("off") PaymentIdentifiers paymentIdentifier){

	private static final String PREFIX = "x402.redelivery.";

	public X402RedeliveryProperties

	{
		Limits.duration(PREFIX + "window", window, Duration.ZERO, Duration.ofDays(30));
		Limits.size(PREFIX + "body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofMegabytes(64));
		Limits.size(PREFIX + "max-memory", maxMemory, DataSize.ofBytes(0), DataSize.ofGigabytes(64));
		Limits.number(PREFIX + "max-reruns", maxReruns, 0);
	}

	/**
	 * Return what encrypts stored content.
	 * @return the cipher, which does nothing without a key
	 * @throws InvalidPropertyException if the key is none
	 */
	public StoredContentCipher cipher() {
		if (this.encryptionKey == null || this.encryptionKey.isBlank()) {
			return StoredContentCipher.none();
		}
		try {
			return StoredContentCipher.withKey(Base64.getDecoder().decode(this.encryptionKey));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException(PREFIX + "encryption-key", null, "must be base64 of 16, 24 or 32 bytes",
					"Generate one with: openssl rand -base64 32");
		}
	}

	/**
	 * Return the extensions that offers declare.
	 * @return the extensions by name
	 */
	public Map<String, Object> extensions() {
		return (this.paymentIdentifier != PaymentIdentifiers.OFF)
				? PaymentIdentifier.declaration(this.paymentIdentifier == PaymentIdentifiers.REQUIRED) : Map.of();
	}

	/**
	 * Return which responses are stored.
	 * @return the settings
	 */
	public RedeliverySettings toSettings() {
		return new RedeliverySettings(!this.window.isZero(), (int) this.bodyLimit.toBytes(), this.maxMemory.toBytes(),
				this.headers, this.identityHeaders);
	}

	@Override
	public String toString() {
		return "X402RedeliveryProperties[window=" + this.window + "]";
	}

}
