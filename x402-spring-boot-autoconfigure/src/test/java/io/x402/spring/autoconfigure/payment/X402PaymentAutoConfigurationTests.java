/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentEvent;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The engine comes up with what is on the class path and gives way to beans of the
 * application.
 */
class X402PaymentAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
				X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class));

	@Test
	void whenNothingIsConfiguredThenEngineIsComplete() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(PaymentProcessor.class)
			.hasSingleBean(Facilitator.class)
			.hasSingleBean(InMemoryPaymentStore.class)
			.hasSingleBean(Networks.class)
			.hasSingleBean(PaymentCodec.class)
			.doesNotHaveBean(HandlerPricing.class));
	}

	@Test
	void whenNothingIsConfiguredThenCheapChecksComeBeforeSignatures() {
		this.runner.run((context) -> assertThat(context.getBeanProvider(PayloadCheck.class).orderedStream()).first()
			.isInstanceOf(EvmPayloadCheck.class));
	}

	@Test
	void whenDisabledThenThereIsNobodyToPay() {
		this.runner.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Facilitator.class)
				.doesNotHaveBean(PaymentProcessor.class));
	}

	@Test
	void whenWeb3jIsAbsentThenSignaturesAreLeftToTheFacilitator() {
		this.runner.withClassLoader(new FilteredClassLoader("org.web3j"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Eip3009SignatureCheck.class)
				.doesNotHaveBean(Permit2SignatureCheck.class)
				.hasSingleBean(EvmPayloadCheck.class)
				.hasSingleBean(PaymentProcessor.class));
	}

	@Test
	void whenCaffeineIsAbsentThenStoreHasToBeDeclared() {
		ApplicationContextRunner without = this.runner.withClassLoader(new FilteredClassLoader(Caffeine.class));
		without.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("Caffeine"));
		without.withUserConfiguration(Beans.class)
			.run((context) -> assertThat(context).hasNotFailed().getBean(PaymentStore.class).isSameAs(Beans.STORE));
	}

	@Test
	void whenApplicationDeclaresBeansThenTheyReplaceDefaults() {
		this.runner.withUserConfiguration(Beans.class).run((context) -> {
			assertThat(context).getBean(PaymentStore.class).isSameAs(Beans.STORE);
			assertThat(context).getBean(Networks.class).isSameAs(Beans.NETWORKS);
			assertThat(context).getBean(PaymentCodec.class).isSameAs(Beans.CODEC);
			assertThat(context).getBean(Facilitator.class).isSameAs(Beans.FACILITATOR);
		});
	}

	@Test
	void whenAssetIsConfiguredThenNetworkHasIt() {
		this.runner
			.withPropertyValues("x402.assets[0].network=base-sepolia", "x402.assets[0].symbol=PLAY",
					"x402.assets[0].address=0x036CbD53842c5426634e7929541eC2318f3dCF7f", "x402.assets[0].decimals=2",
					"x402.assets[0].eip712-name=Play Money", "x402.assets[0].eip712-version=1")
			.run((context) -> assertThat(context.getBean(Networks.class).get("base-sepolia").asset("PLAY").eip712Name())
				.isEqualTo("Play Money"));
	}

	@Test
	void whenSomethingHappensThenListenersAndApplicationEventsTellIt() {
		this.runner.withUserConfiguration(Beans.class, Listeners.class).run((context) -> {
			PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.TEN, "0x1", "0x2",
					60, Map.of());
			context.getBean(PaymentProcessor.class)
				.refused(new PaymentOffers(new ResourceInfo("https://a.example", null, null), List.of(offer)),
						ReasonCode.PAYMENT_REQUIRED);
			assertThat(context.getBean(Listeners.class).heard).containsExactly("first", "second", "event");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		static final PaymentStore STORE = new InMemoryPaymentStore(10, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

		static final Networks NETWORKS = Networks.load();

		static final PaymentCodec CODEC = new PaymentCodec();

		static final Facilitator FACILITATOR = new FacilitatorDouble();

		@Bean
		PaymentStore store() {
			return STORE;
		}

		@Bean
		Networks networks() {
			return NETWORKS;
		}

		@Bean
		PaymentCodec codec() {
			return CODEC;
		}

		@Bean
		Facilitator facilitator() {
			return FACILITATOR;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final List<String> heard = new ArrayList<>();

		@Bean
		@Order(2)
		PaymentListener second() {
			return (event) -> this.heard.add("second");
		}

		@Bean
		@Order(1)
		PaymentListener first() {
			return (event) -> this.heard.add("first");
		}

		@EventListener
		void on(PaymentEvent event) {
			this.heard.add("event");
		}

	}

}
