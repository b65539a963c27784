/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * The application under attack: a free route, a paid one in either flow, and counts of
 * what its store does. It ends with its standard input.
 */
final class HostileNode {

	private HostileNode() {
	}

	public static void main(String[] args) throws IOException {
		ConfigurableApplicationContext context = start(args);
		System.out.println("port " + Applications.port(context));
		while (System.in.read() >= 0) {
			// Nothing is said to it
		}
		System.exit(0);
	}

	/**
	 * Start the application in this process.
	 * @param properties properties as {@code --key=value}
	 * @return its context
	 */
	static ConfigurableApplicationContext start(String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--server.port=0", "--server.address=127.0.0.1", "--server.tomcat.threads.max=200",
						"--server.tomcat.max-keep-alive-requests=-1", "--spring.main.banner-mode=off",
						"--logging.level.root=error", "--x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
						"--x402.network=base-sepolia", "--x402.base-url=https://shop.example.com"));
		arguments.addAll(List.of(properties));
		SpringApplication application = new SpringApplication(Shop.class);
		application.setRegisterShutdownHook(false);
		return application.run(arguments.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Shop {

		@Bean
		static StoreSteps storeSteps() {
			return new StoreSteps();
		}

		@Bean
		ShopController shopController(StoreSteps steps, ObjectProvider<PaymentLedger> ledger) {
			return new ShopController(steps, ledger);
		}

	}

	@RestController
	static class ShopController {

		private final AtomicInteger runs = new AtomicInteger();

		private final StoreSteps steps;

		private final ObjectProvider<PaymentLedger> ledger;

		ShopController(StoreSteps steps, ObjectProvider<PaymentLedger> ledger) {
			this.steps = steps;
			this.ledger = ledger;
		}

		@GetMapping("/free")
		String free() {
			return "free";
		}

		@GetMapping("/paid")
		@PaymentRequired(price = "$0.01")
		String paid() {
			this.runs.incrementAndGet();
			return "paid";
		}

		@GetMapping("/upfront")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		String upfront() {
			return paid();
		}

		@GetMapping("/plain/{status}")
		ResponseEntity<String> plain(@PathVariable int status) {
			return ResponseEntity.status(status).body("plain");
		}

		/** Threads of the container that wait in a payment. */
		@GetMapping("/waiting")
		String waiting() {
			return Long.toString(Thread.getAllStackTraces()
				.entrySet()
				.stream()
				.filter((thread) -> thread.getKey().getName().startsWith("http-nio"))
				.filter((thread) -> thread.getKey().getState() != Thread.State.RUNNABLE)
				.filter((thread) -> Stream.of(thread.getValue())
					.anyMatch((frame) -> frame.getClassName().startsWith("io.x402.spring.")))
				.count());
		}

		@GetMapping("/counts")
		Map<String, Integer> counts() {
			Map<String, Integer> counts = new HashMap<>(this.steps.counts());
			counts.put("runs", this.runs.get());
			counts.put("rows", rows());
			return counts;
		}

		private int rows() {
			PaymentLedger books = this.ledger.getObject();
			LedgerQuery query = LedgerQuery.all(LedgerQuery.MAX_LIMIT);
			int rows = 0;
			for (List<LedgerEntry> page = books.find(query); !page.isEmpty(); page = books.find(query)) {
				rows += page.size();
				query = query.after(page.get(page.size() - 1));
			}
			return rows;
		}

	}

	/**
	 * Counts the steps of the store by name.
	 */
	static final class StoreSteps implements BeanPostProcessor {

		private final Map<String, AtomicInteger> steps = new ConcurrentHashMap<>();

		Map<String, Integer> counts() {
			Map<String, Integer> counts = new HashMap<>();
			this.steps.forEach((name, count) -> counts.put("store." + name, count.get()));
			return counts;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			return (bean instanceof PaymentStore) ? counting(bean) : bean;
		}

		private Object counting(Object store) {
			return Proxy.newProxyInstance(getClass().getClassLoader(), store.getClass().getInterfaces(),
					(proxy, method, arguments) -> {
						this.steps.computeIfAbsent(method.getName(), (key) -> new AtomicInteger()).incrementAndGet();
						try {
							return method.invoke(store, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
