/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import io.x402.spring.access.ClientKey;
import io.x402.spring.access.FreeQuotas;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.store.InMemoryQuotaStore;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.time.MonotonicClock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for free quotas, which {@code @PaymentRequired} and routes set
 * as well.
 *
 * @param limit Calls that each client has free, such as '100 per 1d'. Applies to each
 * handler whose price sets no quota of its own.
 * @param key Key by which clients are distinguished: 'principal' is the authenticated
 * user or else the network address, 'ip' the network address, 'header:X-API-Key' the
 * value of a header or else the network address.
 * @param maxClients Maximum number of clients whose free calls are counted for each
 * price. Further clients have no free calls until the period of another one ends.
 * @param ipv6Prefix Number of leading bits by which IPv6 addresses of clients are
 * distinguished.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.free-quota")
public record X402FreeQuotaProperties(@DefaultValue("") String limit, @DefaultValue("principal") String key,
		@DefaultValue("100000") int maxClients, @DefaultValue("64") int ipv6Prefix) {

	private static final String PREFIX = "x402.free-quota.";

	public X402FreeQuotaProperties {
		clientKey(key);
		Limits.number(PREFIX + "max-clients", maxClients, 1);
		if (ipv6Prefix < 16 || ipv6Prefix > 128) {
			throw new InvalidPropertyException(PREFIX + "ipv6-prefix", Integer.toString(ipv6Prefix),
					"must be between 16 and 128", "Use 64, the network of one customer, or 56.");
		}
	}

	private static ClientKey clientKey(String text) {
		ClientKey key = ClientKey.parse(text);
		if (key == null) {
			throw new InvalidPropertyException(PREFIX + "key", text,
					"must be principal, ip, or header: and the name of a header",
					"Use principal, or for example header:X-API-Key.");
		}
		return key;
	}

	/**
	 * Return the quotas.
	 * @param store counts calls; in the memory of this instance if there is none
	 * @return the quotas
	 */
	public FreeQuotas toQuotas(ObjectProvider<QuotaStore> store) {
		return new FreeQuotas(store.getIfAvailable(this::inMemory), clientKey(this.key), this.ipv6Prefix);
	}

	private QuotaStore inMemory() {
		return new InMemoryQuotaStore(this.maxClients, MonotonicClock.system());
	}

}
