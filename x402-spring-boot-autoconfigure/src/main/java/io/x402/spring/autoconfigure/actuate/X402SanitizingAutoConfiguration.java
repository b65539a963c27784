package io.x402.spring.autoconfigure.actuate;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration that keeps credentials out of the endpoints of the actuator,
 * whatever else these are allowed to show.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class X402SanitizingAutoConfiguration {

	@Bean
	SanitizingFunction x402SanitizingFunction() {
		return (data) -> SecretProperties.isSecret(data.getKey()) ? data.withSanitizedValue() : data;
	}

}
