package io.x402.spring.autoconfigure.payment;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.X402RedeliveryProperties;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402LedgerProperties;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.money.Asset;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.InMemoryPaymentStore;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.payment.PaymentProcessorSettings.Waits;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.SupportedKindsCheck;
import io.x402.spring.protocol.PaymentCodec;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Auto-configuration for the payment engine.
 */
@AutoConfiguration(after = { X402FacilitatorAutoConfiguration.class, X402StoreAutoConfiguration.class })
@EnableConfigurationProperties({ X402Properties.class, X402RedeliveryProperties.class,
		X402ReconciliationProperties.class, X402LedgerProperties.class })
@Import(BackgroundConfiguration.class)
public final class X402PaymentAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PaymentCodec x402PaymentCodec() {
		return new PaymentCodec();
	}

	@Bean
	@ConditionalOnMissingBean
	Networks x402Networks(X402Properties properties) {
		Map<String, List<Asset>> assets = new LinkedHashMap<>();
		try {
			for (X402Properties.CustomAsset asset : properties.assets()) {
				assets.computeIfAbsent(asset.network(), (network) -> new ArrayList<>()).add(asset.toAsset());
			}
			return Networks.load().withAssets(assets);
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPropertyException("x402.assets", null, String.valueOf(ex.getMessage()),
					"Correct the entry under x402.assets.");
		}
	}

	@Bean
	@Order(0)
	PayloadCheck x402EvmPayloadCheck(X402Properties properties, ObjectProvider<Clock> clock) {
		return new EvmPayloadCheck(clock.getIfUnique(Clock::systemUTC), properties.validation().margin(),
				properties.validation().maxValidity());
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "x402.enabled", matchIfMissing = true)
	@ConditionalOnMissingBean
	PaymentProcessor x402PaymentProcessor(Facilitator facilitator, PaymentStore store, Networks networks,
			ObjectProvider<PayloadCheck> checks, ObjectProvider<PaymentListener> listeners,
			ApplicationEventPublisher events, X402Properties properties, X402RedeliveryProperties redelivery,
			ObjectProvider<Clock> clock, ObjectProvider<FacilitatorDecorator> decorators) {
		List<PaymentListener> all = new ArrayList<>(listeners.orderedStream().toList());
		all.add(events::publishEvent);
		return new PaymentProcessor(FacilitatorDecorator.decorate(facilitator, decorators), store, networks,
				checks.orderedStream().toList(), all, redelivery.cipher(), settings(properties, redelivery),
				clock.getIfUnique(Clock::systemUTC));
	}

	private static PaymentProcessorSettings settings(X402Properties properties, X402RedeliveryProperties redelivery) {
		X402Properties.Settlement settlement = properties.settlement();
		X402Properties.Validation validation = properties.validation();
		return new PaymentProcessorSettings(settlement.repeatWait(), properties.store().retention(),
				redelivery.window(), redelivery.reruns(), redelivery.paymentIdentifier(), settlement.maxUnchargedRuns(),
				settlement.verifyUpfront(), new Waits(settlement.maxWaitsPerPayment(), settlement.maxWaits()),
				new VerificationBudget(validation.maxInvalidPerPayer(), validation.maxInvalid()));
	}

	@Bean
	@ConditionalOnBooleanProperty(name = { "x402.enabled", "x402.facilitator.check-supported" }, matchIfMissing = true)
	SupportedKindsCheck x402SupportedKindsCheck(Facilitator facilitator) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("x402-supported-");
		executor.setDaemon(true);
		return new SupportedKindsCheck(facilitator, executor);
	}

	/**
	 * The memory needs no maintenance, every other store does, in whatever configuration
	 * it is declared.
	 */
	@Bean
	@ConditionalOnBean(PaymentStore.class)
	@ConditionalOnMissingBean(InMemoryPaymentStore.class)
	BackgroundTask x402StoreMaintenance(PaymentStore store, X402Properties properties) {
		return new BackgroundTask("store", properties.store().lease().dividedBy(3), store::maintain);
	}

	/**
	 * Signatures are checked here only with web3j; without it the facilitator alone
	 * checks them.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.web3j.crypto.Sign")
	@ConditionalOnBooleanProperty(name = "x402.validation.signatures", matchIfMissing = true)
	static class SignatureCheckConfiguration {

		@Bean
		@Order(1)
		PayloadCheck x402Eip3009SignatureCheck() {
			return new Eip3009SignatureCheck();
		}

		@Bean
		@Order(1)
		PayloadCheck x402Permit2SignatureCheck() {
			return new Permit2SignatureCheck();
		}

	}

}
