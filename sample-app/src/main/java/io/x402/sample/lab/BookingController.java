/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.util.List;

import io.x402.spring.PaymentRequired;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells a row of a table, in the transaction that spans handler and settlement: what is
 * booked has been paid for. Spring MVC alone has such transactions.
 */
@RestController
@Profile("lab & postgres")
@ConditionalOnWebApplication(type = Type.SERVLET)
final class BookingController {

	private final RunLog runs;

	private final JdbcClient database;

	BookingController(RunLog runs, JdbcClient database) {
		this.runs = runs;
		this.database = database;
		database.sql("CREATE TABLE IF NOT EXISTS lab_booking (id VARCHAR(64) NOT NULL)").update();
	}

	@PaymentRequired(price = "$0.01", transactional = true)
	@PostMapping(path = "/lab/audit/booking", produces = MediaType.TEXT_PLAIN_VALUE)
	String book(@RequestParam String id) {
		this.database.sql("INSERT INTO lab_booking (id) VALUES (?)").param(id).update();
		return this.runs.goods("POST /lab/audit/booking", id, 1);
	}

	@GetMapping("/__lab/bookings")
	List<String> bookings() {
		return this.database.sql("SELECT id FROM lab_booking").query(String.class).list();
	}

}
