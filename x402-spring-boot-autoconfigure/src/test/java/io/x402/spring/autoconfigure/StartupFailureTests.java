/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.pricing.PaymentValueResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Whatever is configured wrongly stops the start, and the text names the place, the value
 * and the remedy.
 */
class StartupFailureTests {

	@Test
	void whenNobodyIsPaidThenAsksForTheReceiver() {
		FailureAnalysis analysis = failure(Priced.class);
		assertThat(analysis.getDescription()).contains("payTo", "StartupFailureTests$Priced#sold", "is missing");
		assertThat(analysis.getAction()).contains("x402.pay-to");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			0x209693Bc6afc0C5328bA36FaF03C514EF312287 | not an EVM address
			209693Bc6afc0C5328bA36FaF03C514EF312287C00 | not an EVM address
			0x209693bC6afc0C5328bA36FaF03C514EF312287C | checksum
			0x0000000000000000000000000000000000000000 | lost
			vitalik.eth | not an EVM address
			""")
	void whenReceiverIsNoAddressThenSaysWhy(String address, String problem) {
		FailureAnalysis analysis = failure(Priced.class, "x402.pay-to=" + address);
		assertThat(analysis.getDescription()).contains("payTo", "StartupFailureTests$Priced#sold", address, problem);
		assertThat(analysis.getAction()).contains("wallet");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
			"4C0883A69102937D6231471B5DBB6204FE5129617082792AE468D01A3F362318",
			"test test test test test test test test test test test junk" })
	void whenReceiverIsASecretThenItIsNotShown(String secret) {
		FailureAnalysis analysis = failure(Priced.class, "x402.pay-to=" + secret);
		assertThat(analysis.getDescription()).contains("payTo", "is '…'").doesNotContain(secret);
		assertThat(analysis.getCause()).hasMessageNotContaining(secret);
	}

	@Test
	void whenYamlHasReceiverWithoutQuotesThenAsksForThem() {
		FailureAnalysis analysis = failure(Priced.class,
				"x402.pay-to=" + new BigInteger("209693Bc6afc0C5328bA36FaF03C514EF312287C", 16));
		assertThat(analysis.getDescription()).contains("payTo", "StartupFailureTests$Priced#sold", "is a number",
				"YAML", "without quotes");
	}

	@Test
	void whenRealMoneyIsForTheAccountOfAnExampleThenSaysWhoCouldTakeIt() {
		FailureAnalysis analysis = failure(Priced.class, "x402.network=base", "x402.base-url=https://api.example.com",
				"x402.pay-to=0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
		assertThat(analysis.getDescription()).contains("payTo", "StartupFailureTests$Priced#sold", "0x70997970",
				"private key", "anybody could take", "Base");
		assertThat(analysis.getAction()).contains("x402.pay-to", "wallet of your own");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			abc | is not a price
			-0.05 | is not a price
			$ | is not a price
			1e-3 | is not a price
			0,05 | is not a price
			0.0000001 | decimals
			0.00 | more than zero
			""")
	void whenPriceCannotBeAskedForThenSaysWhy(String price, String problem) {
		FailureAnalysis analysis = failure(ConfiguredPrice.class, Startup.PAY_TO, "price=" + price);
		assertThat(analysis.getDescription()).contains("price", "StartupFailureTests$ConfiguredPrice#sold", price,
				problem);
		assertThat(analysis.getAction()).contains("free");
	}

	@Test
	void whenOnlyAnotherOfferIsDynamicThenPriceIsCheckedAllTheSame() {
		FailureAnalysis analysis = failure(PartlyDynamic.class, Startup.PAY_TO, "price=abc", "asset=");
		assertThat(analysis.getDescription()).contains("price", "PartlyDynamic#sold", "abc");
		analysis = failure(PartlyDynamic.class, Startup.PAY_TO, "price=0.05", "asset=DOGE");
		assertThat(analysis.getDescription()).contains("PartlyDynamic#sold", "DOGE");
	}

	@ParameterizedTest
	@CsvSource({ "base-seplia, 'base-sepolia'", "eip155:84531, 'eip155:84532'", "Bse, 'base'" })
	void whenNetworkIsUnknownThenSuggestsSimilarOnes(String network, String suggestion) {
		FailureAnalysis analysis = failure(OwnNetwork.class, Startup.PAY_TO, "network=" + network);
		assertThat(analysis.getDescription()).contains("network", "StartupFailureTests$OwnNetwork#sold", network,
				suggestion);
		assertThat(analysis.getDescription()).doesNotContain("?.").doesNotContain("..");
		assertThat(analysis.getAction()).contains("CAIP-2");
	}

