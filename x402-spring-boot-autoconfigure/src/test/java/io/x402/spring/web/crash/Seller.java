/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that sells something, as a process of its own. Tells its port on its
 * standard output.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Seller.Goods.class)
class Seller {

	static final String READY = "READY ";

	static final String DEATH = "seller.death";

	static final String TILL = "seller.till";

	public static void main(String[] arguments) {
		ConfigurableApplicationContext context = start(arguments);
		System.out.println(READY + port(context));
	}

	static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(Seller.class).registerShutdownHook(false).run(arguments);
	}

	static int port(ConfigurableApplicationContext context) {
		return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	@Bean
	static Death death(Environment environment) {
		return new Death(environment.getProperty(DEATH, Moment.class));
	}

	@Bean
	static BeanPostProcessor deadlyStore(Death death) {
		return new BeanPostProcessor() {

			@Override
			public @Nullable Object postProcessAfterInitialization(Object bean, String name) {
				return (bean instanceof PaymentStore store) ? new DeadlyStore(store, death) : bean;
			}

		};
	}

	@Bean
	SecurityFilterChain openDoors(HttpSecurity http) throws Exception {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
	}

	@RestController
	static class Goods {

		private final Death death;

		private final String till;

		Goods(Death death, Environment environment) {
			this.death = death;
			this.till = environment.getRequiredProperty(TILL);
		}

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.05")
		String goods(String id) throws IOException {
			String number = tell(id);
			this.death.at(Moment.IN_HANDLER);
			return "goods " + id + ", run " + number;
		}

		private String tell(String id) throws IOException {
			HttpURLConnection connection = (HttpURLConnection) URI.create(this.till + "/run?" + id)
				.toURL()
				.openConnection();
			return new String(connection.getInputStream().readAllBytes());
		}

	}

}
