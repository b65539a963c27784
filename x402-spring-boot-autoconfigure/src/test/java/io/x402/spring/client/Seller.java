/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A seller over a bare socket, which can do whatever a server must not: one request for
 * each connection.
 */
final class Seller implements AutoCloseable {

	private final ServerSocket server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final Function<Request, Answer> behaviour;

	/**
	 * Open a shop.
	 * @param behaviour answers requests
	 */
	Seller(Function<Request, Answer> behaviour) {
		this.behaviour = behaviour;
		try {
			this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
	}

	/**
	 * Open a shop that asks for a price and delivers to whoever sends a payment.
	 */
	static Seller honest(long amount) {
		return new Seller((request) -> (request.payment() != null) ? Answer.delivered(request)
				: Answer.unpaid(Offers.header(Offers.usdc(amount))));
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.server.getLocalPort() + path);
	}

	List<Request> requests() {
		return this.requests;
	}

	/**
	 * Return the payments that were sent, in their order.
	 */
	List<String> payments() {
		List<String> payments = new ArrayList<>();
		this.requests.forEach((request) -> {
			String payment = request.payment();
			if (payment != null) {
				payments.add(payment);
			}
		});
		return payments;
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				this.threads.execute(() -> serve(socket));
			}
			catch (SocketException ex) {
				return;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			Request request = Request.read(new BufferedInputStream(socket.getInputStream()));
			if (request == null) {
				return;
			}
			this.requests.add(request);
			Answer answer = this.behaviour.apply(request);
			if (answer != Answer.NONE) {
				answer.write(socket.getOutputStream());
			}
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.shutdownNow();
	}

	/**
	 * A request as it was sent.
	 */
	record Request(String method, String path, Map<String, String> headers, String body) {

		@Nullable String payment() {
			String payment = this.headers.get("payment-signature");
			return (payment != null) ? payment : this.headers.get("x-payment");
		}

		static @Nullable Request read(InputStream in) throws IOException {
			String line = line(in);
			if (line.isEmpty()) {
				return null;
			}
			Map<String, String> headers = new TreeMap<>();
			for (String header = line(in); !header.isEmpty(); header = line(in)) {
				int colon = header.indexOf(':');
				headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
			}
			String[] words = line.split(" ");
			return new Request(words[0], words[1], headers, body(in, headers));
		}

		private static String body(InputStream in, Map<String, String> headers) throws IOException {
			if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
				ByteArrayOutputStream body = new ByteArrayOutputStream();
				for (int size = chunk(in); size > 0; size = chunk(in)) {
					body.write(in.readNBytes(size));
					line(in);
				}
				line(in);
				return body.toString(StandardCharsets.UTF_8);
			}
			int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
			return new String(in.readNBytes(length), StandardCharsets.UTF_8);
		}

		private static int chunk(InputStream in) throws IOException {
			return Integer.parseInt(line(in), 16);
		}

		private static String line(InputStream in) throws IOException {
			ByteArrayOutputStream line = new ByteArrayOutputStream();
			for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
				if (c != '\r') {
					line.write(c);
				}
			}
			return line.toString(StandardCharsets.ISO_8859_1);
		}

	}

	/**
	 * An answer to be sent, with the length it claims to have.
	 */
	record Answer(int status, Map<String, String> headers, String body, int claimedLength) {

		/** The connection is closed without an answer. */
		static final Answer NONE = new Answer(0, Map.of(), "", 0);

		static final String GOODS = "the goods";

		static Answer of(int status, Map<String, String> headers, String body) {
			return new Answer(status, headers, body, body.getBytes(StandardCharsets.UTF_8).length);
		}

		static Answer unpaid(String header) {
			return of(402, Map.of("PAYMENT-REQUIRED", header), "{}");
		}

		static Answer delivered(Request request) {
			return of(200, Map.of("PAYMENT-RESPONSE", Offers.receipt()), GOODS + " " + request.body());
		}

		/** The connection breaks within the body. */
		Answer cut() {
			return new Answer(this.status, this.headers, this.body, this.claimedLength + 1000);
		}

		void write(OutputStream out) throws IOException {
			StringBuilder head = new StringBuilder("HTTP/1.1 " + this.status + " Some\r\nConnection: close\r\n");
			this.headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
			head.append("Content-Length: ").append(this.claimedLength).append("\r\n\r\n").append(this.body);
			out.write(head.toString().getBytes(StandardCharsets.UTF_8));
			out.flush();
		}

	}

}
