/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import jakarta.servlet.DispatcherType;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * What all shops have: Spring Security that lets everybody in, and a probe outside of
 * everything else.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ShopConfiguration {

	@Bean
	SecurityFilterChain openToAll(HttpSecurity security) {
		return security.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.csrf((csrf) -> csrf.disable())
			.build();
	}

	@Bean
	ContainerProbe containerProbe() {
		return new ContainerProbe();
	}

	@Bean
	FilterRegistrationBean<ContainerProbe> containerProbeRegistration(ContainerProbe probe) {
		FilterRegistrationBean<ContainerProbe> registration = new FilterRegistrationBean<>(probe);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
		return registration;
	}

}
