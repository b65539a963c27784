package io.x402.spring.autoconfigure;

import java.util.Map;

import io.x402.spring.evm.onchain.OnChainSettlementProbe;
import io.x402.spring.evm.onchain.OnChainSettlementProbe.LogRange;
import io.x402.spring.evm.onchain.PatientProbe;
import io.x402.spring.evm.onchain.ReceiptCheckingFacilitator;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.money.Networks;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration for the check of receipts of a remote facilitator with an own node.
 */
@AutoConfiguration(after = OnChainFacilitatorAutoConfiguration.class, before = X402AutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "x402.enabled", matchIfMissing = true)
@Conditional(ReceiptCheckAutoConfiguration.HasNode.class)
@ConditionalOnClass(name = "org.web3j.crypto.Sign", value = { RestClient.class, ClientHttpRequestFactoryBuilder.class })
@EnableConfigurationProperties(ReceiptCheckProperties.class)
public final class ReceiptCheckAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(SettlementProbe.class)
	OnChainSettlementProbe x402ReceiptProbe(ReceiptCheckProperties properties, Networks networks) {
		return new OnChainSettlementProbe(
				EvmNodes.chains("x402.receipt-check.rpc-url", properties.rpcUrl(), properties.rpcTimeout(),
						properties.pollInterval()),
				networks, new TokenAmounts(networks).confirmations(properties.confirmations(), Map.of()),
				new LogRange(properties.lookback(), properties.logRange()));
	}

	@Bean
	@Order(0)
	FacilitatorDecorator x402ReceiptCheck(SettlementProbe probe, ReceiptCheckProperties properties, Networks networks) {
		TokenAmounts amounts = new TokenAmounts(networks);
		SettlementProbe patient = new PatientProbe(probe, properties.timeout(), properties.pollInterval());
		return (facilitator) -> new ReceiptCheckingFacilitator(facilitator, patient,
				(offer) -> amounts.isAbove(offer, properties.above()));
	}

	/**
	 * A list has no property of its own name if it is written entry by entry.
	 */
	static final class HasNode extends SpringBootCondition {

		private static final String PROPERTY = "x402.receipt-check.rpc-url";

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			boolean set = Binder.get(context.getEnvironment()).bind(PROPERTY, Bindable.listOf(String.class)).isBound();
			return new ConditionOutcome(set, PROPERTY + (set ? " is set" : " is not set"));
		}

	}

}
