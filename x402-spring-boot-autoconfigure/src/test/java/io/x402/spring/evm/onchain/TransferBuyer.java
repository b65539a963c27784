/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.Signer;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.TransferPayload;
import io.x402.spring.protocol.TransferQuote;
import io.x402.spring.protocol.TransferQuotes;

/**
 * A buyer that can only send, and a plain client.
 *
 * @param chain the chain
 * @param port where the seller listens
 * @param signer signs for the transfers
 */
record TransferBuyer(TestChain chain, int port, Signer signer) {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final PaymentCodec CODEC = new PaymentCodec();

	static TransferBuyer of(TestChain chain, int port) {
		Signer signer = chain.richSigner();
		chain.mint(signer.address(), TestChain.MONEY);
		return new TransferBuyer(chain, port, signer);
	}

	String address() {
		return this.signer.address();
	}

	HttpResponse<String> get(String target, String... headers) {
		return send("GET", target, null, headers);
	}

	HttpResponse<String> send(String method, String target, String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + target))
			.timeout(Duration.ofMinutes(1))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return CLIENT.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Ask what a resource costs.
	 */
	Quoted quote(String target) {
		return quote("GET", target);
	}

	Quoted quote(String method, String target) {
		PaymentRequiredDocument document = document(send(method, target, (method.equals("GET")) ? null : "text"));
		return new Quoted(document,
				document.accepts()
					.stream()
					.filter((offer) -> offer.scheme().equals("transfer"))
					.findFirst()
					.orElseThrow());
	}

	static PaymentRequiredDocument document(HttpResponse<String> response) {
		return CODEC.decode(response.headers().firstValue("PAYMENT-REQUIRED").orElseThrow(),
				PaymentRequiredDocument.class);
	}

	static SettlementResponse receipt(HttpResponse<String> response) {
		return CODEC.decode(response.headers().firstValue("PAYMENT-RESPONSE").orElseThrow(), SettlementResponse.class);
	}

	static String code(HttpResponse<String> response) {
		return String.valueOf(CODEC.read(response.body().getBytes(StandardCharsets.UTF_8), Map.class).get("code"));
	}

	/**
	 * Transfer what is quoted, from the account itself.
	 * @return hash of the transaction
	 */
	String transfer(Quoted quoted) {
		return transfer(quoted.offer().asset(), quoted.offer().payTo(), quoted.offer().amount());
	}

	String transfer(String token, String to, BigInteger amount) {
		return this.chain.send(address(), call(token, to, amount));
	}

	static ContractCall call(String token, String to, BigInteger amount) {
		return new ContractCall(token,
				Abi.encode(Abi.selector("transfer(address,uint256)"), Abi.address(to), Abi.uint(amount)));
	}

	/**
	 * Sign that a transfer pays for what was quoted.
	 */
	String payment(Quoted quoted, String transaction) {
		return payment(quoted, transaction, address(), 0);
	}

	String payment(Quoted quoted, String transaction, String from, int event) {
		return payment(quoted, transaction, from, event, sign(quoted, transaction, from, event));
	}

	String sign(Quoted quoted, String transaction, String from, int event) {
		TransferPayload transfer = new TransferPayload("0x", from, transaction, event,
				Objects.requireNonNull(TransferQuote.parse(quoted.id())));
		String text = TransferQuotes.text(quoted.offer(), quoted.document().resource().url(), transfer);
		return Hex.of(this.signer.sign(PersonalMessage.digest(text)));
	}

	@SuppressWarnings("unchecked")
	static String payment(Quoted quoted, String transaction, String from, int event, String signature) {
		Map<String, Object> transfer = new LinkedHashMap<>();
		transfer.put("quote", quoted.id());
		transfer.put("from", from);
		transfer.put("transaction", transaction);
		if (event > 0) {
			transfer.put("event", event);
		}
		return CODEC.encode(new PaymentPayload.V2(2, null, CODEC.read(CODEC.write(quoted.offer()), Map.class),
				Map.of("signature", signature, "transfer", transfer), null));
	}

	/**
	 * Say that a payment is for another resource, and that catalogues list it so.
	 */
	static String naming(String payment, String url) {
		PaymentPayload.V2 named = CODEC.decode(payment, PaymentPayload.V2.class);
		Map<String, Object> listed = Map.of("bazaar", Map.of("info", Map.of("resource", url)));
		return CODEC.encode(new PaymentPayload.V2(2, Map.of("url", url), named.accepted(), named.payload(), listed));
	}

	HttpResponse<String> present(String target, String payment) {
		return get(target, "PAYMENT-SIGNATURE", payment);
	}

	/**
	 * What a 402 response quoted.
	 *
	 * @param document the whole response
	 * @param offer the offer of scheme {@code transfer}
	 */
	record Quoted(PaymentRequiredDocument document, PaymentRequirements offer) {

		String id() {
			return String.valueOf(this.offer.extraText("quote"));
		}

	}

}
