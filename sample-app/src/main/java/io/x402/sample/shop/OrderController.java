/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.List;

import io.x402.sample.shop.OrderBook.Order;
import io.x402.spring.PaymentRequired;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * One transaction spans handler and settlement, so an order is in the book if, and only
 * if, it was paid.
 */
@RestController
@ConditionalOnWebApplication(type = Type.SERVLET)
final class OrderController {

	private static final int LONGEST = 60;

	private final HandlerRuns runs;

	private final OrderBook book;

	OrderController(HandlerRuns runs, OrderBook book) {
		this.runs = runs;
		this.book = book;
	}

	@PaymentRequired(price = "$0.20", transactional = true, description = "A print, sent by mail")
	@PostMapping("/orders")
	Confirmation order(@RequestBody(required = false) @Nullable String what) {
		String text = (what != null) ? what : "A print";
		return new Confirmation(this.book.add(text.substring(0, Math.min(text.length(), LONGEST))),
				this.runs.served("POST /orders"));
	}

	@GetMapping("/order-book")
	List<Order> orders() {
		return this.book.orders();
	}

	/**
	 * The answer to an order.
	 *
	 * @param order the order
	 * @param source who says so
	 */
	record Confirmation(Order order, String source) {

	}

}
