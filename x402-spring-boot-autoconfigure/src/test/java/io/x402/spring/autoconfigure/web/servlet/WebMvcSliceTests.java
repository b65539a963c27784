/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import java.util.List;

import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * A test of the web layer of an application sees payments.
 */
@WebMvcTest(properties = Startup.PAY_TO)
@AutoConfigureMockMvc(addFilters = true)
@Import(FacilitatorDouble.class)
class WebMvcSliceTests {

	@Autowired
	private MockMvc mvc;

	@Autowired
	private FacilitatorDouble facilitator;

	@Test
	void whenRequestHasNoPaymentThenIsAskedForOne() throws Exception {
		this.mvc.perform(get("/sliced").with((request) -> {
			request.setRemoteUser("somebody");
			return request;
		})).andExpect(status().isPaymentRequired()).andExpect(header().exists("PAYMENT-REQUIRED"));
	}

	@Test
	void whenRequestIsPaidThenHandlerRunsAndIsCharged() throws Exception {
		String offers = this.mvc.perform(get("/sliced")).andReturn().getResponse().getHeader("PAYMENT-REQUIRED");
		assertThat(offers).isNotNull();
		List<PaymentRequirements> accepts = new PaymentCodec().decode(offers, PaymentRequiredDocument.class).accepts();
		int settledBefore = this.facilitator.settled();
		this.mvc.perform(get("/sliced").header("PAYMENT-SIGNATURE", new Buyer().pay(accepts.get(0))))
			.andExpect(status().isOk())
			.andExpect(content().string("sold for 10000"))
			.andExpect(header().exists("PAYMENT-RESPONSE"));
		assertThat(this.facilitator.settled() - settledBefore).isOne();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration(excludeName = "org.springframework.boot.security.autoconfigure.web.servlet."
			+ "ServletWebSecurityAutoConfiguration")
	static class Application {

		@RestController
		static class Controller {

			@PaymentRequired(price = "0.01")
			@GetMapping("/sliced")
			String sliced(VerifiedPayment payment) {
				return "sold for " + payment.requirements().amount();
			}

		}

	}

}
