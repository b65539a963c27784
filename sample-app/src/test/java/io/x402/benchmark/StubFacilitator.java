/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A facilitator behind a socket that agrees to everything at once, each time with another
 * transaction.
 */
final class StubFacilitator implements AutoCloseable {

	private final ServerSocket server = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());

	private final AtomicLong transactions = new AtomicLong();

	private final byte[] valid;

	private final String payer;

	private final String network;

	private final long delay;

	StubFacilitator(String payer, String network) throws IOException {
		this(payer, network, 0);
	}

	/**
	 * Create a facilitator that takes its time.
	 * @param delay milliseconds until it responds to a call
	 */
	StubFacilitator(String payer, String network, long delay) throws IOException {
		this.delay = delay;
		this.payer = payer;
		this.network = network;
		this.valid = response("{\"isValid\":true,\"payer\":\"" + payer + "\"}");
		start(this::accept);
	}

	public static void main(String[] args) throws IOException {
		ServerProcess
			.serve(new StubFacilitator(args[0], args[1], (args.length > 2) ? Long.parseLong(args[2]) : 0).server
				.getLocalPort());
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getLocalPort();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				socket.setTcpNoDelay(true);
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				if (!this.server.isClosed()) {
					throw new UncheckedIOException(ex);
				}
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			RawHttp http = new RawHttp(socket.getInputStream());
			OutputStream out = socket.getOutputStream();
			for (RawHttp.Message message = http.read(); message != null; message = http.read()) {
				if (this.delay > 0) {
					Thread.sleep(this.delay);
				}
				out.write(message.head().startsWith("POST /verify") ? this.valid : settled());
			}
		}
		catch (IOException ex) {
			// The client has closed the connection
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private byte[] settled() {
		String number = Long.toHexString(this.transactions.incrementAndGet());
		return response("{\"success\":true,\"transaction\":\"0x" + "0".repeat(64 - number.length()) + number
				+ "\",\"network\":\"" + this.network + "\",\"payer\":\"" + this.payer + "\"}");
	}

	private static byte[] response(String json) {
		return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n"
				+ json)
			.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "stub-facilitator");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
