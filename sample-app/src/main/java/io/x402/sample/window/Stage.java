/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.x402.sample.buyer.Buyer;
import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.buyer.Transcript.Authorization;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestBodySpec;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;

/**
 * Plays one scene: sends requests to the shop, signs payments step by step, and tells
 * what happens. It does what the client of the library does for a program, in the open.
 */
final class Stage {

	private static final int MAX_HEADER_LENGTH = 64 * 1024;

	private final PaymentCodec codec = new PaymentCodec(MAX_HEADER_LENGTH);

	private final RestClient shop;

	private final Networks networks;

	private final Showcase showcase;

	private final Buyer buyer;

	private final Set<String> settled = new HashSet<>();

	private final Consumer<Step> audience;

	Stage(RestClient shop, Networks networks, Showcase showcase, Buyer buyer, Consumer<Step> audience) {
		this.shop = shop;
		this.networks = networks;
		this.showcase = showcase;
		this.buyer = buyer;
		this.audience = audience;
	}

	void note(String text) {
		this.audience.accept(Step.note(text));
	}

	void end(String text) {
		this.audience.accept(Step.end(text));
	}

	/**
	 * Send a request.
	 * @param request method, path and body
	 * @param why what a reader should know about it
	 * @param headers headers of the request by name
	 * @return what came back
	 */
	Reply send(Order request, String why, Map<String, String> headers) {
		Map<String, String> shown = new LinkedHashMap<>();
		headers.forEach((name, value) -> shown.put(name, shortened(value)));
		this.audience
			.accept(Step.of(new Step.Request(request.method().name(), request.path(), shown, request.body()), why));
		RequestBodySpec sent = this.shop.method(request.method())
			.uri(URI.create(URI.create(request.path()).toASCIIString()))
			.headers((all) -> headers.forEach(all::set));
		if (request.body() != null) {
			sent.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8)).body(request.body());
		}
		long start = System.nanoTime();
		Reply reply = sent.exchange((any, response) -> {
			byte[] content = read(response);
			return new Reply(response.getHeaders(),
					Answer.of(response.getStatusCode().value(),
							TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), response.getHeaders(), content,
							this.codec),
					content);
		});
		this.audience.accept(Step.of(reply.answer(), this.showcase.add(reply)));
		return reply;
	}

	private byte[] read(ConvertibleClientHttpResponse response) throws IOException {
		InputStream body = response.getBody();
		MediaType type = response.getHeaders().getContentType();
		if (type == null || !MediaType.TEXT_EVENT_STREAM.isCompatibleWith(type)) {
			return body.readAllBytes();
		}
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			content.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
			if (line.startsWith("data:")) {
				this.audience.accept(Step.words(line.substring("data:".length()).strip()));
			}
		}
		return content.toByteArray();
	}

	/**
	 * Sign a payment.
	 * @param reply the answer with the offers
	 * @param wallet who pays
	 * @param place position of the offer
	 * @param value what to sign instead of the amount of the offer, or {@code null}
	 * @return the payment
	 */
	Payment sign(Reply reply, PaymentSigner wallet, int place, @Nullable BigInteger value) {
		PaymentRequiredDocument document = reply.offers();
		PaymentRequirements offer = document.accepts().get(place);
		PaymentRequirements signed = (value != null) ? offer.withAmount(value) : offer;
		long start = System.nanoTime();
		Map<String, Object> payload = wallet.sign(signed, Instant.now().plusSeconds(offer.maxTimeoutSeconds()));
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		EvmPayload readable = EvmPayload.from(payload);
		if (readable == null) {
			throw new IllegalStateException("The scene needs an EVM network");
		}
		this.audience
			.accept(Step.of(Authorization.of(readable, price(signed), name(offer.network()), offer.scheme(), millis)));
		PaymentPayload.V2 payment = new PaymentPayload.V2(ProtocolVersion.V2.number(), resource(document.resource()),
				json(offer), payload, document.extensions());
		return new Payment(this.codec.encode(payment), readable.nonce(), signed);
	}

	private @Nullable Map<String, Object> resource(ResourceInfo resource) {
		return json(resource);
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> json(Object message) {
		return this.codec.read(this.codec.write(message), Map.class);
	}

	/**
	 * Pay for a request.
	 * @param request the same request as before
	 * @param payment the payment
	 * @param why what a reader should know about it
	 * @return what came back
	 */
	Reply pay(Order request, Payment payment, String why) {
		Reply reply = send(request, why, Map.of(ProtocolVersion.V2.paymentHeader(), payment.header()));
		SettlementResponse receipt = reply.answer().receipt();
		if (receipt != null && receipt.success() && this.settled.add(payment.nonce())) {
			BigInteger charged = receipt.settledAmount();
			this.buyer.spent(payment.tokens((charged != null) ? charged : payment.offer().amount(), this.networks));
		}
		return reply;
	}

	/**
	 * Buy something in the usual three steps.
	 * @param request what to buy
	 * @param wallet who pays
	 * @return the paid answer, or the first if there was nothing to pay
	 */
	Bought buy(Order request, PaymentSigner wallet) {
		Reply unpaid = send(request, "The buyer asks, and does not pay yet.", Map.of());
		if (unpaid.answer().paymentRequired() == null) {
			return new Bought(unpaid, null);
		}
		Payment payment = sign(unpaid, wallet, 0, null);
		return new Bought(pay(request, payment, "The same request, with the payment."), payment);
	}

	private String price(PaymentRequirements offer) {
		Asset token = token(offer, this.networks);
		return (token != null)
				? token.toTokens(offer.amount()).stripTrailingZeros().toPlainString() + " " + token.symbol()
				: offer.amount() + " atomic units";
	}

	private static @Nullable Asset token(PaymentRequirements offer, Networks networks) {
		Network network = networks.byId(offer.network());
		return (network != null) ? network.assetAt(offer.asset()) : null;
	}

	private String name(String network) {
		Network known = this.networks.byId(network);
		return (known != null) ? known.name() : network;
	}

	private static String shortened(String value) {
		return value.substring(0, Math.min(value.length(), 12)) + "… (%d characters)".formatted(value.length());
	}

	/**
	 * What is asked of the shop.
	 *
	 * @param method method of the request
	 * @param path path and query
	 * @param body text to be posted, or {@code null}
	 */
	record Order(HttpMethod method, String path, @Nullable String body) {

		static Order get(String path) {
			return new Order(HttpMethod.GET, path, null);
		}

		static Order post(String path, String body) {
			return new Order(HttpMethod.POST, path, body);
		}

	}

	/**
	 * What came back.
	 *
	 * @param headers the headers
	 * @param answer what a reader may see
	 * @param content the body
	 */
	record Reply(HttpHeaders headers, Answer answer, byte[] content) {

		int status() {
			return this.answer.status();
		}

		PaymentRequiredDocument offers() {
			PaymentRequiredDocument offers = this.answer.paymentRequired();
			if (offers == null) {
				throw new IllegalStateException("The shop answered %d and made no offer".formatted(status()));
			}
			return offers;
		}

		String header(String name) {
			String value = this.headers.getFirst(name);
			return (value != null) ? value : "";
		}

	}

	/**
	 * A signed payment, which is as good as money: never shown as a whole.
	 *
	 * @param header value of the header
	 * @param nonce what makes it unique
	 * @param offer what was signed
	 */
	record Payment(String header, String nonce, PaymentRequirements offer) {

		BigDecimal tokens(BigInteger amount, Networks networks) {
			Asset token = token(this.offer, networks);
			return (token != null) ? token.toTokens(amount) : BigDecimal.ZERO;
		}

		@Override
		public String toString() {
			return "Payment[]";
		}

	}

	/**
	 * What was bought.
	 *
	 * @param reply the last answer
	 * @param payment the payment, or {@code null} if there was nothing to pay
	 */
	record Bought(Reply reply, @Nullable Payment payment) {

	}

}
