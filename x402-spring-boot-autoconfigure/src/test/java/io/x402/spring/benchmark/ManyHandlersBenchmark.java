/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Answers of applications with few and with many priced handlers, each of which is
 * requested in turn.
 */
@State(Scope.Thread)
public class ManyHandlersBenchmark extends AverageTimeBenchmark {

	@Param({ "1", "100", "10000" })
	public int handlers;

	private TomcatExchange[] exchanges;

	private HandlerMethod[] methods;

	private HandlerInterceptor interceptor;

	private int next;

	@Setup
	public void open() throws Exception {
		this.exchanges = IntStream.range(0, this.handlers)
			.mapToObj((number) -> new TomcatExchange("/weather/" + number, Map.of()))
			.toArray(TomcatExchange[]::new);
		this.methods = new HandlerMethod[this.handlers];
		for (int i = 0; i < this.handlers; i++) {
			this.methods[i] = handler();
		}
		BenchmarkShop shop = new BenchmarkShop();
		this.interceptor = shop.interceptor(shop.entryPoint());
		for (int i = 0; i < this.handlers; i++) {
			// As the report of mappings does at startup
			BenchmarkShop.preHandle(this.interceptor, this.exchanges[i].request(), this.exchanges[i].response(),
					this.methods[i]);
		}
	}

	/**
	 * A handler of a class of its own, made from the bytes of the same one.
	 */
	private static HandlerMethod handler() throws IOException, ReflectiveOperationException {
		Class<?> template = BenchmarkShop.Handlers.class;
		try (InputStream bytes = template
			.getResourceAsStream(template.getName().substring(template.getPackageName().length() + 1) + ".class")) {
			Class<?> type = MethodHandles.lookup()
				.defineHiddenClass(Objects.requireNonNull(bytes).readAllBytes(), false)
				.lookupClass();
			Constructor<?> constructor = type.getDeclaredConstructor();
			constructor.setAccessible(true);
			return new HandlerMethod(constructor.newInstance(), type.getDeclaredMethod("priced"));
		}
	}

	private int next() {
		this.next = (this.next + 1 < this.handlers) ? this.next + 1 : 0;
		return this.next;
	}

	@Benchmark
	public boolean answer() throws Exception {
		int number = next();
		TomcatExchange exchange = this.exchanges[number];
		exchange.reset();
		return BenchmarkShop.preHandle(this.interceptor, exchange.request(), exchange.response(), this.methods[number]);
	}

	/** The same bytes, written by a plain controller. */
	@Benchmark
	public void plain(Plain plain) throws IOException {
		TomcatExchange exchange = this.exchanges[next()];
		exchange.reset();
		plain.write(exchange.response());
	}

}
