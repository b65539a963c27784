/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * A connection to a node, for one request after another.
 */
final class Connection implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(120);

	private final Socket socket;

	private final RawHttp http;

	Connection(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setTcpNoDelay(true);
		this.socket.setSoTimeout((int) TIMEOUT.toMillis());
		this.http = new RawHttp(this.socket.getInputStream());
	}

	RawHttp.Message exchange(byte[] request) throws IOException {
		this.socket.getOutputStream().write(request);
		RawHttp.Message response = this.http.read();
		if (response == null) {
			throw new EOFException("The connection was closed");
		}
		return response;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
