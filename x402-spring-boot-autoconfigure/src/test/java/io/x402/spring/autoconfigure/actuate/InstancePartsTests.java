/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.math.BigDecimal;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.money.Networks;
import io.x402.spring.store.Servers;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class InstancePartsTests {

	/** Account 2 of the public development mnemonic. */
	private static final String KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

	private static final String RECEIPT_CHECK = "io.x402.spring.autoconfigure.onchain."
			+ "X402ReceiptCheckAutoConfiguration";

	private final ApplicationContextRunner runner = Startup.engine()
		.withConfiguration(AutoConfigurations.of(X402OnChainAutoConfiguration.class,
				ClassUtils.resolveClassName(RECEIPT_CHECK, null), SslAutoConfiguration.class))
		.withPropertyValues("x402.facilitator.supported.check=false");

	@Test
	void whenThisInstanceSettlesThenItsNodesAndBalancesAreShownWithoutTheirSecrets() {
		GenericContainer<?> anvil = Servers.anvil();
		this.runner
			.withPropertyValues("x402.facilitator.type=onchain",
					"x402.facilitator.onchain.rpc.url[0]=http://" + anvil.getHost() + ":" + anvil.getMappedPort(8545),
					"x402.facilitator.onchain.rpc.url[1]=http://127.0.0.1:9/other-key",
					"x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> {
				InstanceParts parts = new InstanceParts(context, Networks.load());
				assertThat(parts.read().gas()).singleElement().satisfies((gas) -> {
					assertThat(gas.account()).isEqualTo(new PrivateKeySigner(KEY).address());
					assertThat(gas.networkName()).isEqualTo("Base Sepolia");
					assertThat(new BigDecimal(gas.balance())).isGreaterThan(BigDecimal.valueOf(1000));
				});
				ConsoleInstance instance = parts.read();
				assertThat(instance.nodes()).extracting(FacilitatorCondition::name, FacilitatorCondition::usable)
					.containsExactly(tuple("x402.facilitator.onchain.rpc.url, node 1 (" + anvil.getHost() + ")", true),
							tuple("x402.facilitator.onchain.rpc.url, node 2 (127.0.0.1)", false));
				assertThat(JsonMapper.shared().writeValueAsString(instance)).doesNotContain("other-key",
						KEY.substring(2));
			});
	}

	@Test
	void whenReceiptsAreCheckedThenTheirNodesAreShownAsWell() {
		this.runner.withPropertyValues("x402.receipt-check.rpc.url=http://127.0.0.1:9/key").run((context) -> {
			ConsoleInstance instance = new InstanceParts(context, Networks.load()).read();
			assertThat(instance.facilitators()).hasSize(1);
			assertThat(instance.nodes()).extracting(FacilitatorCondition::name)
				.containsExactly("x402.receipt-check.rpc.url, node 1 (127.0.0.1)");
			assertThat(instance.gas()).isEmpty();
			assertThat(instance.calls()).isEmpty();
		});
	}

}
