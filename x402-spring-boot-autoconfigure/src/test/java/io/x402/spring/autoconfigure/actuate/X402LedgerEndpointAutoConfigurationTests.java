/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.math.BigInteger;
import java.time.Instant;

import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.Sale;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class X402LedgerEndpointAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class, X402PaymentAutoConfiguration.class,
				X402FacilitatorAutoConfiguration.class, X402StoreAutoConfiguration.class,
				X402LedgerEndpointAutoConfiguration.class, EndpointAutoConfiguration.class))
		.withPropertyValues("x402.facilitator.type=simulated");

	@Test
	void whenNotExposedThenThereIsNoEndpoint() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(PaymentLedgerEndpoint.class));
	}

	@Test
	void whenExposedThenItShowsThePagesOfTheBooks() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=x402ledger").run((context) -> {
			PaymentStore store = context.getBean(PaymentStore.class);
			for (int i = 0; i < 3; i++) {
				Claim claim = store
					.claim(new NewClaim(new AuthorizationKey("eip155:84532", "asset", "payer", "nonce" + i), "a", "b",
							Instant.now().plusSeconds(60),
							new Sale("purchase" + i, "GET /", "exact", BigInteger.TEN, "seller", "payer")));
				store.advance(claim, ClaimChange.verified());
			}
			PaymentLedgerEndpoint endpoint = context.getBean(PaymentLedgerEndpoint.class);
			PaymentLedgerEndpoint.Page first = endpoint.entries(null, null, "PAYER", "GET /", LedgerEvent.VERIFIED,
					null, null, 2);
			assertThat(first.entries()).extracting(LedgerEntry::sale).containsExactly("purchase0", "purchase1");
			PaymentLedgerEndpoint.Page second = endpoint.entries(null, null, null, null, null, null, first.after(), 2);
			assertThat(second.entries()).extracting(LedgerEntry::sale).containsExactly("purchase2");
			assertThat(second.after()).isNull();
		});
	}

}