	@ParameterizedTest
	@ValueSource(classes = { Priced.class, OwnNetwork.class, None.class })
	void whenNetworkOfThePropertyIsUnknownThenNamesItWhetherItIsUsedOrNot(Class<?> application) {
		FailureAnalysis analysis = failure(application, Startup.PAY_TO, "network=base-sepolia",
				"x402.network=base-sepolia,bse-sepolia");
		assertThat(analysis.getDescription()).contains("'x402.network'", "'bse-sepolia'",
				"did you mean 'base-sepolia'");
		assertThat(analysis.getAction()).contains("CAIP-2");
	}

	@ParameterizedTest
	@CsvSource({ "$0.05,", "0.05 USDC,", "$0.05, USDC", "$0.05, 0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238" })
	void whenNetworkHasNoTokenThenAsksForOneOrAnotherNetwork(String price, String asset) {
		FailureAnalysis analysis = failure(OwnAsset.class, Startup.PAY_TO, "x402.network=sepolia", "price=" + price,
				"asset=" + ((asset != null) ? asset : ""));
		assertThat(analysis.getDescription()).contains("'network'", "StartupFailureTests$OwnAsset#sold",
				"Ethereum Sepolia", "eip155:11155111", "asset");
		assertThat(analysis.getAction()).contains("x402.assets", "base-sepolia").doesNotContain("decimal price");
	}

	@ParameterizedTest
	@CsvSource({ "0.05 EUR, , price", "0.05, EUR, asset" })
	void whenNetworkHasOtherTokensThenAsksForOneOfThem(String price, String asset, String attribute) {
		FailureAnalysis analysis = failure(OwnAsset.class, Startup.PAY_TO, "price=" + price,
				"asset=" + ((asset != null) ? asset : ""));
		assertThat(analysis.getDescription()).contains("'" + attribute + "'", "StartupFailureTests$OwnAsset#sold",
				"has no asset 'EUR'");
		assertThat(analysis.getAction()).contains("ticker").doesNotContain("decimal price");
	}

	@Test
	void whenDescriptionIsTooLongThenSaysHowLong() {
		FailureAnalysis analysis = failure(ConfiguredDescription.class, Startup.PAY_TO,
				"description=" + "x".repeat(501));
		assertThat(analysis.getDescription()).contains("description", "ConfiguredDescription#sold", "500", "501");
		assertThat(analysis.getAction()).contains("Shorten");
	}

	@ParameterizedTest
	@ValueSource(strings = { "soon", "1s", "60", "2d", "-60s" })
	void whenTimeoutIsNoneThenSaysSo(String timeout) {
		FailureAnalysis analysis = failure(ConfiguredTimeout.class, Startup.PAY_TO, "timeout=" + timeout);
		assertThat(analysis.getDescription()).contains("maxTimeout", "ConfiguredTimeout#sold");
		assertThat(analysis.getAction()).isNotBlank();
	}

	/**
	 * It must be known at startup whether the token is the one of the gateway.
	 */
	@ParameterizedTest
	@CsvSource({ "0.05 GATE, '', 4d, true", "0.05, GATE, 7d, true", "#{1 + 1}, GATE, 4d, true", "0.05, GATE, 8d, false",
			"0.05, '', 4d, false", "#{1 + 1}, '', 4d, false", "0.05, #{'GATE'}, 4d, false" })
	void whenTokenIsOfCircleGatewayThenItsPaymentsMayBeValidForDays(String price, String asset, String timeout,
			boolean starts) {
		Startup.with()
			.withPropertyValues(Startup.PAY_TO, "x402.assets[0].network=base-sepolia", "x402.assets[0].symbol=GATE",
					"x402.assets[0].address=0x1111111111111111111111111111111111111111", "x402.assets[0].decimals=6",
					"x402.assets[0].eip712-name=GatewayWalletBatched", "x402.assets[0].eip712-version=1",
					"x402.routes[0].path=/sold", "x402.routes[0].price=" + price, "x402.routes[0].asset=" + asset,
					"x402.routes[0].max-timeout=" + timeout)
			.run((context) -> {
				if (starts) {
					assertThat(context).hasNotFailed();
				}
				else {
					assertThat(Startup.failure(context).getDescription()).contains("route /sold",
							"between 10 seconds and 1 day, or 7 days for a token of Circle Gateway");
				}
			});
	}

