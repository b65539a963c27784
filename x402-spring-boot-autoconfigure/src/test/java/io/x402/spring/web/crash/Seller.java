/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * An application that sells something, as a process of its own. Tells its port on its
 * standard output.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Seller.Goods.class)
class Seller {

	static final String READY = "READY ";

	/** A seller that is started for its classes alone. */
	static final String REHEARSAL = "seller.rehearsal";

	/** Begin of identifiers whose handler fails at its first run. */
	static final String FLAKY = "flaky-";

	static final String TILL = "seller.till";

	public static void main(String[] arguments) throws IOException {
		ConfigurableApplicationContext context = start(arguments);
		if (context.getEnvironment().containsProperty(REHEARSAL)) {
			rehearse(port(context));
			System.exit(SpringApplication.exit(context));
		}
		System.out.println(READY + port(context));
	}

	private static void rehearse(int port) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/goods?id=1")
			.toURL()
			.openConnection();
		connection.getResponseCode();
	}

	static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(Seller.class).registerShutdownHook(false).run(arguments);
	}

	static int port(ConfigurableApplicationContext context) {
		return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	@Bean
	static Death death() {
		return new Death();
	}

	@Bean
	static BeanPostProcessor deadlyStores(Death death) {
		return new BeanPostProcessor() {

			@Override
			public @Nullable Object postProcessAfterInitialization(Object bean, String name) {
				if (bean instanceof PassStore passes) {
					return new DeadlyPassStore(passes, death);
				}
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

		/**
		 * Fails at its first run for an identifier that says so.
		 */
		@GetMapping("/ten")
		@PaymentRequired(price = "$0.05", pass = @Pass(uses = 10))
		String ten(String id) throws IOException {
			return served(id);
		}

		@GetMapping("/credit")
		@PaymentRequired(price = "$0.002", topUp = "$0.02")
		String credit(String id) throws IOException {
			return served(id);
		}

		private String served(String id) throws IOException {
			String number = tell(id);
			if (id.startsWith(FLAKY) && "1".equals(number)) {
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
			}
			return "goods " + id + ", run " + number;
		}

		@GetMapping("/death")
		void die(String moment, int requests) {
			this.death.choose(moment, requests);
		}

		private String tell(String id) throws IOException {
			HttpURLConnection connection = (HttpURLConnection) URI.create(this.till + "/run?" + id)
				.toURL()
				.openConnection();
			return new String(connection.getInputStream().readAllBytes());
		}

	}

}
