/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.x402.spring.client.PaidCall;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PaymentRefusedException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * Pays for the tools that a client of the MCP Java SDK calls, below synchronous and
 * asynchronous clients alike. A call that is not paid by policy has a result with
 * {@code isError} that names the reason and the limit. The prices that a server announces
 * are added to the descriptions of its tools.
 * <p>
 * The wrapped transport must not follow redirects, because it would send the payment to
 * wherever they lead. Nothing blocks a thread of the transport. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class PayingClientTransport implements McpClientTransport {

	private static final Log logger = LogFactory.getLog(PayingClientTransport.class);

	private static final Duration MAX_MARGIN = Duration.ofSeconds(1);

	private final ToolRequests requests = new ToolRequests();

	private final ToolAnswers answers = new ToolAnswers();

	/** Calls by the identifier of the client. */
	private final Map<Object, ToolCall> calls = new ConcurrentHashMap<>();

	/** What was sent, by the identifier of the response that it waits for. */
	private final Map<Object, Sent> awaited = new ConcurrentHashMap<>();

	private final Set<Object> lists = ConcurrentHashMap.newKeySet();

	private final McpClientTransport transport;

	private final Payer payer;

	private final URI server;

	private final Duration timeout;

	private volatile Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> client = (message) -> message;

	/**
	 * Create a transport.
	 * @param transport talks to the server
	 * @param payer pays
	 * @param server address of the server, by whose host it is paid or not. For a process
	 * that is talked to by standard input and output {@code stdio://name}
	 * @param requestTimeout request timeout of the client, or less. Shortly before it a
	 * paid call without response ends; a client that gives up earlier and repeats its
	 * call could pay for both
	 */
	public PayingClientTransport(McpClientTransport transport, Payer payer, URI server, Duration requestTimeout) {
		this.transport = transport;
		this.payer = payer;
		this.server = server;
		Duration margin = requestTimeout.dividedBy(10);
		this.timeout = requestTimeout.minus((margin.compareTo(MAX_MARGIN) < 0) ? margin : MAX_MARGIN);
	}

	@Override
	public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
		this.client = handler;
		return this.transport.connect((messages) -> messages.flatMap(this::received));
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message) {
		if (!(message instanceof JSONRPCRequest request)) {
			return this.transport.sendMessage(message);
		}
		if (request.method().equals(McpSchema.METHOD_TOOLS_LIST)) {
			this.lists.add(request.id());
		}
		return (request.method().equals(McpSchema.METHOD_TOOLS_CALL) && !this.requests.isPaid(request))
				? Mono.deferContextual((context) -> call(request, context)) : this.transport.sendMessage(message);
	}

	private Mono<Void> call(JSONRPCRequest request, ContextView context) {
		ToolCall call;
		try {
			call = new ToolCall(request, payment(request), context);
		}
		catch (IOException ex) {
			return Mono.error(ex);
		}
		this.calls.put(request.id(), call);
		call.deadline()
			.replace(Schedulers.boundedElastic()
				.schedule(() -> expired(call), this.timeout.toMillis(), TimeUnit.MILLISECONDS));
		if (call.payment().resume()) {
			return sendPaid(call, call.payment());
		}
		this.awaited.put(request.id(), new Sent(call, call.payment()));
		return this.transport.sendMessage(request).doOnError((failure) -> end(call));
	}

	private PaidCall payment(JSONRPCRequest request) throws IOException {
		return PaidCall.of(this.payer, this.server, this.requests.tool(request), this.requests.arguments(request));
	}

	/**
	 * Send a call with its payment. The client has a response also if that fails.
	 */
	private Mono<Void> sendPaid(ToolCall call, PaidCall payment) {
		return Mono
			.defer(() -> payment.handOver()
				.map((value) -> this.requests.withPayment(call.request(), call.nextId(), value, call.isEncoded()))
				.map((paid) -> sendAwaited(call, payment, paid))
				.orElse(Mono.empty()))
			.onErrorResume((failure) -> failed(call, payment, failure));
	}

	private Mono<Void> sendAwaited(ToolCall call, PaidCall payment, JSONRPCRequest paid) {
		this.awaited.put(paid.id(), new Sent(call, payment));
		if (!this.calls.containsKey(call.request().id())) {
			this.awaited.remove(paid.id());
		}
		return this.transport.sendMessage(paid);
	}

	private Mono<Void> failed(ToolCall call, PaidCall payment, Throwable failure) {
		Optional<Duration> again = payment.failed(failure);
		if (again.isPresent()) {
			return Mono.delay(again.get()).then(sendPaid(call, payment));
		}
		// Its response may come another way than the failure, and before it
		return payment.isRenewed() ? Mono.empty() : reply(call, ToolRefusals.NO_RESPONSE);
	}

	private Mono<JSONRPCMessage> received(JSONRPCMessage message) {
		if (!(message instanceof JSONRPCResponse response)) {
			return toClient(message);
		}
		Sent sent = this.awaited.remove(response.id());
		if (sent != null) {
			return answered(sent.call(), sent.payment(), response);
		}
		if (this.lists.remove(response.id())) {
			return toClient(ToolPrices.show(response));
		}
		// A second response must not end a call that is being paid
		return this.calls.containsKey(response.id()) ? Mono.empty() : toClient(message);
	}

	private Mono<JSONRPCMessage> answered(ToolCall call, PaidCall payment, JSONRPCResponse response) {
		ToolAnswer answer = this.answers.read(response, payment);
		if (payment.isPaid()) {
			return paid(call, payment, response, answer);
		}
		if (answer.asksForPayment()) {
			call.encode(answer.encoded());
			inBackground(call, pay(call, payment, response, answer.challenges()));
			return Mono.empty();
		}
		return end(call) ? toClient(response) : Mono.empty();
	}

	private Mono<Void> pay(ToolCall call, PaidCall payment, JSONRPCResponse unpaid, List<byte[]> challenges) {
		return Mono.fromCallable(() -> payment.pay(challenges))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((paid) -> paid ? sendPaid(call, payment) : reply(call, withId(call, unpaid)))
			.onErrorResume(PaymentRefusedException.class,
					(refusal) -> reply(call, String.valueOf(refusal.getMessage())));
	}

	/**
	 * Only the response that renews a payment is followed by another one, and responses
	 * to what it replaces, which may be on their way, count no more.
	 */
	private Mono<JSONRPCMessage> paid(ToolCall call, PaidCall payment, JSONRPCResponse response, ToolAnswer answer) {
		if (!payment.isRenewed() && call.switchForm(answer)) {
			inBackground(call, sendPaid(call, payment));
			return Mono.empty();
		}
		Optional<Duration> again = payment.answered(answer.status(), answer.receipt(), answer.documents());
		if (again.isPresent()) {
			inBackground(call, Mono.delay(again.get()).then(sendPaid(call, payment)));
			return Mono.empty();
		}
		if (payment.isRenewed()) {
			payment.renewal().ifPresent((renewal) -> renew(call, renewal, response, answer.challenges()));
			return Mono.empty();
		}
		JSONRPCResponse result = response(call, payment, response, answer);
		return reply(call, result).then(Mono.empty());
	}

	private void renew(ToolCall call, PaidCall renewal, JSONRPCResponse response, List<byte[]> challenges) {
		call.renew(renewal);
		if (!this.calls.containsKey(call.request().id())) {
			renewal.left();
		}
		inBackground(call, renewal.resume() ? sendPaid(call, renewal) : pay(call, renewal, response, challenges));
	}

	private static JSONRPCResponse withId(ToolCall call, JSONRPCResponse response) {
		return (response.error() != null) ? JSONRPCResponse.error(call.request().id(), response.error())
				: JSONRPCResponse.result(call.request().id(), response.result());
	}

	private static JSONRPCResponse response(ToolCall call, PaidCall payment, JSONRPCResponse response,
			ToolAnswer answer) {
		Object id = call.request().id();
		if (response.error() != null) {
			return JSONRPCResponse.error(id, response.error());
		}
		if (answer.asksForPayment()) {
			return JSONRPCResponse.result(id,
					ToolRefusals.result(ToolRefusals.notAccepted(payment.reason(answer.challenges().get(0)))));
		}
		return JSONRPCResponse.result(id,
				answer.delivers() ? new PaidResult(response.result(), payment) : response.result());
	}

	private void inBackground(ToolCall call, Mono<Void> step) {
		step.onErrorResume((failure) -> {
			logger.error("A call of a tool of " + this.server.getHost() + " failed", failure);
			return reply(call, ToolRefusals.FAILED);
		}).contextWrite(call.context()).subscribe();
	}

	/**
	 * The client is about to give up, and may then repeat the call.
	 */
	private void expired(ToolCall call) {
		if (call.isPaid()) {
			reply(call, ToolRefusals.NO_RESPONSE).subscribe();
		}
		else if (end(call)) {
			call.payment().left();
		}
	}

	/**
	 * Give a text to the client, with which nothing is delivered. The payment is kept
	 * before: the next call of the client may follow at once.
	 */
	private Mono<Void> reply(ToolCall call, String text) {
		return end(call, () -> {
			call.payment().left();
			return toClient(JSONRPCResponse.result(call.request().id(), ToolRefusals.result(text)));
		});
	}

	/**
	 * Give a response to the client. What the client does not take is not delivered.
	 */
	private Mono<Void> reply(ToolCall call, JSONRPCResponse response) {
		return end(call, () -> toClient(response));
	}

	private Mono<Void> end(ToolCall call, Supplier<Mono<JSONRPCMessage>> reply) {
		return Mono.defer(() -> end(call) ? reply.get() : Mono.empty())
			.doFinally((signal) -> call.payment().left())
			.then();
	}

	private Mono<JSONRPCMessage> toClient(JSONRPCMessage message) {
		return this.client.apply(Mono.just(message));
	}

	private boolean end(ToolCall call) {
		call.deadline().dispose();
		this.awaited.values().removeIf((sent) -> sent.call() == call);
		return this.calls.remove(call.request().id(), call);
	}

	@Override
	public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
		if (!(data instanceof PaidResult paid)) {
			return this.transport.unmarshalFrom(data, type);
		}
		T result;
		try {
			result = this.transport.unmarshalFrom(paid.result(), type);
		}
		catch (RuntimeException ex) {
			// The next call of the client may follow at once
			paid.call().left();
			throw ex;
		}
		paid.call().delivered();
		return result;
	}

	@Override
	public Mono<Void> closeGracefully() {
		return Mono.defer(() -> {
			this.calls.values().forEach((call) -> {
				end(call);
				call.payment().left();
			});
			return this.transport.closeGracefully();
		});
	}

	@Override
	public void setExceptionHandler(Consumer<Throwable> handler) {
		this.transport.setExceptionHandler(handler);
	}

	@Override
	public List<String> protocolVersions() {
		return this.transport.protocolVersions();
	}

	/**
	 * A call as it was sent.
	 *
	 * @param call the call
	 * @param payment what it was sent with, or what is to pay for it
	 */
	private record Sent(ToolCall call, PaidCall payment) {
	}

}
