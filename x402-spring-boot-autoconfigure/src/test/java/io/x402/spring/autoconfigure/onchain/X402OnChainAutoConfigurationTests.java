/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.TokenAmount;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration.OnChainSigners;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.evm.onchain.OnChainFacilitator;
import io.x402.spring.evm.onchain.OnChainSettlementProbe;
import io.x402.spring.evm.onchain.ReceiptCheckingFacilitator;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.facilitator.http.HttpFacilitator;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.Servers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The facilitator that settles on chain and the check of receipts, as an application
 * configures them.
 */
@ExtendWith(OutputCaptureExtension.class)
class X402OnChainAutoConfigurationTests {

	/** Accounts 2 and 3 of the public development mnemonic. */
	private static final String KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

	private static final String OTHER_KEY = "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";

	private static final String KEYSTORE = "classpath:io/x402/spring/evm/keystore.json";

	private static final String KEYSTORE_ADDRESS = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b";

	private static final String NOBODY = "x402.facilitator.onchain.rpc.url=http://127.0.0.1:9";

	private static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private final ApplicationContextRunner runner = Startup.engine()
		.withConfiguration(AutoConfigurations.of(X402OnChainAutoConfiguration.class,
				X402ReceiptCheckAutoConfiguration.class, SslAutoConfiguration.class));

	private final ApplicationContextRunner onChain = this.runner.withPropertyValues("x402.facilitator.type=onchain",
			"x402.facilitator.supported.check=false");

