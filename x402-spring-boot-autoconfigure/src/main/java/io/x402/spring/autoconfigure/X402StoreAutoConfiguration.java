package io.x402.spring.autoconfigure;

import io.x402.spring.payment.InMemoryPaymentStore;
import io.x402.spring.payment.PaymentStore;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration for the {@link PaymentStore}: a bean of the application, else what
 * {@code x402.store.type} says, else the first of JDBC, Redis and memory that is
 * available.
 */
@AutoConfiguration(before = X402AutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@EnableConfigurationProperties(X402Properties.class)
@Import({ StoreConfigurations.Jdbc.class, StoreConfigurations.Redis.class, StoreConfigurations.Memory.class })
public final class X402StoreAutoConfiguration {

	@Bean
	@ConditionalOnBean(PaymentStore.class)
	StoreMaintenance x402StoreMaintenance(PaymentStore store, X402Properties properties) {
		return new StoreMaintenance(store, properties.store().lease().dividedBy(3),
				!(store instanceof InMemoryPaymentStore));
	}

}
