/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The last orders. What is ordered in a transaction is in the book once it is committed,
 * as in a database.
 */
@Component
final class OrderBook {

	private static final int MOST = 5;

	private final AtomicLong numbers = new AtomicLong();

	private final Deque<Order> orders = new ArrayDeque<>();

	/**
	 * Take an order, in a transaction.
	 * @param what what is ordered
	 * @return the order
	 */
	Order add(String what) {
		Order order = new Order(this.numbers.incrementAndGet(), what);
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				keep(order);
			}

		});
		return order;
	}

	private synchronized void keep(Order order) {
		this.orders.addLast(order);
		if (this.orders.size() > MOST) {
			this.orders.removeFirst();
		}
	}

	synchronized List<Order> orders() {
		return List.copyOf(this.orders);
	}

	/**
	 * An order.
	 *
	 * @param number its number
	 * @param what what was ordered
	 */
	record Order(long number, String what) {

	}

}
