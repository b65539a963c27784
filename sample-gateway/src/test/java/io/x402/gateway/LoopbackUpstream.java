/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.springframework.http.HttpHeaders;

/**
 * An API on the loopback address that misbehaves as its path says, byte by byte, and
 * remembers what it was asked. Every connection serves one request.
 */
final class LoopbackUpstream implements AutoCloseable {

	static final String CONTENT = "what the upstream sells";

	private final List<Received> received = new CopyOnWriteArrayList<>();

	private final BlockingQueue<IOException> broken = new LinkedBlockingQueue<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final ServerSocket server;

	private volatile String certs = "{}";

	private volatile CountDownLatch next = new CountDownLatch(1);

	LoopbackUpstream() {
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getLocalPort();
	}

	List<Received> received() {
		return List.copyOf(this.received);
	}

	void reset() {
		this.received.clear();
		this.broken.clear();
		this.next = new CountDownLatch(1);
	}

	/**
	 * Wait for a request that breaks off.
	 */
	boolean isBrokenOff() throws InterruptedException {
		return this.broken.poll(20, TimeUnit.SECONDS) != null;
	}

	void certs(String certs) {
		this.certs = certs;
	}

	/**
	 * Send what a stream of events still has to send.
	 */
	void goOn() {
		this.next.countDown();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				this.threads.execute(() -> serve(socket));
			}
			catch (IOException ex) {
				// Closed
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			Received request;
			try {
				request = read(new BufferedInputStream(socket.getInputStream()));
			}
			catch (IOException ex) {
				this.broken.add(ex);
				throw ex;
			}
			this.received.add(request);
			respond(request, socket, socket.getOutputStream());
		}
		catch (IOException ex) {
			// The gateway has hung up
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void respond(Received request, Socket socket, OutputStream out) throws IOException, InterruptedException {
		String path = request.target().replaceAll("\\?.*", "").replaceFirst("^/free/", "/");
		switch (path) {
			case "/eof" -> {
			}
			case "/reset" -> socket.setSoLinger(true, 0);
			case "/garbage" -> send(out, "this is not HTTP\r\n\r\n");
			case "/cut-off" -> send(out, head("200 OK", "Content-Length: 100") + "part");
			case "/cut-off-chunk" -> send(out, head("200 OK", "Transfer-Encoding: chunked") + "4\r\npart\r\n");
			case "/bad-chunk" -> send(out, head("200 OK", "Transfer-Encoding: chunked") + "what\r\npart\r\n");
			case "/bad-length" -> send(out, head("200 OK", "Content-Length: many") + CONTENT);
			case "/too-long" -> send(out, head("200 OK", "Content-Length: 4", "Connection: close") + CONTENT);
			case "/switches" -> send(out, head("101 Switching Protocols", "Upgrade: chat", "Connection: upgrade"));
			case "/slow" -> this.closed.await();
			case "/stalls" -> {
				send(out, head("200 OK", "Content-Length: 100") + "part");
				this.closed.await();
			}
			case "/certs" -> send(out, ok(this.certs));
			case "/certs/for-an-hour" ->
				send(out, head("200 OK", "Cache-Control: max-age=3600", "Content-Length: " + this.certs.length())
						+ this.certs);
			case "/early-hints" -> send(out, head("103 Early Hints", "Link: </style.css>; rel=preload") + ok(CONTENT));
			case "/redirect" -> send(out, head("302 Found", "Location: /elsewhere", "Content-Length: 0"));
			case "/elsewhere" -> send(out, ok("elsewhere"));
			case "/gzip" -> send(out, head("200 OK", "Content-Encoding: gzip", "Content-Length: 3") + "\u001f\u008bx");
			case "/gzip-cut-off" -> send(out, head("200 OK", "Content-Encoding: gzip", "Content-Length: 100") + "part");
			case "/described-cut-off" ->
				send(out, head("200 OK", "Content-Length: 100", "Content-Disposition: attachment; filename=\"x.bin\"",
						"ETag: \"1\"", "Cache-Control: public, max-age=60") + "part");
			case "/nothing" -> send(out, head("204 No Content"));
			case "/until-closed" -> send(out, head("200 OK") + CONTENT);
			case "/chunked" -> send(out,
					head("200 OK", "Transfer-Encoding: chunked") + chunk("chunk ") + chunk("by itself") + "0\r\n\r\n");
			case "/headers" -> send(out,
					head("200 OK", "PAYMENT-RESPONSE: forged", "X-PAYMENT-RESPONSE: forged", "PAYMENT-REQUIRED: forged",
							"X402-Pass: forged", "Payment-Receipt: forged", "X-Accel-Redirect: /x",
							"Alt-Svc: h2=\"evil:443\"", "Connection: X-Hop, close", "X-Hop: 1", "Keep-Alive: timeout=5",
							"Cache-Control: public, max-age=60", "Set-Cookie: a=1", "X-Kept: yes", "Content-Length: 2")
							+ "{}");
			case "/events", "/events-cut-off" -> {
				send(out, head("200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked")
						+ chunk("data: 1\n\n"));
				this.next.await(10, TimeUnit.SECONDS);
				send(out, path.equals("/events") ? chunk("data: 2\n\n") + "0\r\n\r\n" : "");
			}
			case "/large" -> send(out, ok("x".repeat(1_000_000)));
			case "/large-cut-off" -> send(out, head("200 OK", "Content-Length: 1000000") + "x".repeat(600_000));
			case "/too-large-as-it-says" -> send(out, ok("x".repeat(3_000_000)));
			case "/cut-off-at-first" -> {
				boolean first = this.received.stream().filter((other) -> other.target().endsWith(path)).count() == 1;
				send(out, head("200 OK", "Content-Length: 1000000") + "x".repeat(first ? 600_000 : 1_000_000));
			}
			case "/too-large" ->
				send(out, head("200 OK", "Transfer-Encoding: chunked") + chunk("x".repeat(3_000_000)) + "0\r\n\r\n");
			case "/echo" -> {
				send(out, head("200 OK", "Content-Length: " + request.body().length));
				out.write(request.body());
			}
			default -> send(out, path.startsWith("/status/")
					? head(path.substring("/status/".length()) + " Status", "Content-Length: 0") : ok(CONTENT));
		}
	}

	private static String ok(String content) {
		return head("200 OK", "Content-Type: text/plain", "Content-Length: " + content.length()) + content;
	}

	private static String head(String status, String... headers) {
		StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		return head.append("\r\n").toString();
	}

	private static String chunk(String content) {
		return Integer.toHexString(content.length()) + "\r\n" + content + "\r\n";
	}

	private static void send(OutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	private static Received read(InputStream in) throws IOException {
		String[] first = line(in).split(" ");
		HttpHeaders headers = new HttpHeaders();
		List<String> lines = new ArrayList<>();
		for (String line = line(in); !line.isEmpty(); line = line(in)) {
			lines.add(line);
			headers.add(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
		}
		byte[] body = (headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)) ? chunks(in)
				: in.readNBytes((int) Math.max(0, headers.getContentLength()));
		return new Received(first[0], first[1], headers, body);
	}

	private static byte[] chunks(InputStream in) throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
			body.write(in.readNBytes(size));
			line(in);
		}
		line(in);
		return body.toByteArray();
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int c = in.read(); c != '\n'; c = in.read()) {
			if (c < 0) {
				throw new IOException("Closed");
			}
			line.append((char) c);
		}
		return line.toString().strip();
	}

	@Override
	public void close() throws IOException {
		this.closed.countDown();
		this.server.close();
		this.threads.shutdownNow();
	}

	/**
	 * A request as it arrived.
	 */
	record Received(String method, String target, HttpHeaders headers, byte[] body) {

		List<String> names(Predicate<String> filter) {
			return this.headers.headerNames().stream().filter(filter).toList();
		}

	}

}
