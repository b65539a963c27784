/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.transport;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.CommitPoint.Progress;
import io.x402.spring.payment.CommitPoint.Verdict;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.web.Admission;
import io.x402.spring.web.PaymentGate;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RefusalDocument;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.RequestHead;
import io.x402.spring.web.RequestRules;
import io.x402.spring.web.ResponseHeaders;
import io.x402.spring.web.ResponseRules;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;

/**
 * A transport on the HTTP server of the JDK, written with the public types of the engine
 * alone. It holds whole responses in memory and knows neither streams nor dispatches;
 * what is left is what every transport must do.
 */
final class MiniTransport implements HttpHandler {

	private final HandlerPricing pricing;

	private final PaymentGate gate;

	private final PaymentReceipts receipts;

	private final RefusalDocuments refusals;

	private final Handler handler;

	MiniTransport(HandlerPricing pricing, PaymentGate gate, PaymentReceipts receipts, RefusalDocuments refusals,
			Handler handler) {
		this.pricing = pricing;
		this.gate = gate;
		this.receipts = receipts;
		this.refusals = refusals;
		this.handler = handler;
	}

	@Override
	public void handle(HttpExchange exchange) throws IOException {
		Head head = new Head(exchange);
		byte[] body = exchange.getRequestBody().readAllBytes();
		respond(head, body).send(exchange);
	}

	/**
	 * Find the price of the resolved handler, and the payment for it.
	 */
	private Response respond(Head head, byte[] body) {
		PricedRequest priced = this.pricing.find(new Priced(head.exchange()), this.handler);
		PaymentOffers offers = (priced != null) ? priced.offers("http://shop.example.com" + head.path()) : null;
		if (priced == null || offers == null) {
			return this.handler.handle(head::headers);
		}
		Admission admission = this.gate.examine(head, priced, offers);
		if (admission instanceof Admission.Presented presented) {
			RequestFingerprint fingerprint = this.gate.fingerprint(head);
			fingerprint.body(body);
			admission = this.gate.take(head, presented, fingerprint.identity("/report"));
		}
		if (admission instanceof Admission.Paid paid) {
			return runPaid(head, priced, paid.exchange());
		}
		return (admission instanceof Admission.Redelivered redelivered) ? redeliver(redelivered)
				: refuse(head, (Admission.Refused) admission);
	}

	/**
	 * Run the paid handler into a held response, and decide about that.
	 */
	private Response runPaid(Head head, PricedRequest priced, PaymentExchange exchange) {
		CommitPoint point = new CommitPoint(exchange, null);
		Response held;
		try {
			held = this.handler.handle((name) -> RequestRules.isHidden(head.method(), name, head::header) ? List.of()
					: head.headers(name));
		}
		catch (RuntimeException ex) {
			point.abandon(Abandonment.SELLER_FAILURE);
			return Response.of(500);
		}
		held.headers()
			.headerNames()
			.stream()
			.filter(ResponseRules::isReserved)
			.toList()
			.forEach(held.headers()::remove);
		Verdict verdict = point.end(
				new Progress(held.status(), held.headers().getContentLength(), held.body().length, false),
				() -> this.receipts.recorder(head, held.headers(), held.status()).apply(held.body()));
		if (verdict instanceof Verdict.Release) {
			this.receipts.release(ResponseHeaders.of(held.headers()), exchange);
			point.delivered();
			return held;
		}
		if (verdict instanceof Verdict.Refuse refuse) {
			return refuse(head, priced, exchange, refuse.refusal());
		}
		return (verdict instanceof Verdict.Uncharged) ? held.withoutGoods() : Response.of(500);
	}

	private Response refuse(Head head, PricedRequest priced, PaymentExchange exchange, PaymentRefusal refusal) {
		return refuse(head,
				new Admission.Refused(priced.challenge(exchange.offers(), refusal), exchange.payment().version()));
	}

	private Response refuse(Head head, Admission.Refused refused) {
		RefusalDocument document = this.refusals.of(head, refused.challenge());
		HttpHeaders headers = new HttpHeaders();
		this.receipts.refuse(ResponseHeaders.of(headers), refused.challenge(), refused.version());
		document.addTo(ResponseHeaders.of(headers));
		return new Response(document.status(), headers, document.body());
	}

	private Response redeliver(Admission.Redelivered redelivered) {
		HttpHeaders headers = new HttpHeaders();
		this.receipts.redeliver(ResponseHeaders.of(headers), redelivered.response());
		this.receipts.release(ResponseHeaders.of(headers), redelivered.exchange());
		return new Response(redelivered.response().status(), headers, redelivered.response().body());
	}

	/** What is sold. */
	interface Handler {

		Response handle(Request request);

	}

	/** What a handler sees of a request. */
	interface Request {

		List<String> headers(String name);

	}

	/**
	 * A whole response.
	 */
	record Response(int status, HttpHeaders headers, byte[] body) {

		static Response of(int status) {
			return new Response(status, new HttpHeaders(), new byte[0]);
		}

		Response withoutGoods() {
			HttpHeaders kept = new HttpHeaders();
			this.headers.forEach((name, values) -> {
				if (ResponseRules.isOfErrors(name)) {
					kept.put(name, values);
				}
			});
			return new Response(this.status, kept, this.body);
		}

		void send(HttpExchange exchange) throws IOException {
			try (exchange) {
				this.headers.remove(HttpHeaders.CONTENT_LENGTH);
				this.headers.forEach(exchange.getResponseHeaders()::put);
				boolean empty = this.body.length == 0 || exchange.getRequestMethod().equals("HEAD");
				exchange.sendResponseHeaders(this.status, empty ? -1 : this.body.length);
				if (!empty) {
					exchange.getResponseBody().write(this.body);
				}
			}
		}

	}

	/**
	 * A request as prices see it.
	 */
	private record Priced(HttpExchange nativeRequest) implements PricingRequest {

		@Override
		public String method() {
			return this.nativeRequest.getRequestMethod();
		}

		@Override
		public PathContainer path() {
			return PathContainer.parsePath(this.nativeRequest.getRequestURI().getRawPath());
		}

		@Override
		public Map<String, String> pathVariables() {
			return Map.of();
		}

	}

	/**
	 * A request as the gate sees it.
	 */
	private record Head(HttpExchange exchange) implements RequestHead {

		@Override
		public String method() {
			return this.exchange.getRequestMethod();
		}

		@Override
		public String path() {
			return this.exchange.getRequestURI().getRawPath();
		}

		@Override
		public @Nullable String query() {
			return this.exchange.getRequestURI().getRawQuery();
		}

		@Override
		public List<String> headers(String name) {
			return this.exchange.getRequestHeaders().getOrDefault(name, List.of());
		}

		@Override
		public @Nullable String user() {
			return (this.exchange.getPrincipal() != null) ? this.exchange.getPrincipal().getName() : null;
		}

	}

}
