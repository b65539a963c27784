/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is wrong, where, and what to do: of properties.
 */
@ExtendWith(OutputCaptureExtension.class)
class MisconfigurationTests {

	private static final String KEY = "x402.client.private-key=0x"
			+ "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

	private final ApplicationContextRunner runner = Startup.engine()
		.withConfiguration(
				AutoConfigurations.of(X402ClientAutoConfiguration.class, X402OnChainAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					x402.max-timeout=soon                                | must be a duration        | 60s
					x402.settlement.max-repeat-wait=a while              | must be a duration        | 60s
					x402.validation.min-validity=6 secs                  | must be a duration        | 60s
					x402.facilitator.verify-timeout=fast                 | must be a duration        | 60s
					x402.facilitator.settle-timeout=never                | must be a duration        | 60s
					x402.facilitator.supported.time-to-live=long         | must be a duration        | 60s
					x402.store.retention=ever                            | must be a duration        | 60s
					x402.store.lease=x                                   | must be a duration        | 60s
					x402.redelivery.window=1 fortnight                   | must be a duration        | 60s
					x402.header-limit=big                                | must be a size            | 64KB
					x402.settlement.hold-limit=64 kilobytes              | must be a size            | 64KB
					x402.validation.body-limit=x                         | must be a size            | 64KB
					x402.redelivery.body-limit=2 megs                    | must be a size            | 64KB
					x402.redelivery.max-memory=-                         | must be a size            | 64KB
					x402.facilitator.limits.min-amount=a cent            | number of tokens          | $0.05
					x402.facilitator.limits.min-amount=-1                | number of tokens          | $0.05
					x402.facilitator.limits.min-amount=0,01              | number of tokens          | $0.05
					x402.facilitator.limits.min-amount=1 USDC            | without a ticker          | $0.05
					x402.facilitator.simulated.balance=much              | number of tokens          | $0.05
					x402.facilitator.type=htp                            | one of http, on           | Use one of
					x402.store.type=postgres                             | one of memory, jdbc, redis | Use one of
					x402.settlement.flow=later                           | one of authorization, upfront | Use one of
					x402.protocol-versions=v3                            | one of v1, v2             | Use one of
					x402.redelivery.payment-identifier=on                | one of off,               | Use one of
					x402.malformed-payment-status=four                   | must be a number          | remove the property
					x402.store.max-claims=many                           | must be a number          | remove the property
					x402.settlement.max-uncharged-runs=a few             | must be a number          | remove the property
					x402.facilitator.limits.max-concurrent-settlements=x | must be a number          | remove the property
					x402.facilitator.circuit-breaker.failure-threshold=x | must be a number          | remove the property
					x402.facilitator.retry.max-retries=once              | must be a number          | remove the property
					x402.ledger.events=maybe                             | must be true or false     | Use true or false
					x402.facilitator.supported.verify-on-startup=perhaps | must be true or false     | Use true or false
					x402.facilitator.ur=https://example.com              | did you mean 'x402.facilitator.url'?  | Correct its name
					x402.payto.address=0x1                               | unknown and has no effect | Correct its name
					x402.payTo.to=a                                      | unknown and has no effect | Correct its name
					x402.routes[0].pric=1                                | did you mean 'x402.routes[].price'? | Correct its name
					x402.redeliverry.window=1m                           | did you mean 'x402.redelivery.window'? | Correct its name
					x402.facilitator=https://example.com                 | unknown and has no effect | Correct its name
					x402.my-own=1                                        | unknown and has no effect | another prefix than x402
					x402.store.type=jdbc                                 | no DataSource bean        | spring.datasource.url
					x402.store.type=redis                                | no StringRedisTemplate    | spring.data.redis.url
					""")
	void whenPropertyIsWrongThenNamesItTheProblemAndTheRemedy(String property, String problem, String remedy) {
		assertAnalysis(property, problem, remedy);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					x402.client.limits.max-amount-per-request=one        | number of tokens          | $0.05
					x402.client.limits.max-amount-per-day=$              | number of tokens          | $0.05
					x402.client.limits.max-amount-per-hour=1e3           | number of tokens          | $0.05
					x402.client.limits.max-amount-per-host=1 EURC        | without a ticker          | $0.05
					x402.client.limits.max-amount-in-total=-5            | number of tokens          | $0.05
					x402.client.limits.approve-above=?                   | number of tokens          | $0.05
					x402.client.limits.max-amount-per-request=2          | not be more than the maximum amount per day | Raise
					x402.client.limits.max-amount-per-dya=5              | did you mean 'x402.client.limits.max-amount-per-day'? | Correct
					x402.client.offers.networks=bse-sepolia              | did you mean 'base-sepolia' | Correct the name
					x402.client.offers.schemes=exakt                     | a scheme that the buyer can pay by | exact, upto
					x402.client.offers.flows=later                       | one of authorization, upfront | Use one of
					x402.client.protocol-versions=2                      | one of v1, v2             | Use one of
					x402.client.sellers.allowed-hosts=https://a.example  | must be a host            | without https://
					x402.client.sellers.pin-recipients=sometimes         | must be true or false     | Use true or false
					x402.client.max-validity=x                           | must be a duration        | 60s
					x402.client.retry.delay=x                            | must be a duration        | 60s
					x402.client.body-limit=x                             | must be a size            | 64KB
					x402.client.store.type=jdbc                          | no DataSource bean        | spring.datasource.url
					x402.client.store.type=redis                         | no StringRedisTemplate    | spring.data.redis.url
					x402.client.store.type=disk                          | one of memory, jdbc, redis | Use one of
					""")
	void whenPropertyOfBuyerIsWrongThenNamesItTheProblemAndTheRemedy(String property, String problem, String remedy) {
		assertAnalysis(property, problem, remedy, "x402.client.enabled=true", KEY);
	}

	private void assertAnalysis(String property, String problem, String remedy, String... others) {
		List<FailureAnalysis> analyses = new ArrayList<>();
		this.runner.withPropertyValues(others)
			.withPropertyValues(property)
			.run((context) -> analyses.add(Startup.failure(context)));
		FailureAnalysis analysis = analyses.get(0);
		assertThat(analysis.getDescription()).containsIgnoringCase(property.split("[=\\[]")[0]).contains(problem);
		assertThat(analysis.getAction()).contains(remedy);
		assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("null")
			.doesNotContain("Exception")
			.doesNotContain("..");
	}

	@Test
	void whenYamlHasKeyWithoutQuotesThenAsksForThem() throws IOException {
		String key = KEY.substring(KEY.indexOf('=') + 1);
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("yaml", new ByteArrayResource(("x402.client.private-key: " + key).getBytes()))
			.get(0);
		this.runner.withPropertyValues("x402.client.enabled=true")
			.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(source))
			.run((context) -> {
				FailureAnalysis analysis = Startup.failure(context);
				assertThat(analysis.getDescription()).contains("x402.client.private-key", "is a number", "YAML")
					.doesNotContain(new BigInteger(key.substring(2), 16).toString());
				assertThat(analysis.getAction()).contains("in quotes");
			});
	}

