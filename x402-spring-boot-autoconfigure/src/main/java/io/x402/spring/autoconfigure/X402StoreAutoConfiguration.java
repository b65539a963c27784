package io.x402.spring.autoconfigure;

import io.x402.spring.payment.PaymentStore;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration for a {@link PaymentStore} that several instances share, if
 * {@code x402.store.type} asks for one. Whatever store there is then, or the application
 * has as a bean, is maintained.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@EnableConfigurationProperties(X402Properties.class)
@Import({ StoreConfigurations.Jdbc.class, StoreConfigurations.Redis.class })
public final class X402StoreAutoConfiguration {

	@Bean
	@ConditionalOnBean(PaymentStore.class)
	BackgroundTask x402StoreMaintenance(PaymentStore store, X402Properties properties) {
		return new BackgroundTask("store", properties.store().lease().dividedBy(3), store::maintain);
	}

}
