/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import io.x402.spring.store.PaymentLedger;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.MockMvc;

import static io.x402.spring.test.MockMvcPayment.payment;
import static io.x402.spring.test.PaymentLedgerAssert.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * The example of the README and of docs/testing.md.
 */
@WebMvcTest
class WeatherTests {

	@Autowired
	MockMvc mockMvc;

	@Autowired
	PaymentLedger ledger;

	@Test
	void sellsTheWeather() throws Exception {
		this.mockMvc.perform(get("/weather")).andExpect(status().isPaymentRequired());
		this.mockMvc.perform(get("/weather").with(payment())).andExpect(status().isOk());
		assertThat(this.ledger).settled("/weather", "0.05 USDC");
	}

}
