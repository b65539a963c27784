/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import io.x402.sample.common.ReadyReport;
import io.x402.sample.common.SimulatedFacilitatorConfiguration;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * Starts the gateway.
 */
@SpringBootApplication
@EnableConfigurationProperties(GatewayProperties.class)
@Import({ SimulatedFacilitatorConfiguration.class, ReadyReport.class })
public class GatewayApplication {

	/**
	 * Start the gateway.
	 * @param args command line arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(GatewayApplication.class, args);
	}

	/**
	 * Beans of an application come before those of an auto-configuration, which asks for
	 * payments.
	 */
	@Bean
	MappedInterceptor closedOperations(ImportedPrices prices) {
		return new MappedInterceptor(null, new ClosedOperations(prices));
	}

}
