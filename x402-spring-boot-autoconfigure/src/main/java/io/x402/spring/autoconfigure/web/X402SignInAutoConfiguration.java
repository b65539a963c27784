/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.signin.SignIn;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for buyers that sign in to use the passes and balances they own.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = X402PaymentAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnX402Enabled
@ConditionalOnBooleanProperty("x402.sign-in.enabled")
@EnableConfigurationProperties(X402SignInProperties.class)
public final class X402SignInAutoConfiguration {

	private static final String SECRET = "x402.passes.secret";

	private static final int KEY_LENGTH = 32;

	@Bean
	@ConditionalOnMissingBean
	SignIn x402SignIn(X402SignInProperties signIn, X402Properties properties, PaymentCodec codec, PaymentStore store,
			ObjectProvider<Clock> clock, ObjectProvider<SignIn.ContractAccounts> contracts, Environment environment) {
		SignIn plain = new SignIn(signIn.toSettings(properties.baseUrl()), key(environment, store), codec, store,
				clock.getIfUnique(Clock::systemUTC));
		SignIn.ContractAccounts nodes = contracts.getIfUnique();
		return (nodes != null) ? plain.withContracts(nodes) : plain;
	}

	/**
	 * With a secret of its own, each instance would refuse what others have issued, and
	 * buyers would pay again.
	 */
	private static byte[] key(Environment environment, PaymentStore store) {
		String secret = environment.getProperty(SECRET);
		if (secret != null) {
			return secret.getBytes(StandardCharsets.UTF_8);
		}
		if (!(store instanceof InMemoryPaymentStore)) {
			throw new InvalidPropertyException(SECRET, null,
					"is required where buyers can sign in to several instances",
					"Set random characters, such as those that 'openssl rand -base64 32' prints, the same for all "
							+ "instances.");
		}
		byte[] key = new byte[KEY_LENGTH];
		new SecureRandom().nextBytes(key);
		return key;
	}

}
