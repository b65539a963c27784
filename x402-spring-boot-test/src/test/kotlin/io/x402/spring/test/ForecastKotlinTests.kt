/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test

import io.x402.spring.PaymentRequired
import io.x402.spring.VerifiedPayment
import io.x402.spring.store.PaymentLedger
import io.x402.spring.test.MockMvcPayment.payment
import io.x402.spring.test.PaymentLedgerAssert.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest
import org.springframework.context.annotation.Import
import org.springframework.test.web.servlet.MockMvc
import org.springframework.test.web.servlet.get
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RequestParam
import org.springframework.web.bind.annotation.RestController

@Import(ForecastController::class) // TestShop scans nothing
@WebMvcTest(ForecastController::class)
class ForecastKotlinTests {

    @Autowired lateinit var mockMvc: MockMvc
    @Autowired lateinit var ledger: PaymentLedger

    @Test
    fun `sells the forecast`() {
        mockMvc.get("/forecast?city=Berlin").andExpect { status { isPaymentRequired() } }
        mockMvc.get("/forecast?city=Berlin") { with(payment()) }.andExpect {
            status { isOk() }
            jsonPath("$.city") { value("Berlin") }
        }
        assertThat(ledger).settled("/forecast", "0.05 USDC")
    }

}

@RestController
class ForecastController {

    @PaymentRequired(price = "$0.05", network = ["base-sepolia"])
    @GetMapping("/forecast")
    fun forecast(@RequestParam city: String, payment: VerifiedPayment) = Forecast(city, 21, payment.payer())

}

data class Forecast(val city: String, val celsius: Int, val paidBy: String?)
