/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * Sends requests as they are written, which no HTTP client does. One character is one
 * byte.
 */
public final class RawConnection {

	private RawConnection() {
	}

	/**
	 * Send a request and read until the server closes.
	 * @param port port on the loopback interface
	 * @param request the request with its head, to which nothing is added
	 * @return everything the server sent
	 */
	public static String exchange(int port, String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(10_000);
			socket.setTcpNoDelay(true);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return read(socket.getInputStream());
		}
	}

	/**
	 * Send a GET request.
	 * @param port port on the loopback interface
	 * @param target the request target, exactly as it is sent
	 * @param headers more header lines, each ended by CRLF
	 * @return everything the server sent
	 */
	public static String get(int port, String target, String headers) throws IOException {
		return send(port, "GET", target, headers);
	}

	/**
	 * Send a request without body.
	 * @param port port on the loopback interface
	 * @param method the method, exactly as it is sent
	 * @param target the request target, exactly as it is sent
	 * @param headers more header lines, each ended by CRLF
	 * @return everything the server sent
	 */
	public static String send(int port, String method, String target, String headers) throws IOException {
		return exchange(port, method + " " + target + " HTTP/1.1\r\nHost: localhost:" + port
				+ "\r\nConnection: close\r\n" + headers + "\r\n");
	}

	private static String read(InputStream input) throws IOException {
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		byte[] buffer = new byte[8192];
		try {
			for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
				answer.write(buffer, 0, length);
			}
		}
		catch (SocketException ex) {
			// A server that refuses a request may close before it has read all of it
		}
		return answer.toString(StandardCharsets.ISO_8859_1);
	}

}
