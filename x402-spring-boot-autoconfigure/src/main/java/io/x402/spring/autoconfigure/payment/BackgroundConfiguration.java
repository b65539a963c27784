/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.autoconfigure.store.X402LedgerProperties;
import io.x402.spring.autoconfigure.store.X402StoreProperties;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.store.PaymentLedger;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configuration of background work: reconciliation of pending payments, renewal of claims
 * and publication of ledger entries.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnX402Enabled
class BackgroundConfiguration {

	private static final int BATCH = 100;

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.reconciliation.enabled", matchIfMissing = true)
	Reconciliation x402Reconciliation(PaymentProcessor processor, ObjectProvider<SettlementProbe> probes,
			X402ReconciliationProperties properties, X402FacilitatorProperties facilitator) {
		return new Reconciliation(processor.reconciler(probes.orderedStream().toList()),
				properties.maxConcurrentPayments(), facilitator.settleTimeout());
	}

	@Bean
	@ConditionalOnMissingBean
	ManualReconciliation x402ManualReconciliation(PaymentProcessor processor, ObjectProvider<SettlementProbe> probes,
			X402FacilitatorProperties facilitator) {
		return processor.byHand(probes.orderedStream().toList(), facilitator.settleTimeout());
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.reconciliation.enabled", matchIfMissing = true)
	BackgroundTask x402ReconciliationTask(Reconciliation reconciliation, X402ReconciliationProperties properties) {
		return new BackgroundTask("reconciliation", properties.interval(), reconciliation);
	}

	/**
	 * Separate from the maintenance of the store, which may take longer than a lease.
	 */
	@Bean
	BackgroundTask x402ClaimsTask(PaymentProcessor processor, X402StoreProperties store) {
		return new BackgroundTask("claims", store.lease().dividedBy(3), processor::maintain);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.ledger.events", matchIfMissing = true)
	BackgroundTask x402LedgerEventsTask(ObjectProvider<PaymentLedger> ledgers, ApplicationEventPublisher events,
			X402LedgerProperties properties) {
		PaymentLedger ledger = ledgers.getIfUnique();
		return new BackgroundTask("ledger", properties.eventInterval(), () -> publish(ledger, events));
	}

	private static void publish(@Nullable PaymentLedger ledger, ApplicationEventPublisher events) {
		while (ledger != null && ledger.publish(BATCH, events::publishEvent) == BATCH) {
			// More entries may follow
		}
	}

}
