/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentRequirements;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Whatever a handler does to its response, in whichever order: nothing leaves before the
 * payment is settled, and what is charged is delivered or can be collected. A build runs
 * the same sequences each time; system properties set their first seed and their number.
 */
@Tag("long")
class ResponseCallsProperties {

	private static final long SEED = Long.getLong("x402.properties.seed", 1);

	private static final long TRIES = Long.getLong("x402.properties.tries", 100);

	private static final String SECRET = "s3cret-goods";

	private static final Map<String, Run> RUNS = new ConcurrentHashMap<>();

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private static Shop tomcat;

	private static Shop jetty;

	private static PaymentRequirements offer;

	@BeforeContainer
	static void open() throws IOException {
		tomcat = Shop.open(Container.TOMCAT, GoodsConfiguration.class, "x402.settlement.hold-limit=2KB",
				"x402.redelivery.body-limit=4KB");
		jetty = Shop.open(Container.JETTY, GoodsConfiguration.class, "x402.settlement.hold-limit=2KB",
				"x402.redelivery.body-limit=4KB");
		RUNS.put("offer", new Run(List.of(), false, End.RETURN));
		try (WireExchange exchange = new WireExchange(tomcat.port())) {
			offer = Buyer.offer(exchange.send("GET", "/calls", "X-Run: offer").receive());
		}
	}

	@AfterContainer
	static void close() {
		tomcat.close();
		jetty.close();
	}

	@Example
	void whateverIsCalledOnTomcatWhatIsChargedIsDelivered() {
		check(tomcat);
	}

	@Example
	void whateverIsCalledOnJettyWhatIsChargedIsDelivered() {
		check(jetty);
	}

	private static void check(Shop shop) {
		RandomGenerator<Sequence> sequences = sequences().generator(1000, true);
		for (long seed = SEED; seed < SEED + TRIES; seed++) {
			Sequence sequence = sequences.next(new Random(seed)).value();
			try {
				check(shop, sequence);
			}
			catch (RuntimeException | AssertionError ex) {
				throw new AssertionError("Sequence of seed " + seed + ": " + sequence, ex);
			}
		}
	}

	private static void check(Shop shop, Sequence sequence) {
		String name = "run-" + NUMBERS.incrementAndGet();
		Run run = new Run(sequence.calls(), sequence.async(), sequence.end());
		RUNS.put(name, run);
		new PaidRun(new ServletEdge(shop), offer, sequence.method(), name, sequence.settle()).check(() -> run.ended,
				sequence.isCutOff());
		RUNS.remove(name);
	}

	private static Arbitrary<Sequence> sequences() {
		Arbitrary<Call> call = Arbitraries.oneOf(
				Arbitraries.of(Call.status(200), Call.status(201), Call.status(204), Call.status(302), Call.status(404),
						Call.status(500)),
				Arbitraries.of(1, 300, 1500, 5000).map(Call::write), Arbitraries.of(1, 300, 1500).map(Call::text),
				Arbitraries.of(Call.FLUSH, Call.RESET, Call.RESET_BUFFER, Call.HEADER, Call.CLOSE, Call.REDIRECT,
						Call.KEEPING_REDIRECT),
				Arbitraries.of(Call.error(404), Call.error(503)), Arbitraries.of(Call.length(5), Call.length(1500)));
		return Combinators
			.combine(call.list().ofMaxSize(7), Arbitraries.of(true, false), Arbitraries.of("GET", "POST"),
					Arbitraries.frequency(Tuple.of(6, End.RETURN), Tuple.of(2, End.THROW), Tuple.of(2, End.THROW_EOF),
							Tuple.of(1, End.NEVER)),
					Arbitraries.frequency(Tuple.of(5, SettleBehaviour.SETTLED), Tuple.of(1, SettleBehaviour.DECLINED)))
			.as(Sequence::new);
	}

	/**
	 * How a handler ends.
	 */
	enum End {

		RETURN, THROW, THROW_EOF,

		/** An asynchronous one is left to the timeout, any other returns. */
		NEVER

	}

