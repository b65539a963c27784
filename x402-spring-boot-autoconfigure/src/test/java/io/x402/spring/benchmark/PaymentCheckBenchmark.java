/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What is done to a payment before the facilitator is asked about it.
 */
@State(Scope.Thread)
public class PaymentCheckBenchmark extends AverageTimeBenchmark {

	/** Ends the engine behind the checks: no claim, no facilitator. */
	private static final PayloadCheck END = (request) -> ReasonCode.REQUEST_REFUSED;

	private final BenchmarkShop shop = new BenchmarkShop();

	private final String header = this.shop.payment();

	private static final RequestIdentity REQUEST = new RequestIdentity("GET /", "", true);

	private final PaymentOffers offers = this.shop.offers();

	private final PaymentProcessor checks = this.shop.processor(BenchmarkShop.checks(false)[0], END);

	private final PaymentProcessor checksAndSignature = this.shop.processor(BenchmarkShop.checks(false)[0],
			new Eip3009SignatureCheck(), END);

	private final PayloadCheck signatureCheck = new Eip3009SignatureCheck();

	private final FacilitatorRequest request = new FacilitatorRequest(
			this.shop.codec().decodePayment(ProtocolVersion.V2, this.header), this.offers.accepts().get(0),
			this.offers.resource());

	@Benchmark
	public PaymentPayload decode() {
		return this.shop.codec().decodePayment(ProtocolVersion.V2, this.header);
	}

	@Benchmark
	public PaymentDecision decodeMatchAndCheck() {
		return this.checks.process(this.offers, decode(), REQUEST);
	}

	@Benchmark
	public PaymentDecision decodeMatchCheckAndSignature() {
		return this.checksAndSignature.process(this.offers, decode(), REQUEST);
	}

	@Benchmark
	public @Nullable ReasonCode signature() {
		return this.signatureCheck.check(this.request);
	}

}
