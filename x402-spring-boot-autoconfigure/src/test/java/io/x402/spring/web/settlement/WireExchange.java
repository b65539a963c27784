/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One HTTP exchange over a socket of its own, which shows every byte of the answer.
 */
final class WireExchange implements Closeable {

	private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

	/** A machine that is busy with other work may take its time. */
	private static final int READ_TIMEOUT_MILLIS = 120_000;

	private final Socket socket;

	private boolean keepAlive;

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	WireExchange(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(READ_TIMEOUT_MILLIS);
		this.socket.setTcpNoDelay(true);
	}

	/**
	 * Leave the connection open, so that the server marks the end of a response.
	 */
	WireExchange keepAlive() {
		this.keepAlive = true;
		return this;
	}

	WireExchange send(String method, String target, String... headerLines) throws IOException {
		return send(method, target, new byte[0], headerLines);
	}

	WireExchange send(String method, String target, byte[] body, String... headerLines) throws IOException {
		StringBuilder head = new StringBuilder(method + ' ' + target + " HTTP/1.1\r\nHost: shop.test\r\n");
		if (!this.keepAlive) {
			head.append("Connection: close\r\n");
		}
		for (String line : headerLines) {
			head.append(line).append("\r\n");
		}
		if (body.length > 0) {
			head.append("Content-Length: ").append(body.length).append("\r\n");
		}
		ByteArrayOutputStream request = new ByteArrayOutputStream();
		request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
		request.writeBytes(body);
		this.socket.getOutputStream().write(request.toByteArray());
		return this;
	}

	WireExchange sendChunked(String method, String target, byte[] body, String... headerLines) throws IOException {
		String[] lines = Arrays.copyOf(headerLines, headerLines.length + 1);
		lines[headerLines.length] = "Transfer-Encoding: chunked";
		send(method, target, lines);
		ByteArrayOutputStream chunk = new ByteArrayOutputStream();
		chunk.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
		chunk.writeBytes(body);
		chunk.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		this.socket.getOutputStream().write(chunk.toByteArray());
		return this;
	}

	/**
	 * Send exactly these characters.
	 */
	WireExchange sendText(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		return this;
	}

	/**
	 * Send no more, and go on receiving.
	 */
	WireExchange endRequest() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/**
	 * Return whether a byte of the answer has arrived.
	 */
	boolean hasReceived() {
		try {
			return this.socket.getInputStream().available() > 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	/**
	 * Read the whole answer.
	 */
	WireResponse receive() throws IOException {
		return new WireResponse(receiveAll());
	}

	/**
	 * Read everything until the server ends the connection.
	 */
	byte[] receiveAll() throws IOException {
		this.socket.getInputStream().transferTo(this.received);
		return this.received.toByteArray();
	}

	/**
	 * Read one answer, although the server may leave the connection open after it.
	 */
	WireResponse receiveOne() throws IOException {
		String head = receiveUntil("\r\n\r\n");
		Matcher length = LENGTH.matcher(head);
		if (length.find()) {
			this.received.writeBytes(this.socket.getInputStream().readNBytes(Integer.parseInt(length.group(1))));
		}
		else if (head.contains("chunked")) {
			receiveUntil("\r\n0\r\n\r\n");
		}
		else {
			return receive();
		}
		return new WireResponse(this.received.toByteArray());
	}

	/**
	 * Read until a text has arrived.
	 */
	String receiveUntil(String text) throws IOException {
		InputStream input = this.socket.getInputStream();
		while (!soFar().contains(text)) {
			int next = input.read();
			if (next < 0) {
				throw new IOException("'" + text + "' did not come, but this: " + soFar());
			}
			this.received.write(next);
		}
		return soFar();
	}

	private String soFar() {
		return this.received.toString(StandardCharsets.UTF_8);
	}

	/**
	 * Reset the connection.
	 */
	void abort() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