	@Test
	void whenTypeIsNotOnChainThenNothingOfItIsThere() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(HttpFacilitator.class)
			.doesNotHaveBean(OnChainFacilitator.class)
			.doesNotHaveBean(SettlementProbe.class)
			.doesNotHaveBean(OnChainHealthIndicator.class));
	}

	@Test
	void whenTypeIsOnChainThenSettlesAndProbesEvenIfNoNodeAnswersYet() {
		this.onChain.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> assertThat(context).hasSingleBean(OnChainFacilitator.class)
				.hasSingleBean(Facilitator.class)
				.hasSingleBean(OnChainSettlementProbe.class)
				.doesNotHaveBean(Signer.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			rpc.url= | rpc.url
			rpc.url=ftp://127.0.0.1 | rpc.url
			rpc.url=//127.0.0.1 | rpc.url
			rpc.url=http://user:secret@127.0.0.1 | rpc.url
			keys.private-keys= | keys.private-keys
			keys.private-keys=0xabc | keys.private-keys[0]
			keys.signers=nobody | keys.signers
			keys.keystores=classpath:nowhere.json | keys.keystores[0]
			keys.keystores=classpath:io/x402/spring/evm/vectors.json | keys.keystores[0]
			keys.keystores=classpath:io/x402/spring/evm/keystore.json | keys.keystores[0]
			confirmations=0 | confirmations
			confirmations-above[10]=0 | confirmations-above
			gas.replace-after=1ms | gas.replace-after
			rpc.poll-interval=0s | rpc.poll-interval
			rpc.timeout=0s | rpc.timeout
			rpc.ssl-bundle=unknown | rpc.ssl-bundle
			rpc.ssl-bundle=one,two | rpc.ssl-bundle
			gas.max-fee-gwei=0 | gas.max-fee-gwei
			gas.max-per-transaction=1 | gas.max-per-transaction
			approval-gas.max-per-payment=-1 | approval-gas.max-per-payment
			approval-gas.max-per-payer=-0.1 | approval-gas.max-per-payer
			approval-gas.max-per-hour=-1 | approval-gas.max-per-hour
			batch.max-size=0 | batch.max-size
			batch.max-size=101 | batch.max-size
			batch.max-wait=0s | batch.max-wait
			search.max-blocks=0 | search.max-blocks
			search.max-blocks-per-request=0 | search.max-blocks-per-request
			wallet-factories=0x12 | wallet-factories
			""")
	void whenPropertyIsWrongThenDoesNotStartAndSaysWhich(String setting, String property) {
		this.onChain
			.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY,
					"x402.facilitator.onchain.keys.keystore-password=secret", "x402.facilitator.onchain." + setting)
			.run((context) -> {
				FailureAnalysis analysis = Startup.failure(context);
				assertThat(analysis.getDescription()).contains("x402.facilitator.onchain." + property)
					.doesNotContain("secret")
					.doesNotContain(KEY.substring(2));
			});
	}

	@Test
	void whenKeyIsGivenTwiceThenDoesNotStart() {
		this.onChain.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY + "," + KEY)
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("private-keys", "twice"));
	}

	@Test
	void whenKeystoresAreGivenThenTheirKeysSettleTooWithoutAWarning(CapturedOutput output) {
		this.onChain
			.withPropertyValues(NOBODY, "x402.network=base", "x402.base-url=https://shop.example.test",
					"x402.facilitator.onchain.keys.keystores=" + KEYSTORE,
					"x402.facilitator.onchain.keys.keystore-password=testpassword")
			.run((context) -> {
				assertThat(context.getBean(OnChainSigners.class).all()).extracting(Signer::address)
					.containsExactly(KEYSTORE_ADDRESS);
				assertThat(context.getBean(X402OnChainProperties.class).toString()).contains("keystores=1")
					.doesNotContain("testpassword");
				assertThat(output).doesNotContain("real money");
			});
		this.onChain
			.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY,
					"x402.facilitator.onchain.keys.keystores=" + KEYSTORE + "," + KEYSTORE,
					"x402.facilitator.onchain.keys.keystore-password=testpassword")
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("twice"));
	}

	@Test
	void whenKeystoreCannotBeUsedThenSaysWhatIsWrongWithIt() {
		ApplicationContextRunner keystore = this.onChain.withPropertyValues(NOBODY,
				"x402.facilitator.onchain.keys.keystore-password=secret");
		keystore.withPropertyValues("x402.facilitator.onchain.keys.keystores=classpath:nowhere.json")
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("cannot be read",
					"nowhere.json"));
		keystore.withPropertyValues("x402.facilitator.onchain.keys.keystores=" + KEYSTORE)
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("password")
				.contains("wrong")
				.doesNotContain("secret"));
	}

	@Test
	void whenNothingElseTellsNodesThenThePropertyDoes() {
		this.onChain.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> assertThat(nodes(context)).containsExactly("node 1 (127.0.0.1)"));
	}

	@Test
	void whenConnectionDetailsTellNodesThenTheyWinOverTheProperty() {
		ApplicationContextRunner connected = this.onChain.withUserConfiguration(Connections.class)
			.withPropertyValues("x402.facilitator.onchain.keys.private-keys=" + KEY);
		connected.run(
				(context) -> assertThat(nodes(context)).containsExactly("node 1 (first.test)", "node 2 (second.test)"));
		connected.withPropertyValues(NOBODY)
			.run((context) -> assertThat(nodes(context)).containsExactly("node 1 (first.test)",
					"node 2 (second.test)"));
	}

	@Test
	void whenNodesCannotBeUsedThenHealthOfTheFacilitatorSaysSo() {
		this.onChain
			.withConfiguration(AutoConfigurations.of(ClassUtils.resolveClassName(
					"io.x402.spring.autoconfigure.facilitator.X402FacilitatorHealthAutoConfiguration", null)))
			.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> {
				HealthIndicator indicator = context.getBean("x402HealthIndicator", HealthIndicator.class);
				assertThat(indicator.health().getStatus()).as("before anybody called").isEqualTo(Status.UP);
				assertThatExceptionOfType(FacilitatorException.class)
					.isThrownBy(() -> context.getBean(Facilitator.class).supported());
				assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
				assertThat(indicator.health().getDetails().toString()).contains("node 1 (127.0.0.1)=not usable",
						"eth_chainId");
			});
	}

	@Test
	void whenRawKeyIsUsedForRealMoneyThenWarns(CapturedOutput output) {
		this.onChain
			.withPropertyValues(NOBODY, "x402.network=base", "x402.base-url=https://shop.example.test",
					"x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> assertThat(output).contains("pays for gas on a network with real money")
				.doesNotContain(KEY.substring(2)));
	}

	@Test
	void whenRawKeyIsUsedForTestMoneyOrAnotherSignerForRealMoneyThenDoesNotWarn(CapturedOutput output) {
		this.onChain.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> assertThat(context).hasNotFailed());
		this.onChain.withUserConfiguration(Vault.class)
			.withPropertyValues(NOBODY, "x402.network=base", "x402.facilitator.onchain.keys.signers=vault")
			.run((context) -> assertThat(context).hasSingleBean(OnChainFacilitator.class));
		assertThat(output).doesNotContain("real money");
	}

	@Test
	void whenNodeAnswersThenTellsNetworkAndGas() {
		GenericContainer<?> anvil = Servers.anvil();
		String url = "http://" + anvil.getHost() + ":" + anvil.getMappedPort(8545);
		ApplicationContextRunner rich = this.onChain.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("x402.facilitator.onchain.rpc.url=" + url,
					"x402.facilitator.onchain.keys.private-keys=" + KEY + "," + OTHER_KEY);
		rich.run((context) -> {
			assertThat(context.getBean(Facilitator.class)
				.supported()
				.supports(ProtocolVersion.V2, "exact", "eip155:84532")).isTrue();
			assertThat(context.getBean(OnChainHealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			context.getBean("x402GasBalanceMeters", MeterBinder.class).bindTo(registry);
			assertThat(registry.get("x402.facilitator.gas.balance")
				.tag("account", new PrivateKeySigner(KEY).address())
				.gauge()
				.value()).isGreaterThan(1000);
		});
		rich.run((context) -> assertThat(context.getBean(Facilitator.class).supported().extensions())
			.doesNotContain("erc20ApprovalGasSponsoring"));
		rich.withPropertyValues("x402.facilitator.onchain.approval-gas.enabled=true")
			.run((context) -> assertThat(context.getBean(Facilitator.class).supported().extensions())
				.contains("erc20ApprovalGasSponsoring"));
		rich.withPropertyValues("x402.facilitator.onchain.gas.min-balance=1000000")
			.run((context) -> assertThat(context.getBean(OnChainHealthIndicator.class).health().getStatus())
				.isEqualTo(Status.DOWN));
	}

	@Test
	void whenNoNodeAnswersThenIsDown() {
		this.onChain.withPropertyValues(NOBODY, "x402.facilitator.onchain.keys.private-keys=" + KEY)
			.run((context) -> assertThat(context.getBean(OnChainHealthIndicator.class).health().getStatus())
				.isEqualTo(Status.DOWN));
	}

	@Test
	void whenReceiptsAreCheckedThenTheFacilitatorIsWrapped() {
		for (String property : new String[] { "x402.receipt-check.rpc.url", "x402.receipt-check.rpc.url[0]" }) {
			this.runner.withPropertyValues(property + "=http://127.0.0.1:9").run((context) -> {
				assertThat(context).hasSingleBean(SettlementProbe.class);
				Facilitator decorated = FacilitatorDecorator.decorate(context.getBean(Facilitator.class),
						context.getBeanProvider(FacilitatorDecorator.class));
				assertThat(decorated).isInstanceOf(ReceiptCheckingFacilitator.class);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "X402_RECEIPTCHECK_RPC_URL", "X402_RECEIPT_CHECK_RPC_URL" })
	void whenNodeIsNamedInTheEnvironmentThenReceiptsAreChecked(String variable) {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of(variable, "http://127.0.0.1:9"))))
			.run((context) -> {
				assertThat(context).hasBean("x402ReceiptCheck");
				assertThat(context.getBean(X402ReceiptCheckProperties.class).rpc().url())
					.containsExactly("http://127.0.0.1:9");
			});
	}

	@Test
	void whenReceiptCheckIsSwitchedOnThenConnectionDetailsTellTheNodes() {
		ApplicationContextRunner connected = this.runner.withUserConfiguration(Connections.class);
		connected.run((context) -> assertThat(context).doesNotHaveBean(SettlementProbe.class));
		connected.withPropertyValues("x402.receipt-check.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(SettlementProbe.class)
				.as("what is not on the chain is settled by asking the facilitator again")
				.doesNotHaveBean(OnChainSettlementProbe.class)
				.hasBean("x402ReceiptCheck"));
		connected.withPropertyValues("x402.receipt-check.rpc.url=nonsense")
			.run((context) -> assertThat(context).as("the property is not even read").hasNotFailed());
	}

	@Test
	void whenReceiptCheckIsSwitchedOnWithoutANodeThenDoesNotStart() {
		this.runner.withPropertyValues("x402.receipt-check.enabled=true")
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.receipt-check.rpc.url"));
	}

	@Test
	void whenReceiptCheckIsSwitchedOffThenIsNotThere() {
		this.runner
			.withPropertyValues("x402.receipt-check.enabled=false", "x402.receipt-check.rpc.url=http://127.0.0.1:9")
			.run((context) -> assertThat(context).doesNotHaveBean(SettlementProbe.class)
				.doesNotHaveBean("x402ReceiptCheck"));
	}

	@ParameterizedTest
	@CsvSource({ "above=-1", "confirmations=0", "timeout=1d", "rpc.poll-interval=0s", "rpc.timeout=0s",
			"search.max-blocks=0", "search.max-blocks-per-request=0", "rpc.url=nonsense" })
	void whenPropertyOfReceiptCheckIsWrongThenDoesNotStart(String setting) {
		this.runner.withPropertyValues("x402.receipt-check.rpc.url=http://127.0.0.1:9", "x402.receipt-check." + setting)
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.receipt-check." + setting.substring(0, setting.indexOf('='))));
	}

	@Test
	void whenAmountIsLargerThenMoreBlocksHaveToConfirm() {
		TokenAmounts amounts = new TokenAmounts(Networks.load());
		ToIntFunction<PaymentRequirements> confirmations = amounts.confirmations(1,
				Map.of(TokenAmount.of("$10"), 3, TokenAmount.of("100"), 12));
		assertThat(confirmations.applyAsInt(offer(USDC, 10_000_000))).isEqualTo(1);
		assertThat(confirmations.applyAsInt(offer(USDC, 10_000_001))).isEqualTo(3);
		assertThat(confirmations.applyAsInt(offer(USDC, 100_000_001))).isEqualTo(12);
		assertThat(confirmations.applyAsInt(offer("0x1271127112711271127112711271127112711271", 1)))
			.as("a token that nobody knows")
			.isEqualTo(12);
	}

	private static List<String> nodes(AssertableApplicationContext context) {
		return context.getBean(OnChainFacilitator.class).conditions().stream().map(FacilitatorCondition::name).toList();
	}

	private static PaymentRequirements offer(String asset, long amount) {
		return new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(amount), asset, USDC, 60, Map.of());
	}

	@Configuration(proxyBeanMethods = false)
	static class Connections {

		@Bean
		@Order(2)
		EvmNodeConnectionDetails second() {
			return () -> List.of(URI.create("https://second.test/key"));
		}

		@Bean
		@Order(1)
		EvmNodeConnectionDetails first() {
			return () -> List.of(URI.create("http://first.test"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Vault {

		@Bean
		Signer vault() {
			return new PrivateKeySigner(KEY);
		}

		@Bean
		Signer buyer() {
			return new PrivateKeySigner(OTHER_KEY);
		}

	}

}
