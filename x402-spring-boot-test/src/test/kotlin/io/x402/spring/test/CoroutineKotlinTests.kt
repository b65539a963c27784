/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test

import io.x402.spring.PaymentRequired
import io.x402.spring.PaymentScheme
import io.x402.spring.VerifiedPayment
import io.x402.spring.store.PaymentLedger
import io.x402.spring.test.PaymentLedgerAssert.assertThat
import io.x402.spring.test.WebClientPayment.payment
import io.x402.spring.test.autoconfigure.AutoConfigureX402
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.autoconfigure.EnableAutoConfiguration
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.context.ApplicationContext
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.context.annotation.Import
import org.springframework.test.web.reactive.server.WebTestClient
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.reactive.config.EnableWebFlux
import org.springframework.web.reactive.function.server.bodyValueAndAwait
import org.springframework.web.reactive.function.server.coRouter

/** Coroutines on WebFlux. */
@SpringBootTest(
    classes = [CoroutineKotlinTests.Shop::class],
    properties = [
        "spring.main.web-application-type=reactive",
        "x402.routes[0].path=/function",
        "x402.routes[0].price=0.05",
    ],
)
@AutoConfigureX402
class CoroutineKotlinTests {

    @Autowired lateinit var facilitator: ScriptedFacilitator
    @Autowired lateinit var ledger: PaymentLedger

    lateinit var client: WebTestClient

    @BeforeEach
    fun reset(@Autowired context: ApplicationContext) {
        facilitator.reset()
        client = WebTestClient.bindToApplicationContext(context).build()
    }

    @ParameterizedTest
    @CsvSource("/suspended,sunny", "/elsewhere,rainy", "/flow,onetwo", "/function,windy")
    fun `sells what a coroutine returns`(path: String, goods: String) {
        client.get().uri(path).exchange().expectStatus().isEqualTo(402)
        paying().get().uri(path).exchange()
            .expectStatus().isOk()
            .expectHeader().exists("PAYMENT-RESPONSE")
            .expectBody(String::class.java).isEqualTo(goods)
        assertThat(ledger).settled(path, "0.05 USDC")
        assertThat(facilitator.settleRequests()).hasSize(1)
    }

    @ParameterizedTest
    @ValueSource(strings = ["/failing", "/failing-flow"])
    fun `does not charge for a coroutine that fails`(path: String) {
        paying().get().uri(path).exchange().expectStatus().is5xxServerError()
        assertThat(facilitator.settleRequests()).isEmpty()
    }

    @Test
    fun `hands no payment to a coroutine that is not priced`() {
        client.get().uri("/free").exchange().expectBody(String::class.java).isEqualTo("not paid")
    }

    @Test
    fun `charges what a coroutine says`() {
        paying().get().uri("/metered").exchange().expectBody(String::class.java).isEqualTo("metered")
        assertThat(ledger).settled("/metered", "0.01 USDC")
    }

    private fun paying() = client.mutate().filter(payment()).build()

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebFlux
    @Import(Goods::class)
    class Shop {

        @Bean
        fun routes() = coRouter {
            GET("/function") {
                delay(1)
                ok().bodyValueAndAwait("windy")
            }
        }
    }

    @RestController
    class Goods {

        @PaymentRequired(price = "$0.05")
        @GetMapping("/suspended")
        suspend fun suspended(payment: VerifiedPayment): String {
            delay(1)
            return if (payment.payer().isNullOrEmpty()) "nobody" else "sunny"
        }

        @PaymentRequired(price = "$0.05")
        @GetMapping("/elsewhere")
        suspend fun elsewhere(payment: VerifiedPayment?) =
            withContext(Dispatchers.IO) { if (payment == null) "not paid" else "rainy" }

        @PaymentRequired(price = "$0.05")
        @GetMapping("/flow")
        fun flow(): Flow<String> = flow {
            emit("one")
            delay(1)
            emit("two")
        }

        @PaymentRequired(price = "$0.05")
        @GetMapping("/failing")
        suspend fun failing(): String {
            delay(1)
            error("Out of order")
        }

        @PaymentRequired(price = "$0.05")
        @GetMapping("/failing-flow")
        fun failingFlow(): Flow<String> = flow {
            emit("one")
            error("Out of order")
        }

        @PaymentRequired(price = "$0.05", scheme = PaymentScheme.UPTO)
        @GetMapping("/metered")
        suspend fun metered(payment: VerifiedPayment): String {
            delay(1)
            payment.charge("0.01".toBigDecimal())
            return "metered"
        }

        @GetMapping("/free")
        suspend fun free(payment: VerifiedPayment?) = if (payment == null) "not paid" else "paid"
    }
}
