/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.math.BigInteger;

import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.MockMvc;

import static io.x402.spring.test.MockMvcPayment.payment;
import static io.x402.spring.test.PaymentLedgerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests of {@link MockMvcPayment} in a slice without a property and without a facilitator
 * of its own.
 */
@WebMvcTest(TestShop.Goods.class)
class MockMvcPaymentTests {

	private static final String OTHER_KEY = "22".repeat(32);

	@Autowired
	private MockMvc mockMvc;

	@Autowired
	private ScriptedFacilitator facilitator;

	@Autowired
	private PaymentLedger ledger;

	@BeforeEach
	void reset() {
		this.facilitator.reset();
	}

	@Test
	void whenRequestIsPaidThenHandlerRunsAndIsSettled() throws Exception {
		this.mockMvc.perform(get("/weather").with(payment()))
			.andExpect(status().isOk())
			.andExpect(content().string(containsString("sunny")))
			.andExpect(header().exists("PAYMENT-RESPONSE"));
		assertThat(this.ledger).settled("/weather", "0.05 USDC").settled("GET /weather", "$0.05");
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenRequestHasBodyThenHandlerGetsIt() throws Exception {
		this.mockMvc.perform(post("/echo").content("hello").with(payment()))
			.andExpect(status().isOk())
			.andExpect(content().string("echo of hello"));
	}

	@Test
	void whenNetworkIsChosenThenItsOfferIsPaid() throws Exception {
		this.mockMvc.perform(post("/echo").content("a").with(payment().on("base-sepolia"))).andExpect(status().isOk());
		this.mockMvc.perform(post("/echo").content("a").with(payment().on("base"))).andExpect(status().isOk());
		assertThat(this.facilitator.settleRequests()).extracting((request) -> request.requirements().network())
			.containsExactly("eip155:84532", "eip155:8453");
	}

	@Test
	void whenBuyerIsOfVersion1ThenReceiptIsOfVersion1() throws Exception {
		this.mockMvc.perform(get("/weather").with(payment().version1()))
			.andExpect(status().isOk())
			.andExpect(header().exists("X-PAYMENT-RESPONSE"));
	}

	@Test
	void whenPayerIsChosenThenHandlerSeesIt() throws Exception {
		this.mockMvc.perform(get("/weather").with(payment().by(OTHER_KEY)))
			.andExpect(content().string(containsString(new PrivateKeySigner(OTHER_KEY).address())));
	}

	@Test
	void whenHandlerChargesLessThenThatIsSettled() throws Exception {
		this.mockMvc.perform(get("/metered").with(payment().scheme("upto"))).andExpect(status().isOk());
		assertThat(this.ledger).settled("/metered", "$0.25");
	}

	@Test
	void whenPaymentIsNotValidThenIsRefused() throws Exception {
		for (MockMvcPayment invalid : new MockMvcPayment[] { payment().expired(), payment().wronglySigned(),
				payment().amount(BigInteger.ONE), payment().payTo("0x000000000000000000000000000000000000bEEF") }) {
			this.mockMvc.perform(get("/weather").with(invalid)).andExpect(status().isPaymentRequired());
		}
		assertThat(this.facilitator.settleRequests()).isEmpty();
	}

	@Test
	void whenPaymentIsSignedOnceThenRepetitionIsDeliveredAgain() throws Exception {
		MockMvcPayment payment = payment().signedOnce();
		String first = this.mockMvc.perform(get("/weather").with(payment))
			.andReturn()
			.getResponse()
			.getContentAsString();
		this.mockMvc.perform(get("/weather").with(payment))
			.andExpect(status().isOk())
			.andExpect(content().string(first));
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenPaymentIsNotSignedOnceThenEachRequestIsPaid() throws Exception {
		MockMvcPayment payment = payment();
		this.mockMvc.perform(get("/weather").with(payment)).andExpect(status().isOk());
		this.mockMvc.perform(get("/weather").with(payment)).andExpect(status().isOk());
		assertThat(this.facilitator.settleRequests()).hasSize(2);
	}

	@Test
	void whenFacilitatorDeclinesThenNothingIsDelivered() throws Exception {
		this.facilitator.declines(ReasonCode.INSUFFICIENT_FUNDS);
		this.mockMvc.perform(get("/weather").with(payment())).andExpect(status().isPaymentRequired());
		assertThat(this.ledger).declined("/weather");
	}

	@Test
	void whenFacilitatorRefusesThenHandlerDoesNotRun() throws Exception {
		this.facilitator.refuses(ReasonCode.INSUFFICIENT_FUNDS);
		this.mockMvc.perform(get("/weather").with(payment())).andExpect(status().isPaymentRequired());
		assertThat(this.facilitator.verifyRequests()).hasSize(1);
		assertThat(this.facilitator.settleRequests()).isEmpty();
	}

	@Test
	void whenFacilitatorTimesOutThenPaymentIsPending() throws Exception {
		this.facilitator.timesOut();
		this.mockMvc.perform(get("/weather").with(payment()))
			.andExpect(status().isServiceUnavailable())
			.andExpect(header().exists("Retry-After"));
		assertThat(this.ledger).pending("/weather");
	}

	@Test
	void whenFacilitatorFailsThenBuyerIsPutOff() throws Exception {
		this.facilitator.fails(500);
		this.mockMvc.perform(get("/weather").with(payment())).andExpect(status().isServiceUnavailable());
		this.facilitator.failsToSettle(502);
		this.mockMvc.perform(get("/weather").with(payment())).andExpect(status().isServiceUnavailable());
		assertThat(this.ledger).pending("/weather");
	}

	@Test
	void whenHandlerIsFreeThenSaysSo() {
		assertThatIllegalStateException().isThrownBy(() -> this.mockMvc.perform(get("/free").with(payment())))
			.withMessageContaining("status 200 instead of 402");
	}

	@Test
	void whenNoOfferFitsThenSaysWhatThereIs() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mockMvc.perform(get("/weather").with(payment().on("polygon"))))
			.withMessageContaining("eip155:84532");
	}

}
