/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.x402.spring.facilitator.FacilitatorRequests;
import io.x402.spring.facilitator.FailoverFacilitator;
import io.x402.spring.facilitator.FailoverFacilitator.Member;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every fault of the facilitator that the interoperability tests know, alone and with a
 * fallback configured.
 */
@Tag("long")
class FacilitatorFaultTests {

	private static final String TX = "0x" + "5a".repeat(32);

	private static final WebClient CLIENT = WebClient.builder()
		.clientConnector(new JdkFacilitatorConnector(HttpClient.newHttpClient()))
		.build();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private volatile Fault fault = Fault.OK;

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/first", (exchange) -> handle(exchange, this.fault));
		this.server.createContext("/second", (exchange) -> handle(exchange, Fault.OK));
		this.server.createContext("/elsewhere", (exchange) -> handle(exchange, Fault.OK));
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.end.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@EnumSource
	void whenFacilitatorIsAloneThenOutcomeIs(Fault fault) {
		this.fault = fault;
		HttpFacilitator facilitator = facilitator("/first");
		assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(fault.verification);
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(fault.settlement);
		assertThat(this.calls).containsExactly("/first/verify", "/first/settle");
	}

	@ParameterizedTest
	@EnumSource
	void whenFallbackIsConfiguredThenItVerifiesWhereTheFirstDoesNotAnswer(Fault fault) {
		this.fault = fault;
		FailoverFacilitator facilitator = failover();
		VerificationOutcome outcome = facilitator.verify(FacilitatorRequests.v2());
		if (fault.verification == Unavailable.class) {
			assertThat(outcome).isInstanceOf(Valid.class);
			assertThat(this.calls).containsExactly("/first/verify", "/second/verify");
			assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Settled.class);
			assertThat(this.calls).endsWith("/second/settle");
		}
		else {
			assertThat(outcome).isInstanceOf(fault.verification);
			assertThat(this.calls).containsExactly("/first/verify");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenFirstGotTheSettlementThenItNeverGoesToTheFallback(Fault fault) {
		FailoverFacilitator facilitator = failover();
		facilitator.verify(FacilitatorRequests.v2());
		this.fault = fault;
		assertThat(facilitator.settle(FacilitatorRequests.v2()))
			.isInstanceOf((fault.settlement == NotExecuted.class) ? Settled.class : fault.settlement);
		this.fault = Fault.OK;
		facilitator.settle(FacilitatorRequests.v2());
		String settled = (fault.settlement == NotExecuted.class) ? "/second/settle" : "/first/settle";
		assertThat(this.calls).startsWith("/first/verify", "/first/settle", settled).endsWith(settled);
	}

	@Test
	void whenFirstCannotBeReachedThenFallbackSettles() {
		FailoverFacilitator facilitator = new FailoverFacilitator(List.of(
				new Member("gone",
						new HttpFacilitator(CLIENT, new PaymentCodec(),
								HttpFacilitatorSettings.of("https://facilitator.invalid")),
						Set.of()),
				new Member("second", facilitator("/second"), Set.of())));
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Settled.class);
		assertThat(this.calls).containsExactly("/second/settle");
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.INCLUDE, names = { "HANG", "HTTP429", "HTTP503HTML" })
	void whenFirstIsKnownToBeDownThenSettlementsGoToTheFallbackAtOnce(Fault fault) {
		this.fault = fault;
		HttpFacilitator first = new HttpFacilitator(() -> CLIENT, new PaymentCodec(), settings("/first"),
				FacilitatorAuthentication.none(), new ResilienceSettings(0, 10, 1, Duration.ofMinutes(5)));
		FailoverFacilitator facilitator = new FailoverFacilitator(
				List.of(new Member("first", first, Set.of()), new Member("second", facilitator("/second"), Set.of())));
		first.settle(FacilitatorRequests.v1());
		this.calls.clear();
		assertThat(facilitator.verify(FacilitatorRequests.v2())).isInstanceOf(Valid.class);
		assertThat(facilitator.settle(FacilitatorRequests.v2())).isInstanceOf(Settled.class);
		assertThat(this.calls).containsExactly("/second/verify", "/second/settle");
	}

	private FailoverFacilitator failover() {
		return new FailoverFacilitator(List.of(new Member("first", facilitator("/first"), Set.of()),
				new Member("second", facilitator("/second"), Set.of())));
	}

	private HttpFacilitator facilitator(String path) {
		return new HttpFacilitator(CLIENT, new PaymentCodec(), settings(path));
	}

