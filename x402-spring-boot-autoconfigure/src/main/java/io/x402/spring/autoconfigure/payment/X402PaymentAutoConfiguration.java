/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.access.Passes;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.store.X402LedgerProperties;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreProperties;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SupportedCache;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PayerScreening;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.payment.PaymentProcessorSettings.Waits;
import io.x402.spring.payment.SupportedKindsCheck;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.QuotaStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Auto-configuration for the payment engine.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { X402FacilitatorAutoConfiguration.class, X402StoreAutoConfiguration.class })
@EnableConfigurationProperties({ X402FacilitatorProperties.class, X402StoreProperties.class, X402LedgerProperties.class,
		X402ReconciliationProperties.class, X402ScreeningProperties.class, X402RateLimitProperties.class })
@Import(BackgroundConfiguration.class)
public final class X402PaymentAutoConfiguration {

	private static final Duration PASS_GIVE_BACKS = Duration.ofSeconds(5);

	private static final Duration PASS_MAINTENANCE = Duration.ofMinutes(1);

	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnMissingBean
	PaymentProcessor x402PaymentProcessor(Facilitator facilitator, PaymentStore store, Networks networks,
			ObjectProvider<PayloadCheck> checks, ObjectProvider<PaymentListener> listeners,
			ApplicationEventPublisher events, PaymentProcessorSettings settings, X402Properties properties,
			ObjectProvider<Clock> clock, ObjectProvider<FacilitatorDecorator> decorators,
			ObjectProvider<PayerScreening> screenings, X402RateLimitProperties limits,
			ObjectProvider<VerificationThreads> threads) {
		List<PaymentListener> all = new ArrayList<>(listeners.orderedStream().toList());
		all.add(events::publishEvent);
		PaymentProcessor.Builder builder = PaymentProcessor
			.builder(FacilitatorDecorator.decorate(facilitator, decorators), store, networks, settings,
					clock.getIfUnique(Clock::systemUTC))
			.checks(checks.orderedStream().filter((check) -> isMadeLocally(check, properties.validation())).toList())
			.listeners(all)
			.screenings(screenings.orderedStream().toList())
			.limits(limits.toLimits())
			.cipher(properties.redelivery().cipher());
		threads.ifAvailable((verifications) -> builder.executor(verifications::execute));
		return builder.build();
	}

	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnProperty(name = "x402.settlement.verification", havingValue = "parallel")
	VerificationThreads x402VerificationThreads(Environment environment) {
		return new VerificationThreads(Threading.VIRTUAL.isActive(environment));
	}

	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnProperty("x402.screening.file")
	PayerScreening x402ListedPayers(X402ScreeningProperties properties) {
		return properties.toScreening();
	}

	private static boolean isMadeLocally(PayloadCheck check, X402Properties.Validation validation) {
		return validation.signatures()
				|| !(check instanceof Eip3009SignatureCheck || check instanceof Permit2SignatureCheck);
	}

	@Bean
	PaymentProcessorSettings x402PaymentProcessorSettings(X402Properties properties, X402StoreProperties store) {
		X402Properties.Settlement settlement = properties.settlement();
		X402Properties.Validation validation = properties.validation();
		X402Properties.Redelivery redelivery = properties.redelivery();
		return new PaymentProcessorSettings(settlement.maxRepeatWait(), store.retention(), redelivery.window(),
				redelivery.maxReruns(), redelivery.paymentIdentifier())
			.withUnchargedRuns(settlement.maxUnchargedRuns())
			.withVerifyUpfront(settlement.verifyUpfront())
			.withVerification(settlement.verification())
			.withWaits(new Waits(settlement.maxConcurrentWaitsPerPayment(), settlement.maxConcurrentWaits()))
			.withBudget(new VerificationBudget(validation.maxInvalidPerPayer(), validation.maxInvalidPerClient(),
					validation.maxInvalid()));
	}

	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnBooleanProperty(name = "x402.facilitator.supported.check", matchIfMissing = true)
	SupportedKindsCheck x402SupportedKindsCheck(ObjectProvider<SupportedKinds> kinds, Facilitator facilitator) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("x402-supported-");
		executor.setDaemon(true);
		return new SupportedKindsCheck(kinds.getIfAvailable(() -> SupportedCache.of(facilitator)), executor);
	}

	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnBooleanProperty(name = "x402.validation.warm-up", matchIfMissing = true)
	PaymentWarmUp x402PaymentWarmUp(PaymentCodec codec, Networks networks, ObjectProvider<PayloadCheck> checks,
			X402Properties properties) {
		return new PaymentWarmUp(new PaymentRehearsal(codec, networks,
				checks.stream()
					.filter((check) -> check instanceof Eip3009SignatureCheck && properties.validation().signatures())
					.toList()));
	}

	@Bean
	@ConditionalOnBean(PassStore.class)
	BackgroundTask x402PassMaintenance(PassStore passes) {
		return new BackgroundTask("passes", PASS_MAINTENANCE, passes::maintain);
	}

	/**
	 * Passes are those of a web stack, which may be absent.
	 */
	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnBean(PassStore.class)
	BackgroundTask x402PassGiveBacks(ObjectProvider<Passes> passes) {
		return new BackgroundTask("uses of passes", PASS_GIVE_BACKS, () -> passes.forEach(Passes::maintain))
			.runAtStop();
	}

	/**
	 * All stores but the in-memory store need maintenance, including those that the
	 * application declares.
	 */
	@Bean
	@ConditionalOnBean(PaymentStore.class)
	@ConditionalOnMissingBean(InMemoryPaymentStore.class)
	BackgroundTask x402StoreMaintenance(PaymentStore store, X402StoreProperties properties) {
		return new BackgroundTask("store", properties.lease().dividedBy(3), store::maintain);
	}

	@Bean
	@ConditionalOnX402Enabled
	@ConditionalOnBean(QuotaStore.class)
	BackgroundTask x402QuotaMaintenance(QuotaStore quotas) {
		return new BackgroundTask("free calls", Duration.ofMinutes(1), quotas::maintain);
	}

}
