/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.observation;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.observation.DefaultFacilitatorObservationConvention;
import io.x402.spring.observation.FacilitatorObservationContext;
import io.x402.spring.observation.FacilitatorObservationConvention;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static java.time.Instant.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class X402ObservationAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
				X402PaymentAutoConfiguration.class, X402ObservationAutoConfiguration.class))
		.withBean(Facilitator.class, SettlingFacilitator::new);

	@Test
	void whenThereIsNoRegistryThenNothingIsRecorded() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(PaymentProcessor.class)
				.doesNotHaveBean("x402PaymentMeters")
				.doesNotHaveBean(FacilitatorDecorator.class);
			assertThat(settle(context)).isNull();
		});
	}

	@Test
	void whenMicrometerCoreIsAbsentThenStarts() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("x402PaymentMeters"));
	}

	@Test
	void whenThereIsMeterRegistryThenPaymentsAreCounted() {
		this.runner.withBean(SimpleMeterRegistry.class).run((context) -> {
			settle(context);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("x402.payments").tag("outcome", "verified").counter().count()).isEqualTo(1);
			assertThat(registry.get("x402.payments").tag("outcome", "settled").counter().count()).isEqualTo(1);
			assertThat(registry.get("x402.settled.amount").summary().totalAmount()).isEqualTo(0.01);
		});
	}

	@Test
	void whenALimitRefusesPaymentsThenItsPropertyIsCounted() {
		this.runner
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.withPropertyValues("x402.store.max-claims=1")
			.run((context) -> {
				settle(context);
				assertThatExceptionOfType(PaymentStoreException.class)
					.isThrownBy(() -> context.getBean(PaymentStore.class)
						.claim(new NewClaim(new AuthorizationKey("eip155:84532", "0x01", "0x02", "0x03"), "request",
								"payment", now().plusSeconds(60), null)));
				assertThat(context.getBean(MeterRegistry.class)
					.get("x402.limits.refused")
					.tag("limit", "x402.store.max-claims")
					.functionCounter()
					.count()).isEqualTo(1);
			});
	}

	@Test
	void whenRegistriesAreAutoConfiguredThenObservationsBecomeTimers() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
							SimpleMetricsExportAutoConfiguration.class, ObservationAutoConfiguration.class))
			.run((context) -> {
				settle(context);
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(registry.get("x402.verify").tag("outcome", "valid").timer().count()).isEqualTo(1);
				assertThat(registry.get("x402.settle").tag("outcome", "settled").timer().count()).isEqualTo(1);
				assertThat(registry.get("x402.settled.amount").summary().count()).isEqualTo(1);
			});
	}

	@Test
	void whenThereAreTwoMeterRegistriesAndNoneIsPrimaryThenPaymentsAreNotCounted() {
		this.runner.withBean("one", SimpleMeterRegistry.class)
			.withBean("two", SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("x402PaymentMeters"));
	}

	@Test
	void whenThereAreOwnMetersThenTheyReplaceTheDefault() {
		PaymentListener own = (event) -> {
		};
		this.runner.withBean(SimpleMeterRegistry.class)
			.withBean("x402PaymentMeters", PaymentListener.class, () -> own)
			.run((context) -> assertThat(context).getBean("x402PaymentMeters").isSameAs(own));
	}

	@Test
	void whenThereIsObservationRegistryThenFacilitatorOfTheApplicationIsObserved() {
		this.runner.withBean(TestObservationRegistry.class, TestObservationRegistry::create).run((context) -> {
			settle(context);
			assertThat(context).getBean(Facilitator.class).isInstanceOf(SettlingFacilitator.class);
			TestObservationRegistry registry = context.getBean(TestObservationRegistry.class);
			TestObservationRegistryAssert.assertThat(registry).hasObservationWithNameEqualTo("x402.verify");
			TestObservationRegistryAssert.assertThat(registry).hasObservationWithNameEqualTo("x402.settle");
		});
	}

	@Test
	void whenObservationRegistryIsNoopThenPaymentsAreSettled() {
		this.runner.withBean(ObservationRegistry.class, () -> ObservationRegistry.NOOP)
			.run((context) -> assertThat(settle(context)).isNull());
	}

	@Test
	void whenThereIsConventionThenItIsUsed() {
		this.runner.withBean(TestObservationRegistry.class, TestObservationRegistry::create)
			.withUserConfiguration(ConventionConfiguration.class)
			.run((context) -> {
				settle(context);
				TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
					.hasObservationWithNameEqualTo("x402.settle")
					.that()
					.hasContextualNameEqualTo("mine");
			});
	}

	@Test
	void whenPaymentsAreDisabledThenNothingIsRecorded() {
		this.runner.withPropertyValues("x402.enabled=false")
			.withBean(SimpleMeterRegistry.class)
			.withBean(TestObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> assertThat(context).doesNotHaveBean("x402PaymentMeters")
				.doesNotHaveBean(FacilitatorDecorator.class));
	}

	private static Object settle(BeanFactory context) {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(10_000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60,
				Map.of("name", "USDC", "version", "2"));
		Map<String, Object> payload = new Eip3009Signer("1".repeat(64)).sign(offer, now()).toMap();
		Map<String, Object> accepted = Map.of("scheme", "exact", "network", offer.network(), "amount", "10000", "asset",
				offer.asset(), "payTo", offer.payTo(), "maxTimeoutSeconds", 60, "extra", offer.extra());
		PaymentDecision decision = context.getBean(PaymentProcessor.class)
			.process(new PaymentOffers(new ResourceInfo("https://shop.example/", null, null), List.of(offer)),
					new PaymentPayload.V2(2, null, accepted, payload, null),
					new RequestIdentity("GET /", "fingerprint", true));
		assertThat(decision).isInstanceOf(PaymentDecision.Accepted.class);
		return ((PaymentDecision.Accepted) decision).exchange().complete(ResponseRecord.notStored());
	}

	private static final class SettlingFacilitator implements Facilitator {

		@Override
		public VerificationOutcome verify(FacilitatorRequest request) {
			return new VerificationOutcome.Valid(null);
		}

		@Override
		public SettlementOutcome settle(FacilitatorRequest request) {
			return new SettlementOutcome.Settled(new SettlementResponse(true, null, null, null, "0x" + "ab".repeat(32),
					request.requirements().network(), null, null, null));
		}

		@Override
		public SupportedResponse supported() {
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConventionConfiguration {

		@Bean
		FacilitatorObservationConvention convention() {
			return new DefaultFacilitatorObservationConvention() {
				@Override
				public String getContextualName(FacilitatorObservationContext context) {
					return "mine";
				}
			};
		}

	}

}
