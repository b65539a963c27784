package io.x402.spring.autoconfigure;

import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.payment.PaymentLedger;
import io.x402.spring.payment.PaymentProcessor;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What goes on beside requests: looking into unknown settlements and publishing outcomes.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "x402.enabled", matchIfMissing = true)
class BackgroundConfiguration {

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.reconciliation.enabled", matchIfMissing = true)
	Reconciliation x402Reconciliation(PaymentProcessor processor, ObjectProvider<SettlementProbe> probes,
			ReconciliationProperties properties, X402Properties x402) {
		return new Reconciliation(processor.reconciler(probes.orderedStream().toList()), properties.concurrency(),
				x402.facilitator().settleTimeout());
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.reconciliation.enabled", matchIfMissing = true)
	BackgroundTask x402ReconciliationTask(Reconciliation reconciliation, ReconciliationProperties properties) {
		return new BackgroundTask("reconciliation", properties.interval(), reconciliation);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.ledger.events", matchIfMissing = true)
	BackgroundTask x402LedgerEventsTask(ObjectProvider<PaymentLedger> ledgers, ApplicationEventPublisher events,
			LedgerProperties properties) {
		PaymentLedger ledger = ledgers.getIfUnique();
		return new BackgroundTask("ledger", properties.eventInterval(), () -> publish(ledger, events));
	}

	private static void publish(@org.jspecify.annotations.Nullable PaymentLedger ledger,
			ApplicationEventPublisher events) {
		int batch = 100;
		while (ledger != null && ledger.publish(batch, events::publishEvent) == batch) {
			// There may be more
		}
	}

}
