/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.corpus;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SupportedResponse.Kind;
import io.x402.spring.protocol.VerifyResponse;
import io.x402.spring.server.FacilitatorServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Our facilitator server and the official facilitator before the same requests to verify,
 * on a chain on which nobody is a contract.
 */
class RequestCorpusTests {

	private static final List<PayloadCheck> CHECKS = List.of(new EvmPayloadCheck(Corpus.CLOCK),
			new Eip3009SignatureCheck());

	@Test
	void whenRequestIsOfTheCorpusThenItIsDecidedAsTheOfficialFacilitatorDecidesIt() {
		SimulatedFacilitator chain = new SimulatedFacilitator(
				List.of(new Kind(2, "exact", "eip155:84532", null), new Kind(1, "exact", "base-sepolia", null)), CHECKS,
				BigInteger.TEN.pow(18));
		FacilitatorServer server = new FacilitatorServer(chain, CHECKS, Networks.load(), new PaymentCodec(),
				List.of("0x209693Bc6afc0C5328bA36FaF03C514EF312287C"));
		Corpus.of("requests").assertDecidedAlike((each) -> verdict(server, each));
	}

	private static String verdict(FacilitatorServer server, JsonNode request) {
		Object body = server.verify(request.get("body").stringValue().getBytes(StandardCharsets.UTF_8)).body();
		return (body instanceof VerifyResponse response && response.isValid()) ? "agrees" : "refuses";
	}

}