	private HttpFacilitatorSettings settings(String path) {
		Duration timeout = this.fault.answers ? Duration.ofSeconds(60) : Duration.ofSeconds(2);
		return HttpFacilitatorSettings.of("http://localhost:" + this.server.getAddress().getPort() + path)
			.withTimeouts(timeout, timeout, timeout);
	}

	private void handle(HttpExchange exchange, Fault fault) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			String path = exchange.getRequestURI().getPath();
			if (path.endsWith("/supported")) {
				return;
			}
			this.calls.add(path);
			if (fault == Fault.HANG) {
				this.end.await(60, TimeUnit.SECONDS);
			}
			if (!fault.answers || fault == Fault.RESET || fault == Fault.LOST) {
				return;
			}
			if (fault == Fault.REDIRECT) {
				exchange.getResponseHeaders().set("Location", "/elsewhere" + path);
			}
			byte[] body = (path.endsWith("/verify") ? fault.verify : fault.settle).getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(fault.status, (body.length > 0) ? body.length : -1);
			exchange.getResponseBody().write(body);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * The faults of {@code lib/faults.mjs}.
	 */
	enum Fault {

		OK(200, verified(""), settled(""), Valid.class, Settled.class),

		EXTRA(200, verified(",\"somethingNew\":{\"a\":[1]}"), settled(",\"somethingNew\":{\"a\":[1]}"), Valid.class,
				Settled.class),

		PENDINGONCE(200, verified(""), refused("settlement_pending").replace("\"\"", "\"" + TX + "\""), Valid.class,
				Unknown.class),

		REJECT(200, invalid("insufficient_funds"), refused("insufficient_funds"), Invalid.class, Declined.class),

		HTTP400(400, invalid("invalid_payload"), refused("invalid_payload"), Invalid.class, Declined.class),

		HANG(), RESET(), LOST(),

		HTTP429(429, "{\"error\":\"rate limited\"}", "{\"error\":\"rate limited\"}", Unavailable.class,
				NotExecuted.class),
		HTTP500(500, "{\"error\":\"Internal server error\"}"),

		HTTP503HTML(503, "<html><body>Service Unavailable</body></html>"), HTML(200, "<html>login</html>"),

		GARBAGE(200, "\u0000\u0001not json at all{{{"), EMPTY(200, ""), NULL(200, "null"), ARRAY(200, "[]"),

		NOFIELDS(200, "{}"), REDIRECT(307, "{}"),

		WRONGTYPE(200, "{\"isValid\":\"true\",\"success\":\"true\",\"transaction\":123}"),

		EMPTYTX(200, settled("").replace(TX, ""), settled("").replace(TX, ""), Unavailable.class, Settled.class),

		WRONGNETWORK(200, settled(""), settled("").replace("84532", "1"), Unavailable.class, Settled.class),

		LOWAMOUNT(200, settled(""), settled(",\"amount\":\"1\""), Unavailable.class, Settled.class);

		private final int status;

		private final String verify;

		private final String settle;

		/** Lies about settlements are found out by the engine, not here. */
		private final Class<? extends VerificationOutcome> verification;

		private final Class<? extends SettlementOutcome> settlement;

		private final boolean answers;

		Fault(int status, String verify, String settle, Class<? extends VerificationOutcome> verification,
				Class<? extends SettlementOutcome> settlement) {
			this.status = status;
			this.verify = verify;
			this.settle = settle;
			this.verification = verification;
			this.settlement = settlement;
			this.answers = true;
		}

		Fault(int status, String body) {
			this(status, body, body, Unavailable.class, Unknown.class);
		}

		Fault() {
			this.status = 0;
			this.verify = "";
			this.settle = "";
			this.verification = Unavailable.class;
			this.settlement = Unknown.class;
			this.answers = false;
		}

		private static String verified(String more) {
			return "{\"isValid\":true,\"payer\":\"" + FacilitatorRequests.PAYER + "\"" + more + "}";
		}

		private static String invalid(String reason) {
			return "{\"isValid\":false,\"invalidReason\":\"" + reason + "\"}";
		}

		private static String settled(String more) {
			return "{\"success\":true,\"transaction\":\"" + TX + "\",\"network\":\"eip155:84532\",\"payer\":\""
					+ FacilitatorRequests.PAYER + "\"" + more + "}";
		}

		private static String refused(String reason) {
			return "{\"success\":false,\"errorReason\":\"" + reason
					+ "\",\"transaction\":\"\",\"network\":\"eip155:84532\"}";
		}

	}

}
