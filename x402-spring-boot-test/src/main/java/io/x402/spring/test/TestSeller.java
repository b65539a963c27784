/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.money.Price;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback address that sells one text at every path, for tests of
 * buyers. Payments are verified and settled by a {@link ScriptedFacilitator}, so that it
 * declines, does not respond or loses responses as a test says. A repeated payment is
 * settled again, which moves no money twice. Speaks version 2 of the protocol, scheme
 * {@code exact}. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class TestSeller implements AutoCloseable {

	/**
	 * The text that is sold.
	 */
	public static final String CONTENT = "what was paid for";

	/** The address of the examples of the protocol. */
	private static final String RECIPIENT = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final int VALIDITY_SECONDS = 60;

	private static final int OK = 200;

	private static final int PAYMENT_REQUIRED = 402;

	private static final int SERVICE_UNAVAILABLE = 503;

	private final PaymentCodec codec = new PaymentCodec();

	private final List<PaymentPayload> payments = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Network network;

	private final ScriptedFacilitator facilitator;

	private final HttpServer server;

	private volatile Price price;

	private volatile String recipient = RECIPIENT;

	private volatile boolean hangsUp;

	private TestSeller(Price price, Network network, HttpServer server) {
		this.price = price;
		this.network = network;
		this.server = server;
		SchemeRules exact = Schemes.of(offer());
		this.facilitator = new ScriptedFacilitator(exact.kinds(network.networkId(), network.v1Name(), RECIPIENT),
				List.of(new Eip3009SignatureCheck(), new Permit2SignatureCheck()));
		server.setExecutor(this.threads);
		server.createContext("/", this::handle);
		server.start();
	}

	/**
	 * Start a server on a free port.
	 * @param price the price, such as {@code $0.01}
	 * @param network name or CAIP-2 identifier of an EVM network, such as
	 * {@code base-sepolia}
	 * @return the seller
	 * @throws io.x402.spring.money.InvalidPriceException if price or network is not valid
	 * @throws UncheckedIOException if there is no free port
	 */
	public static TestSeller start(String price, String network) {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			return new TestSeller(Price.parse(price), Networks.load().get(network), server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the URL of a resource.
	 * @param path the path, which begins with a slash
	 * @return the URL
	 */
	public String url(String path) {
		return "http://localhost:" + this.server.getAddress().getPort() + path;
	}

	/**
	 * Return the facilitator, to say what becomes of payments and to see them.
	 * @return the facilitator
	 */
	public ScriptedFacilitator facilitator() {
		return this.facilitator;
	}

	/**
	 * Return the payments that were received, repetitions included.
	 * @return the payments in their order
	 */
	public List<PaymentPayload> payments() {
		return List.copyOf(this.payments);
	}

	/**
	 * Ask for another price from now on.
	 * @param other the price, such as {@code $0.02}
	 * @return this seller
	 * @throws io.x402.spring.money.InvalidPriceException if the text is not a price
	 */
	public TestSeller asks(String other) {
		this.price = Price.parse(other);
		return this;
	}

	/**
	 * Ask for payments to another account from now on.
	 * @param other the address of the account
	 * @return this seller
	 */
	public TestSeller asksToPay(String other) {
		this.recipient = other;
		return this;
	}

	/**
	 * Close the connection of every request with a payment, after the payment was
	 * settled.
	 * @return this seller
	 */
	public TestSeller hangsUp() {
		this.hangsUp = true;
		return this;
	}

	/**
	 * Respond again.
	 * @return this seller
	 */
	public TestSeller responds() {
		this.hangsUp = false;
		return this;
	}

	private PaymentRequirements offer() {
		Asset asset = this.network.assets().get(0);
		return new PaymentRequirements("exact", this.network.id(), asset.toAtomic(this.price.amount()), asset.address(),
				this.recipient, VALIDITY_SECONDS, asset.offerExtra());
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			String payment = exchange.getRequestHeaders().getFirst(ProtocolVersion.V2.paymentHeader());
			if (payment == null) {
				refuse(exchange, null, null);
			}
			else {
				sell(exchange, this.codec.decodePayment(ProtocolVersion.V2, payment));
			}
		}
		catch (InvalidPaymentException ex) {
			refuse(exchange, ex.reason().code(), null);
		}
	}

	private void sell(HttpExchange exchange, PaymentPayload payment) throws IOException {
		boolean repeated = this.payments.contains(payment);
		this.payments.add(payment);
		FacilitatorRequest request = new FacilitatorRequest(payment, offer(), resource(exchange));
		if (repeated) {
			settle(exchange, this.facilitator.settle(request));
			return;
		}
		VerificationOutcome verified = this.facilitator.verify(request);
		if (verified instanceof VerificationOutcome.Invalid invalid) {
			refuse(exchange, invalid.reason(), null);
		}
		else if (verified instanceof VerificationOutcome.Unavailable) {
			putOff(exchange);
		}
		else {
			settle(exchange, this.facilitator.settle(request));
		}
	}

	private void settle(HttpExchange exchange, SettlementOutcome outcome) throws IOException {
		if (this.hangsUp) {
			exchange.close();
		}
		else if (outcome instanceof SettlementOutcome.Settled settled) {
			exchange.getResponseHeaders().set(ProtocolVersion.V2.receiptHeader(), this.codec.encode(settled.receipt()));
			respond(exchange, OK, "text/plain", CONTENT.getBytes(StandardCharsets.UTF_8));
		}
		else if (outcome instanceof SettlementOutcome.Declined declined) {
			refuse(exchange, declined.code().code(), declined.receipt());
		}
		else {
			putOff(exchange);
		}
	}

	private void refuse(HttpExchange exchange, @Nullable String error, @Nullable SettlementResponse receipt)
			throws IOException {
		PaymentRequiredDocument document = new PaymentRequiredDocument(error, resource(exchange), List.of(offer()));
		exchange.getResponseHeaders().set(ProtocolVersion.PAYMENT_REQUIRED_HEADER, this.codec.encode(document));
		if (receipt != null) {
			exchange.getResponseHeaders().set(ProtocolVersion.V2.receiptHeader(), this.codec.encode(receipt));
		}
		respond(exchange, PAYMENT_REQUIRED, "application/json", this.codec.write(document));
	}

	private void putOff(HttpExchange exchange) throws IOException {
		exchange.getResponseHeaders().set("Retry-After", "0");
		respond(exchange, SERVICE_UNAVAILABLE, "text/plain", new byte[0]);
	}

	private static void respond(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", type);
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		if (body.length > 0) {
			exchange.getResponseBody().write(body);
		}
	}

	private ResourceInfo resource(HttpExchange exchange) {
		return new ResourceInfo(url(exchange.getRequestURI().toString()), null, null);
	}

	/**
	 * Stop the server.
	 */
	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdown();
	}

}
