/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentEvent;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A payment is rehearsed once the application is ready, and leaves no trace.
 */
@Timeout(120)
class PaymentWarmUpTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("x402.facilitator.supported.check=false", "x402.reconciliation.enabled=false")
		.withUserConfiguration(Seller.class)
		.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
				X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class));

	@Test
	void whenApplicationIsReadyThenSignatureIsCheckedWithoutAnyStepOfMoney() {
		this.runner.run((context) -> {
			Seller seller = context.getBean(Seller.class);
			publishReady(context);
			assertThat(context.getBean(PaymentWarmUp.class).ended().get(100, TimeUnit.SECONDS)).isTrue();
			FacilitatorDouble facilitator = context.getBean(FacilitatorDouble.class);
			assertThat(facilitator.verified()).isZero();
			assertThat(facilitator.settled()).isZero();
			assertThat(seller.events).isEmpty();
			assertThat(seller.steps).doesNotContain("claim", "advance", "release", "redelivered");
		});
	}

	@Test
	void whenPaymentIsRehearsedThenAllStepsOfPaymentsAreTaken() {
		PaymentCodec codec = new PaymentCodec();
		PaymentRehearsal rehearsal = new PaymentRehearsal(codec, Networks.load(), List.of(new Eip3009SignatureCheck()));
		assertThat(rehearsal.isSignatureChecked()).isTrue();
		assertThat(codec.decode(rehearsal.run(), SettlementResponse.class).success()).isTrue();
	}

	@Test
	void whenContextIsNotReadyThenNothingIsRehearsed() {
		this.runner.run((context) -> assertThat(context.getBean(PaymentWarmUp.class).ended()).isNotDone());
	}

	@Test
	void whenDisabledThenNothingIsRehearsed() {
		this.runner.withPropertyValues("x402.validation.warm-up=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PaymentWarmUp.class));
	}

	@Test
	void whenSignaturesAreNotCheckedThenRehearsalEndsWithoutThem() {
		this.runner.withClassLoader(new FilteredClassLoader("org.web3j")).run((context) -> {
			publishReady(context);
			assertThat(context.getBean(PaymentWarmUp.class).ended().get(100, TimeUnit.SECONDS)).isNotNull();
		});
	}

	private static void publishReady(AssertableApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
				context.getSourceApplicationContext(ConfigurableApplicationContext.class), Duration.ZERO));
	}

	@Configuration(proxyBeanMethods = false)
	static class Seller {

		final List<Object> events = new CopyOnWriteArrayList<>();

		final List<String> steps = new CopyOnWriteArrayList<>();

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		PaymentListener listener() {
			return this.events::add;
		}

		@EventListener
		void published(PaymentEvent event) {
			this.events.add(event);
		}

		@Bean
		PaymentStore store() {
			PaymentStore store = new InMemoryPaymentStore(10, Clock.systemUTC());
			return (PaymentStore) Proxy.newProxyInstance(PaymentStore.class.getClassLoader(),
					new Class<?>[] { PaymentStore.class }, (proxy, method, arguments) -> {
						if (method.getDeclaringClass() != Object.class) {
							this.steps.add(method.getName());
						}
						try {
							return method.invoke(store, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					});
		}

	}

}