	@ParameterizedTest
	@CsvSource({ "0.10, 0.1", "1, 1", "0.0000001, 0.0000001", "12345678901, 12345678901" })
	void whenAmountIsANumberOfYamlThenIsRead(String yaml, String amount) throws IOException {
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("yaml", new ByteArrayResource(("x402.facilitator.limits.min-amount: " + yaml).getBytes()))
			.get(0);
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(source))
			.run((context) -> assertThat(context.getBean(X402FacilitatorProperties.class).limits().minAmount().tokens())
				.isEqualByComparingTo(amount));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					x402.client.limits.max-amount-per-request=0                                           | limits.max-amount-per-request is 0
					x402.client.limits.max-amount-per-request=1 x402.client.limits.max-amount-in-total=0  | limits.max-amount-in-total is 0
					x402.client.limits.max-amount-per-request=1                                           | sellers.allowed-hosts is empty
					x402.client.offers.assets=DOGE                                                        | assets names no token of base-sepolia
					""")
	void whenBuyerCanNeverPayThenWarnsWhy(String properties, String obstacle, CapturedOutput output) {
		this.runner.withPropertyValues("x402.client.enabled=true", KEY)
			.withPropertyValues(properties.split(" +"))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("WARN", "The buyer can never pay", obstacle);
	}

	@Test
	void whenBuyerCanPayThenIsSilent(CapturedOutput output) {
		this.runner
			.withPropertyValues("x402.client.enabled=true", KEY, "x402.client.limits.max-amount-per-request=$1",
					"x402.client.sellers.allowed-hosts=api.example.com", "x402.client.offers.assets=usdc")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("never pay");
	}

	@Test
	void whenPaymentsNeedApprovalAndNobodyApprovesThenWarns(CapturedOutput output) {
		this.runner
			.withPropertyValues("x402.client.enabled=true", KEY, "x402.client.limits.max-amount-per-request=$1",
					"x402.client.sellers.allowed-hosts=api.example.com", "x402.client.limits.approve-above=$0.10")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Payments above x402.client.limits.approve-above=0.10 are denied",
				"no PaymentApproval bean");
	}

	@Test
	void whenSeveralPropertiesAreUnknownThenNamesAll() {
		this.runner.withPropertyValues("x402.aaa=1", "x402.bbb=1")
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("x402.aaa", "x402.bbb"));
	}

	@Test
	void whenVariableResemblesPropertyThenWarnsAndOthersAreIgnored(CapturedOutput output) {
		Map<String, Object> variables = Map.of("X402_PAY_TWO", "0x1", "X402_SERVICE_HOST", "10.0.0.1", "X402_PORT",
				"tcp://10.0.0.1:80", "X402_BASE_URL", "https://api.example.com");
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(Arrays.stream(output.getOut().split("\n")).filter((line) -> line.contains("has no effect")))
			.singleElement()
			.asString()
			.contains("X402_PAY_TWO has no effect; did you mean X402_PAYTO?");
	}

}