	/**
	 * One call of a response.
	 */
	record Call(String name, int argument) {

		static final Call FLUSH = new Call("flush", 0);

		static final Call RESET = new Call("reset", 0);

		static final Call RESET_BUFFER = new Call("reset buffer", 0);

		static final Call HEADER = new Call("header", 0);

		static final Call CLOSE = new Call("close", 0);

		static final Call REDIRECT = new Call("redirect", 0);

		static final Call KEEPING_REDIRECT = new Call("redirect with body", 0);

		static Call status(int status) {
			return new Call("status", status);
		}

		static Call write(int length) {
			return new Call("write", length);
		}

		static Call text(int length) {
			return new Call("text", length);
		}

		static Call error(int status) {
			return new Call("error", status);
		}

		static Call length(int length) {
			return new Call("length", length);
		}

		void apply(HttpServletResponse response) throws IOException {
			switch (this.name) {
				case "status" -> response.setStatus(this.argument);
				case "write" -> response.getOutputStream().write(goods(this.argument));
				case "text" -> response.getWriter().write(new String(goods(this.argument), StandardCharsets.US_ASCII));
				case "flush" -> response.flushBuffer();
				case "reset" -> response.reset();
				case "reset buffer" -> response.resetBuffer();
				case "header" -> response.setHeader("X-Goods", SECRET);
				case "close" -> response.getOutputStream().close();
				case "redirect" -> response.sendRedirect("/elsewhere");
				case "redirect with body" -> response.sendRedirect("/elsewhere", 303, false);
				case "error" -> response.sendError(this.argument);
				default -> response.setContentLength(this.argument);
			}
		}

		private static byte[] goods(int length) {
			return (SECRET + "-").repeat(length / SECRET.length() + 1)
				.substring(0, length)
				.getBytes(StandardCharsets.US_ASCII);
		}

	}

	/**
	 * What a handler does, and what the facilitator does.
	 */
	record Sequence(List<Call> calls, boolean async, String method, End end, SettleBehaviour settle) {

		/**
		 * Return whether the handler may have cut off a response that had begun.
		 */
		boolean isCutOff() {
			return this.calls.stream().anyMatch((call) -> call.name().equals("error"));
		}

	}

	/**
	 * The handler of one request, which serves a repetition plainly.
	 */
	static final class Run {

		private final List<Call> calls;

		private final boolean async;

		private final End end;

		private final AtomicInteger times = new AtomicInteger();

		private volatile boolean ended;

		Run(List<Call> calls, boolean async, End end) {
			this.calls = calls;
			this.async = async;
			this.end = end;
		}

		void handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (this.times.incrementAndGet() > 1) {
				response.getWriter().write("again");
			}
			else if (this.async) {
				AsyncContext context = request.startAsync();
				context.setTimeout((this.end == End.RETURN) ? 10_000 : 200);
				new Thread(() -> later(context)).start();
			}
			else {
				call(response);
			}
		}

		private void later(AsyncContext context) {
			try {
				call((HttpServletResponse) context.getResponse());
			}
			catch (IOException | IllegalStateException ex) {
				if (this.end != End.RETURN) {
					return;
				}
			}
			if (this.end == End.RETURN) {
				complete(context);
			}
		}

		private static void complete(AsyncContext context) {
			try {
				context.complete();
			}
			catch (IllegalStateException ex) {
				// The container has ended it
			}
		}

		private void call(HttpServletResponse response) throws IOException {
			for (Call call : this.calls) {
				try {
					call.apply(response);
				}
				catch (IllegalStateException ex) {
					// It is committed
				}
			}
			switch (this.end) {
				case THROW -> throw new IllegalStateException("no goods");
				case THROW_EOF -> throw new EOFException("no goods");
				default -> {
					this.ended = true;
				}
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@RequestMapping("/calls")
		void calls(@RequestHeader("X-Run") String name, HttpServletRequest request, HttpServletResponse response)
				throws IOException {
			RUNS.get(name).handle(request, response);
		}

	}

}
