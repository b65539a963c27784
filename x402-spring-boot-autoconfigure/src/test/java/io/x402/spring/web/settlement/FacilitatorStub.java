/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A facilitator on a socket that does to each payment what its script says.
 */
public final class FacilitatorStub implements Closeable {

	private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

	private static final Pattern NONCE = Pattern.compile("\"nonce\":\"(0x[0-9a-f]{64})\"");

	private static final Pattern PAYER = Pattern.compile("\"from\":\"(0x[0-9A-Fa-f]{40})\"");

	private final ServerSocket server;

	private final Map<String, Script> scripts = new ConcurrentHashMap<>();

	private volatile Script others;

	private FacilitatorStub(ServerSocket server) {
		this.server = server;
	}

	public static FacilitatorStub start() {
		try {
			FacilitatorStub stub = new FacilitatorStub(new ServerSocket(0, 500, InetAddress.getLoopbackAddress()));
			start("facilitator-stub", stub::accept);
			return stub;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String url() {
		return "http://127.0.0.1:" + this.server.getLocalPort();
	}

	public Script script(Payment payment, SettleBehaviour behaviour) {
		Script script = new Script(behaviour);
		this.scripts.put(payment.authorization().nonce(), script);
		return script;
	}

	/**
	 * Script the payments that no other script is for.
	 */
	public Script scriptOthers(SettleBehaviour behaviour) {
		Script script = new Script(behaviour);
		this.others = script;
		return script;
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				start("facilitator-stub-connection", () -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			InputStream input = socket.getInputStream();
			String head = readHead(input);
			Matcher length = LENGTH.matcher(head);
			String body = new String(input.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0),
					StandardCharsets.UTF_8);
			if (head.startsWith("POST /verify")) {
				Script script = script(body);
				script.verifications.incrementAndGet();
				script.atVerify.run();
				respond(socket, script.verifyStatus, "{\"isValid\":" + script.valid
						+ ",\"invalidReason\":\"insufficient_funds\",\"payer\":\"" + find(PAYER, body) + "\"}");
			}
			else if (head.startsWith("POST /settle")) {
				settle(socket, input, script(body), body);
			}
			else {
				respond(socket, "404 Not Found", "{}");
			}
		}
		catch (IOException ex) {
			// The other side gave up
		}
	}

	private static void settle(Socket socket, InputStream input, Script script, String body) throws IOException {
		script.settlements.incrementAndGet();
		script.atSettle.run();
		String network = body.contains("\"x402Version\":1,") ? "base-sepolia" : "eip155:84532";
		String transaction = find(NONCE, body);
		String payer = find(PAYER, body);
		switch (script.behaviour) {
			case SETTLED -> respond(socket, "200 OK", receipt(transaction, network, payer, ""));
			case DECLINED -> respond(socket, "200 OK",
					"{\"success\":false,\"errorReason\":\"insufficient_funds\",\"transaction\":\"\",\"network\":\""
							+ network + "\",\"payer\":\"" + payer + "\"}");
			case SERVER_ERROR -> respond(socket, "500 Internal Server Error", "{\"error\":\"boom\"}");
			case TIMEOUT -> input.read();
			case RESET -> socket.setSoLinger(true, 0);
			case GARBAGE -> respond(socket, "200 OK", "<html>Welcome</html>");
			case WITHOUT_TRANSACTION -> respond(socket, "200 OK", receipt("", network, payer, ""));
			case WRONG_NETWORK -> respond(socket, "200 OK", receipt(transaction, "eip155:8453", payer, ""));
			case WRONG_AMOUNT ->
				respond(socket, "200 OK", receipt(transaction, network, payer, ",\"amount\":\"9999\""));
			case WRONG_PAYER -> respond(socket, "200 OK", receipt(transaction, network, Buyer.SELLER, ""));
		}
	}

	private static String receipt(String transaction, String network, String payer, String rest) {
		return "{\"success\":true,\"transaction\":\"" + transaction + "\",\"network\":\"" + network + "\",\"payer\":\""
				+ payer + "\"" + rest + "}";
	}

	private Script script(String body) throws IOException {
		Script script = this.scripts.getOrDefault(find(NONCE, body), this.others);
		if (script == null) {
			throw new IOException("Nobody announced this payment");
		}
		return script;
	}

	private static String find(Pattern pattern, String body) throws IOException {
		Matcher matcher = pattern.matcher(body);
		if (!matcher.find()) {
			throw new IOException("Not a request to a facilitator");
		}
		return matcher.group(1);
	}

	private static void respond(Socket socket, String status, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		String head = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length
				+ "\r\nConnection: close\r\n\r\n";
		socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
	}

	private static String readHead(InputStream input) throws IOException {
		StringBuilder head = new StringBuilder();
		while (!head.toString().endsWith("\r\n\r\n")) {
			int next = input.read();
			if (next < 0) {
				throw new IOException("Closed");
			}
			head.append((char) next);
		}
		return head.toString();
	}

	private static void start(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
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

	/**
	 * What becomes of one payment.
	 */
	public static final class Script {

		private final SettleBehaviour behaviour;

		private final AtomicInteger verifications = new AtomicInteger();

		private final AtomicInteger settlements = new AtomicInteger();

		private volatile String verifyStatus = "200 OK";

		private volatile boolean valid = true;

		private volatile Runnable atVerify = () -> {
		};

		private volatile Runnable atSettle = () -> {
		};

		private Script(SettleBehaviour behaviour) {
			this.behaviour = behaviour;
		}

		/**
		 * The facilitator finds the payment invalid.
		 */
		public Script invalid() {
			this.valid = false;
			return this;
		}

		/**
		 * The facilitator does not verify the payment.
		 */
		public Script notVerifying() {
			this.verifyStatus = "500 Internal Server Error";
			return this;
		}

		public Script atVerify(Runnable observer) {
			this.atVerify = observer;
			return this;
		}

		Script atSettle(Runnable observer) {
			this.atSettle = observer;
			return this;
		}

		public int verifications() {
			return this.verifications.get();
		}

		public int settlements() {
			return this.settlements.get();
		}

	}

}
