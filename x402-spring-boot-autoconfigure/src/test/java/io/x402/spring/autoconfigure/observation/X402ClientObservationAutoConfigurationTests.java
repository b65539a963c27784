/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.observation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.client.PaymentRefusedException;
import io.x402.spring.client.PaymentRequestInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link X402ClientObservationAutoConfiguration}.
 */
class X402ClientObservationAutoConfigurationTests {

	private final ApplicationContextRunner disabled = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402ClientObservationAutoConfiguration.class,
				X402ClientAutoConfiguration.class, X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
				X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class))
		.withPropertyValues("x402.enabled=false", "x402.client.private-key=" + "07".repeat(32));

	private final ApplicationContextRunner runner = this.disabled.withPropertyValues("x402.client.enabled=true");

	@Test
	void whenThereIsNoBuyerThenNothingIsRecorded() {
		this.disabled.withBean(SimpleMeterRegistry.class)
			.withBean(TestObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> assertThat(context).doesNotHaveBean("x402PurchaseMeters")
				.doesNotHaveBean("x402ObservedPurchases"));
	}

	@Test
	void whenThereIsNoRegistryThenNothingIsRecordedAndTheBuyerWorks() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean("x402PurchaseMeters").doesNotHaveBean("x402ObservedPurchases");
			isRefused(context);
		});
	}

	@Test
	void whenMicrometerCoreIsAbsentThenTheBuyerWorks() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterRegistry.class)).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean("x402PurchaseMeters");
			isRefused(context);
		});
	}

	@Test
	void whenThereAreRegistriesThenPurchasesAreCountedAndObserved() {
		this.runner.withBean(SimpleMeterRegistry.class)
			.withBean(TestObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> {
				isRefused(context);
				assertThat(context.getBean(MeterRegistry.class)
					.get("x402.purchases")
					.tags("outcome", "refused", "reason", "unreadable_challenge")
					.counter()
					.count()).isEqualTo(1);
				TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
					.hasSingleObservationThat()
					.hasNameEqualTo("x402.purchase");
			});
	}

	@Test
	void whenRegistriesAreAutoConfiguredThenObservationsBecomeTimers() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
							SimpleMetricsExportAutoConfiguration.class, ObservationAutoConfiguration.class))
			.run((context) -> {
				isRefused(context);
				assertThat(context.getBean(MeterRegistry.class)
					.get("x402.purchase")
					.tag("reason", "unreadable_challenge")
					.timer()
					.count()).isEqualTo(1);
			});
	}

	@Test
	void whenThereAreTwoMeterRegistriesAndNoneIsPrimaryThenPurchasesAreNotCounted() {
		this.runner.withBean("one", SimpleMeterRegistry.class)
			.withBean("two", SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("x402PurchaseMeters"));
	}

	private static void isRefused(BeanFactory context) {
		RestClient client = RestClient.builder()
			.requestFactory((uri, method) -> new MockClientHttpRequest(method, uri) {

				@Override
				protected ClientHttpResponse executeInternal() {
					MockClientHttpResponse answer = new MockClientHttpResponse(new byte[0],
							HttpStatus.PAYMENT_REQUIRED);
					answer.getHeaders().set("PAYMENT-REQUIRED", "4711");
					return answer;
				}

			})
			.requestInterceptor(context.getBean(PaymentRequestInterceptor.class))
			.build();
		assertThatExceptionOfType(PaymentRefusedException.class)
			.isThrownBy(() -> client.get().uri("https://shop.example/").retrieve().toBodilessEntity());
	}

}
