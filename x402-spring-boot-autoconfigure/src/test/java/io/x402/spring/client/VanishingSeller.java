/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.client.Seller.Request;

/**
 * A seller that answers 402 on a connection that it keeps, reads the paid request on it
 * and breaks the connection. It is always at the same address.
 */
final class VanishingSeller implements AutoCloseable {

	private final Set<String> payments = ConcurrentHashMap.newKeySet();

	private final AtomicInteger paidRequests = new AtomicInteger();

	private final boolean listening;

	private ServerSocket server;

	private int port;

	/**
	 * Create a seller.
	 * @param listening whether it takes further connections after it has read a payment,
	 * otherwise nothing listens until it is opened again
	 */
	VanishingSeller(boolean listening) {
		this.listening = listening;
	}

	void open() {
		try {
			if (this.server != null) {
				this.server.close();
			}
			this.server = new ServerSocket();
			this.server.setReuseAddress(true);
			this.server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 10);
			this.port = this.server.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		ServerSocket current = this.server;
		start(() -> accept(current));
	}

	URI uri() {
		return URI.create("http://127.0.0.1:" + this.port + "/");
	}

	Set<String> payments() {
		return this.payments;
	}

	/**
	 * Return how often a payment arrived, repetitions of HTTP clients included.
	 */
	int paidRequests() {
		return this.paidRequests.get();
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
	}

	private void accept(ServerSocket current) {
		while (!current.isClosed()) {
			try {
				Socket socket = current.accept();
				start(() -> serve(current, socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(ServerSocket current, Socket socket) {
		try (socket) {
			BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
			Request request = Request.read(in);
			while (request != null && request.payment() == null) {
				answer(socket.getOutputStream());
				request = Request.read(in);
			}
			if (request != null) {
				this.payments.add(request.payment());
				this.paidRequests.incrementAndGet();
				if (!this.listening) {
					current.close();
				}
			}
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

	private static void answer(OutputStream out) throws IOException {
		out.write(("HTTP/1.1 402 Some\r\nPAYMENT-REQUIRED: " + Offers.header(Offers.usdc(50_000))
				+ "\r\nContent-Length: 2\r\n\r\n{}")
			.getBytes(StandardCharsets.UTF_8));
		out.flush();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
