/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.money.Networks;
import io.x402.spring.web.paywall.PaywallPage;
import io.x402.spring.web.paywall.WalletPage;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.util.HtmlUtils;

/**
 * Auto-configuration for the page that browsers get instead of the JSON of a 402
 * response.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass(HtmlUtils.class)
@EnableConfigurationProperties(X402PaywallProperties.class)
public final class X402PaywallAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(PaywallPage.class)
	@ConditionalOnBooleanProperty(name = "x402.paywall.enabled", matchIfMissing = true)
	WalletPage x402WalletPage(Networks networks, X402PaywallProperties properties, ApplicationContext messages) {
		return new WalletPage(networks, properties.toSettings(messages));
	}

}
