/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Memory that requests keep whose handlers have written as much as is held and have not
 * returned: the used heap with them, less the used heap with requests that wrote nothing.
 */
final class HeldMemory {

	private static final int REQUESTS = 64;

	private static final int REPETITIONS = 5;

	private final HandlerMethod handler = BenchmarkShop.handler("priced");

	private final List<BenchmarkShop> shops = new ArrayList<>();

	HeldMemory() {
		for (int i = 0; i < REQUESTS; i++) {
			this.shops.add(new BenchmarkShop());
		}
	}

	/**
	 * Measure.
	 * @param chunk how many bytes a handler writes at a time
	 * @return bytes for each request
	 */
	long perRequest(int chunk) {
		long[] differences = new long[REPETITIONS];
		for (int i = 0; i < REPETITIONS; i++) {
			differences[i] = run(chunk, BenchmarkShop.HOLD_LIMIT) - run(chunk, 0);
		}
		Arrays.sort(differences);
		return differences[REPETITIONS / 2] / REQUESTS;
	}

	private long run(int chunk, int bytes) {
		CountDownLatch written = new CountDownLatch(REQUESTS);
		CountDownLatch measured = new CountDownLatch(1);
		List<Thread> threads = this.shops.stream()
			.map((shop) -> new Thread(() -> serve(shop, chunk, bytes, written, measured)))
			.toList();
		threads.forEach(Thread::start);
		try {
			written.await();
			long used = used();
			measured.countDown();
			for (Thread thread : threads) {
				thread.join();
			}
			return used;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void serve(BenchmarkShop shop, int chunk, int bytes, CountDownLatch written, CountDownLatch measured) {
		HandlerInterceptor interceptor = shop.interceptor(shop.entryPoint(), BenchmarkShop.checks(false));
		TomcatExchange exchange = shop.paid();
		byte[] content = new byte[chunk];
		FilterChain servlet = (request, response) -> {
			if (!BenchmarkShop.preHandle(interceptor, (HttpServletRequest) request, (HttpServletResponse) response,
					this.handler)) {
				throw new IllegalStateException("The payment is refused");
			}
			for (int left = bytes; left > 0; left -= chunk) {
				response.getOutputStream().write(content, 0, Math.min(left, chunk));
			}
			await(written, measured);
		};
		try {
			shop.filter().doFilter(exchange.request(), exchange.response(), servlet);
		}
		catch (IOException | ServletException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CountDownLatch written, CountDownLatch measured) {
		written.countDown();
		try {
			measured.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static long used() throws InterruptedException {
		Runtime runtime = Runtime.getRuntime();
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			Thread.sleep(50);
			used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
		}
		return used;
	}

}