	@Test
	void whenOneOfferHasTwoFlowsThenSaysSo() {
		FailureAnalysis analysis = failure(TwoFlows.class, Startup.PAY_TO);
		assertThat(analysis.getDescription()).contains("flow", "TwoFlows#sold", "AUTHORIZATION", "UPFRONT");
		assertThat(analysis.getAction()).contains("one flow");
	}

	@Test
	void whenFreeHandlerHasOtherOffersThenSaysSo() {
		FailureAnalysis analysis = failure(FreeAndPaid.class, Startup.PAY_TO);
		assertThat(analysis.getDescription()).contains("FreeAndPaid#sold", "free");
		assertThat(analysis.getAction()).contains("Remove");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ftp://api.example.com
			api.example.com
			https://user@api.example.com
			https://api.example.com/?a=b
			https://api.example.com/#a
			https://
			not a url
			""")
	void whenBaseUrlIsNoneThenSaysWhatItHasToBe(String url) {
		for (String name : List.of("x402.base-url", "x402.baseUrl")) {
			FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO, name + "=" + url);
			assertThat(analysis.getDescription()).contains("x402.base-url", url);
			assertThat(analysis.getAction()).contains("https://api.example.com");
		}
	}

	@Test
	void whenRealMoneyIsAskedForThenBaseUrlIsRequired() {
		FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO, "x402.network=base");
		assertThat(analysis.getDescription()).contains("base-url", "StartupFailureTests$Priced#sold", "real money");
		assertThat(analysis.getAction()).contains("x402.base-url", "ResourceUrlResolver");
		Startup.with(Priced.class)
			.withPropertyValues(Startup.PAY_TO, "x402.network=base", "x402.base-url=https://api.example.com")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenRealMoneyIsAskedForAtDynamicPriceThenBaseUrlIsRequired() {
		FailureAnalysis analysis = failure(DynamicPrice.class, Startup.PAY_TO, "x402.network=base");
		assertThat(analysis.getDescription()).contains("base-url", "DynamicPrice#sold");
		analysis = failure(None.class, Startup.PAY_TO, "x402.network=base", "x402.routes[0].path=/a",
				"x402.routes[0].price=#{0.05}");
		assertThat(analysis.getDescription()).contains("base-url", "route /a");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			http://facilitator.example.com | https
			http://10.0.0.1/facilitator | https
			https://facilitator.example.com/verify | leave out /verify
			https://facilitator.example.com/x402/settle/ | leave out /verify, /settle
			https://facilitator.example.com?key=1 | query
			facilitator.example.com | absolute
			""")
	void whenFacilitatorUrlIsNotUsableThenSaysWhy(String url, String problem) {
		FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO, "x402.facilitator.url=" + url);
		assertThat(analysis.getDescription()).contains("x402.facilitator.url", problem);
		assertThat(analysis.getAction()).contains("https://www.x402.org/facilitator");
	}

	@Test
	void whenFacilitatorUrlHoldsPasswordThenTextDoesNotShowIt() {
		FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO,
				"x402.facilitator.url=https://seller:hunter2@facilitator.example.com");
		assertThat(text(analysis)).contains("x402.facilitator.url", "password").doesNotContain("hunter2");
	}

	@Test
	void whenHeaderForFacilitatorCannotBeSentThenTextDoesNotShowIt() {
		FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO,
				"x402.facilitator.auth.headers.X-Api-Key=hunter2\u00e4");
		assertThat(text(analysis)).contains("x402.facilitator.auth.headers", "X-Api-Key").doesNotContain("hunter2");
	}

	@Test
	void whenSslBundleIsUnknownThenNamesIt() {
		FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO, "x402.facilitator.ssl-bundle=mine");
		assertThat(text(analysis)).contains("x402.facilitator.ssl-bundle", "mine", "spring.ssl.bundle");
	}

	@ParameterizedTest
	@ValueSource(strings = { "#{1 +}", "#{@}", "#{" })
	void whenExpressionCannotBeParsedThenShowsWhere(String expression) {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.routes[0].path=/a",
				"x402.routes[0].price=" + expression);
		assertThat(analysis.getDescription()).contains("price", "route /a", expression);
		assertThat(analysis.getAction()).contains("Correct the expression");
	}

	@ParameterizedTest
	@ValueSource(strings = { "@unknown", "@notAResolver", "@" })
	void whenBeanIsMissingThenNamesIt(String reference) {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.routes[0].path=/a",
				"x402.routes[0].price=" + reference);
		assertThat(analysis.getDescription()).contains("price", "route /a", reference, "PaymentValueResolver");
		assertThat(analysis.getAction()).contains("Declare a bean", PaymentValueResolver.class.getName());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			pass.uses=1 | first use
			pass.uses=-1 | first use
			pass.scope=reports | ends after
			pass.duration=1ms | between 1 second
			pass.duration=4000d | between 1 second
			""")
	void whenRouteSellsAPassThatCannotBeUsedThenSaysWhy(String pass, String problem) {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.routes[0].path=/a",
				"x402.routes[0].price=0.05", "x402.routes[0]." + pass);
		assertThat(analysis.getDescription()).contains("pass", "route /a", problem);
		assertThat(analysis.getAction()).isNotEmpty();
	}

	@Test
	void whenHandlersOfOneScopeSellOtherPassesThenNamesTheScope() {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.routes[0].path=/a",
				"x402.routes[0].price=0.05", "x402.routes[0].pass.uses=5", "x402.routes[0].pass.scope=reports",
				"x402.routes[1].path=/b", "x402.routes[1].price=0.05", "x402.routes[1].pass.uses=6",
				"x402.routes[1].pass.scope=reports");
		assertThat(analysis.getDescription()).contains("pass", "route /b", "'reports'", "another pass");
	}

	@Test
	void whenMeteredHandlerSellsAPassThenTheStartFails() {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.routes[0].path=/a",
				"x402.routes[0].price=0.05", "x402.routes[0].scheme=upto", "x402.routes[0].pass.uses=5");
		assertThat(analysis.getDescription()).contains("pass", "route /a", "metered");
	}

	@Test
	void whenBuyersCanSignInAndThePublicUrlIsUnknownThenStartFails() {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.sign-in.enabled=true");
		assertThat(text(analysis)).contains("x402.base-url", "sign in", "https://api.example.com");
	}

	@Test
	void whenBuyersCanSignInToSeveralInstancesWithoutASecretThenStartFails() {
		Startup.with(None.class)
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
			.withPropertyValues(Startup.PAY_TO, "x402.sign-in.enabled=true", "x402.base-url=https://api.example.com",
					"x402.store.type=jdbc", "spring.datasource.url=jdbc:h2:mem:signin")
			.run((context) -> assertThat(text(Startup.failure(context))).contains("x402.passes.secret",
					"several instances", "openssl"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.sign-in.lifetime=1s", "x402.sign-in.lifetime=2h", "x402.sign-in.clock-skew=1h",
			"x402.sign-in.clock-skew=-1s", "x402.sign-in.statement=\"quoted\"", "x402.sign-in.statement=Grüße" })
	void whenPropertyOfSignInIsInvalidThenStartFails(String property) {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.sign-in.enabled=true",
				"x402.base-url=https://api.example.com", property);
		assertThat(text(analysis)).contains(property.substring(0, property.indexOf('=')));
	}

	@Test
	void whenSecretOfMachinePaymentsIsShortThenItIsNotShown() {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.mpp.enabled=true",
				"x402.mpp.secret=too-short");
		assertThat(text(analysis)).contains("x402.mpp.secret", "32 bytes", "openssl").doesNotContain("too-short");
	}

	@Test
	void whenMachinePaymentsHaveNoSecretThenAsksForIt() {
		for (String secret : List.of("", "x402.mpp.secret=")) {
			FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.mpp.enabled=true",
					secret.isEmpty() ? "x402.enabled=true" : secret);
			assertThat(text(analysis)).contains("x402.mpp.secret", "must be set", "X402_MPP_SECRET");
		}
	}

	@Test
	void whenTransfersCannotBeTakenThenSaysWhatIsMissing() {
		String enabled = "x402.transfers.enabled=true";
		String secret = "x402.transfers.secret=" + "s".repeat(32);
		String node = "x402.transfers.rpc.url=http://localhost:1";
		assertThat(text(failure(None.class, Startup.PAY_TO, enabled, node))).contains("x402.transfers.secret",
				"must be set", "X402_TRANSFERS_SECRET");
		assertThat(text(failure(None.class, Startup.PAY_TO, enabled, node, "x402.transfers.secret=too-short")))
			.contains("x402.transfers.secret", "32 bytes")
			.doesNotContain("too-short");
		assertThat(text(failure(None.class, Startup.PAY_TO, enabled, secret))).contains("x402.transfers.rpc.url");
		assertThat(text(failure(None.class, Startup.PAY_TO, enabled, secret, node, "x402.protocol-versions=v1")))
			.contains("x402.protocol-versions", "v2");
		assertThat(text(failure(None.class, Startup.PAY_TO, enabled, secret, node, "x402.redelivery.window=0")))
			.contains("x402.redelivery.window");
		assertThat(text(failure(None.class, Startup.PAY_TO, enabled, secret, node, "x402.transfers.lifetime=13h")))
			.contains("x402.transfers.lifetime");
	}

	@Test
	void whenSecretOfPassesIsShortThenItIsNotShown() {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.passes.secret=too-short");
		assertThat(text(analysis)).contains("x402.passes.secret", "32").doesNotContain("too-short");
	}

	@Test
	void whenPlaceholderCannotBeResolvedThenNamesIt() {
		FailureAnalysis analysis = failure(ConfiguredPrice.class, Startup.PAY_TO);
		assertThat(analysis.getDescription()).contains("price", "ConfiguredPrice#sold", "${price}");
		assertThat(analysis.getAction()).contains("Set the property");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a/{", "/a/{b}{c", "/a/**/b/**/{*c}/d" })
	void whenPatternCannotBeParsedThenShowsWhere(String pattern) {
		FailureAnalysis analysis = failure(None.class, Startup.PAY_TO, "x402.routes[0].path=" + pattern,
				"x402.routes[0].price=0.05");
		assertThat(analysis.getDescription()).contains("pattern", "route " + pattern);
		assertThat(analysis.getAction()).contains("Correct the pattern");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			x402.routes[0].price=0.05 | x402.routes[0].path
			x402.routes[0].path=/a | x402.routes[0].price
			x402.assets[0].symbol=ABC | x402.assets[0].network
			x402.assets[0].network=base-sepolia | x402.assets[0].symbol
			""")
	void whenRequiredPartOfEntryIsMissingThenNamesIt(String property, String missing) {
		FailureAnalysis analysis = engineFailure(property);
		assertThat(text(analysis)).contains(missing);
	}

	@Test
	void whenAssetHasNoDecimalsThenTheyAreNotGuessed() {
		FailureAnalysis analysis = engineFailure("x402.assets[0].network=base-sepolia", "x402.assets[0].symbol=ABC",
				"x402.assets[0].address=0x036CbD53842c5426634e7929541eC2318f3dCF7f", "x402.assets[0].eip712-name=ABC",
				"x402.assets[0].eip712-version=1");
		assertThat(text(analysis)).contains("x402.assets[0].decimals");
	}

	@ParameterizedTest
	@CsvSource({ "symbol, USD", "address, 0x12", "decimals, 31", "decimals, -1", "network, nowhere", "eip712-name, ''",
			"transfer-method, spl" })
	void whenAssetIsNotValidThenSaysWhy(String attribute, String value) {
		List<String> properties = new ArrayList<>(List.of("x402.assets[0].network=base-sepolia",
				"x402.assets[0].symbol=ABC", "x402.assets[0].address=0x036CbD53842c5426634e7929541eC2318f3dCF7f",
				"x402.assets[0].decimals=6", "x402.assets[0].eip712-name=ABC", "x402.assets[0].eip712-version=1"));
		properties.removeIf((property) -> property.startsWith("x402.assets[0]." + attribute));
		properties.add("x402.assets[0]." + attribute + "=" + value);
		FailureAnalysis analysis = engineFailure(properties.toArray(String[]::new));
		assertThat(text(analysis)).contains("x402.assets").containsIgnoringCase(value);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			x402.malformed-payment-status | 500
			x402.malformed-payment-status | 200
			x402.malformed-payment-status | 0
			x402.protocol-versions | ''
			x402.network | ''
			x402.max-timeout | 1s
			x402.max-timeout | -60s
			x402.max-timeout | 60
			x402.header-limit | -1KB
			x402.header-limit | 0
			x402.header-limit | 5GB
			x402.settlement.hold-limit | -1B
			x402.settlement.hold-limit | 4GB
			x402.settlement.max-repeat-wait | -1s
			x402.settlement.max-repeat-wait | 10m
			x402.settlement.max-uncharged-runs | 0
			x402.settlement.max-concurrent-waits | -1
			x402.settlement.max-concurrent-waits-per-payment | -1
			x402.validation.max-invalid | -1
			x402.validation.max-invalid-per-client | -1
			x402.validation.max-invalid-per-payer | -1
			x402.validation.min-validity | -1s
			x402.validation.min-validity | 10m
			x402.validation.max-validity | 0
			x402.validation.max-validity | 1m
			x402.validation.body-limit | -1B
			x402.validation.body-limit | 4GB
			x402.facilitator.connect-timeout | 0
			x402.facilitator.connect-timeout | -1s
			x402.facilitator.verify-timeout | 0
			x402.facilitator.verify-timeout | 1d
			x402.facilitator.settle-timeout | -1s
			x402.facilitator.settle-timeout | 90
			x402.facilitator.supported.timeout | 0
			x402.facilitator.supported.time-to-live | -1s
			x402.facilitator.simulated.balance | -1
			x402.store.max-claims | 0
			x402.store.max-claims | -5
			x402.store.retention | -1s
			""")
	void whenValueOfPropertyIsSillyThenNamesPropertyValueAndRemedy(String name, String value) {
		FailureAnalysis analysis = engineFailure(name + "=" + value);
		assertThat(analysis.getDescription()).contains("'" + name + "'");
		assertThat(analysis.getAction()).isNotBlank();
		assertThat(text(analysis)).doesNotContain("Exception").doesNotContain("\tat ");
	}

	@Test
	void whenFunctionIsAnnotatedThenAsksForRoute() {
		FailureAnalysis analysis = failure(AnnotatedFunctions.class, Startup.PAY_TO);
		assertThat(analysis.getDescription()).contains("AnnotatedFunctions$PaidFunction");
		assertThat(analysis.getAction()).contains("x402.routes");
	}

	@ExtendWith(OutputCaptureExtension.class)
	@Test
	void whenApplicationDoesNotStartThenLogShowsTheTextAndNoStackTrace(CapturedOutput output) {
		assertThatException().isThrownBy(() -> new SpringApplicationBuilder(FullApplication.class)
			.run("--server.port=0", "--x402.network=base-seplia", "--" + Startup.PAY_TO));
		assertThat(output).contains("APPLICATION FAILED TO START", "Description:", "Action:", "base-seplia",
				"did you mean 'base-sepolia'", "x402.network");
		assertThat(Arrays.stream(output.getAll().split("\n"))).noneMatch((line) -> line.startsWith("\tat "));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			hasAuthorty('CUSTOMER') | there is no method 'hasAuthorty'
			isAuthenticated() and hasAuthority() | there is no method 'hasAuthority' that takes 0 values
			hasAuthority('CUSTOMER' | cannot be parsed
			paid | there is no property 'paid'
			@keys.isCustomer(authentication) | there is no bean named 'keys'
			@fiveCents.resolve(reqest) | there is no property 'reqest'
			""")
	void whenExpressionAboutCallersIsWrongThenSaysWhy(String expression, String problem) {
		FailureAnalysis analysis = failure(FreeFor.class, Startup.PAY_TO, "free-for=" + expression);
		assertThat(analysis.getDescription()).contains("freeFor", "StartupFailureTests$FreeFor#sold", expression,
				problem);
		assertThat(analysis.getAction()).contains("hasAuthority('CUSTOMER')");
		analysis = failure(Priced.class, Startup.PAY_TO, "x402.free-for=" + expression);
		assertThat(analysis.getDescription()).contains("x402.free-for", expression, problem);
	}

	@ParameterizedTest
	@ValueSource(strings = { "hasAnyAuthority('A', 'B') and !anonymous", "authentication.name == 'anna'", "permitAll",
			"principal.toString().startsWith(request.method)", "@fiveCents.resolve(null) == '0.05'", "denyAll()",
			"hasAnyRole({'A', 'B'}.?[length() > 0].toArray())" })
	void whenExpressionAboutCallersIsRightThenStarts(String expression) {
		Startup.with(FreeFor.class, Resolvers.class)
			.withPropertyValues(Startup.PAY_TO, "free-for=" + expression)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenCallersAreUnknownThenSaysWhatIsMissing() {
		Startup.with(FreeFor.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withPropertyValues(Startup.PAY_TO, "free-for=hasAuthority('CUSTOMER')")
			.run((context) -> {
				FailureAnalysis analysis = Startup.failure(context);
				assertThat(analysis.getDescription()).contains("freeFor", "FreeFor#sold", "Spring Security");
				assertThat(analysis.getAction()).contains("spring-boot-starter-security");
			});
	}

	@ParameterizedTest
	@CsvSource({ "/nowhere/refused.txt, there is no such file", "/, it is a directory", "'', must name a file" })
	void whenRefusedPayersCannotBeReadThenSaysWhy(String file, String problem) {
		FailureAnalysis analysis = engineFailure(Startup.PAY_TO, "x402.screening.file=" + file);
		assertThat(analysis.getDescription()).contains("x402.screening.file", file, problem);
		assertThat(analysis.getAction()).contains("addresses");
	}

	@ParameterizedTest
	@ValueSource(strings = { "payer", "header:", "header:two words" })
	void whenKeyOfFreeCallsIsNoneThenSaysWhatItCanBe(String key) {
		FailureAnalysis analysis = engineFailure(Startup.PAY_TO, "x402.free-quota.key=" + key);
		assertThat(analysis.getDescription()).contains("x402.free-quota.key", key, "principal");
		assertThat(analysis.getAction()).contains("header:X-API-Key");
	}

	@ParameterizedTest
	@ValueSource(strings = { "100", "100 per day", "0 per 1d" })
	void whenFreeCallsForAllCannotBeReadThenSaysHowToWriteThem(String limit) {
		FailureAnalysis analysis = failure(Priced.class, Startup.PAY_TO, "x402.free-quota.limit=" + limit);
		assertThat(analysis.getDescription()).contains("x402.free-quota.limit", limit);
		assertThat(analysis.getAction()).contains("3 per 1d");
	}

	private static FailureAnalysis engineFailure(String... properties) {
		List<FailureAnalysis> analyses = new ArrayList<>();
		Startup.engine().withPropertyValues(properties).run((context) -> analyses.add(Startup.failure(context)));
		return analyses.get(0);
	}

	private static FailureAnalysis failure(Class<?> configuration, String... properties) {
		List<FailureAnalysis> analyses = new ArrayList<>();
		Startup.with(configuration, Resolvers.class)
			.withPropertyValues(properties)
			.run((context) -> analyses.add(Startup.failure(context)));
		assertThat(text(analyses.get(0))).doesNotContain("\tat ").doesNotContain("Exception:");
		return analyses.get(0);
	}

	private static String text(FailureAnalysis analysis) {
		return analysis.getDescription() + "\n" + analysis.getAction();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class FullApplication extends Priced {

	}

	@Configuration(proxyBeanMethods = false)
	static class Resolvers {

		@Bean
		PaymentValueResolver fiveCents() {
			return (request) -> "0.05";
		}

		@Bean
		Object notAResolver() {
			return "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class None {

	}

	@RestController
	static class Priced {

		@PaymentRequired(price = "0.05")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class ConfiguredPrice {

		@PaymentRequired(price = "${price}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class OwnNetwork {

		@PaymentRequired(price = "0.05", network = "${network}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class OwnAsset {

		@PaymentRequired(price = "${price}", asset = "${asset}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class PartlyDynamic {

		@PaymentRequired(price = "@fiveCents")
		@PaymentRequired(price = "${price}", asset = "${asset}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class DynamicPrice {

		@PaymentRequired(price = "@fiveCents")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class ConfiguredDescription {

		@PaymentRequired(price = "0.05", description = "${description}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class ConfiguredTimeout {

		@PaymentRequired(price = "0.05", maxTimeout = "${timeout}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class FreeFor {

		@PaymentRequired(price = "0.05", freeFor = "${free-for}")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class TwoFlows {

		@PaymentRequired(price = "0.05", flow = { PaymentFlow.AUTHORIZATION, PaymentFlow.UPFRONT })
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@RestController
	static class FreeAndPaid {

		@PaymentRequired(price = "0.05")
		@PaymentRequired(price = "free")
		@GetMapping("/sold")
		String sold() {
			return "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedFunctions {

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route()
				.GET("/function", new PaidFunction())
				.filter((request, next) -> next.handle(request))
				.build();
		}

		@PaymentRequired(price = "0.05")
		static class PaidFunction implements HandlerFunction<ServerResponse> {

			@Override
			public ServerResponse handle(ServerRequest request) {
				return ServerResponse.ok().build();
			}

		}

	}

}
