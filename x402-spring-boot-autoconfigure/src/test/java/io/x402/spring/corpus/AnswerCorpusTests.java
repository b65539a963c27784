/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.corpus;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.http.HttpFacilitator;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Our client of a facilitator and the official one before the same answers.
 */
class AnswerCorpusTests {

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(50_000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300, Map.of("name", "USDC", "version", "2"));

	private final AtomicReference<JsonNode> answer = new AtomicReference<>();

	@Test
	void whenAnswerIsOfTheCorpusThenItIsUnderstoodAsTheOfficialClientUnderstandsIt() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", this::answer);
		server.start();
		try {
			URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
			Duration timeout = Duration.ofSeconds(10);
			WebClient client = WebClient.builder().clientConnector(new JdkClientHttpConnector()).build();
			FacilitatorRequest request = request();
			Corpus.of("answers").assertDecidedAlike((each) -> {
				this.answer.set(each);
				// one that does not know the payment from before
				Facilitator facilitator = HttpFacilitator.builder(client, uri.toString())
					.timeouts(timeout, timeout)
					.build();
				return each.get("operation").stringValue().equals("verify") ? verdict(facilitator.verify(request))
						: verdict(facilitator.settle(request));
			});
		}
		finally {
			server.stop(0);
		}
	}

	private static FacilitatorRequest request() {
		String header = Corpus.of("payments").get("v2: as it should be").get("headers").get(0).get(1).stringValue();
		PaymentPayload payment = new PaymentCodec().decodePayment(ProtocolVersion.V2, header);
		return new FacilitatorRequest(payment, OFFER, new ResourceInfo("https://shop.example.com/paid", null, null));
	}

	private static String verdict(VerificationOutcome outcome) {
		if (outcome instanceof VerificationOutcome.Valid) {
			return "agrees";
		}
		return (outcome instanceof VerificationOutcome.Invalid) ? "refuses" : "fails";
	}

	private static String verdict(SettlementOutcome outcome) {
		if (outcome instanceof SettlementOutcome.Settled) {
			return "agrees";
		}
		return (outcome instanceof SettlementOutcome.Declined) ? "refuses" : "fails";
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			byte[] body = this.answer.get().get("body").stringValue().getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(this.answer.get().get("status").intValue(),
					(body.length > 0) ? body.length : -1);
			exchange.getResponseBody().write(body);
		}
	}

}
