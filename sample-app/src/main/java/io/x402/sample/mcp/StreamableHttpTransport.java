/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.mcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.ProtocolVersions;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;

/**
 * Streamable HTTP of the Model Context Protocol on WebFlux. A call goes on when its
 * client has left, which can collect the result with the same payment.
 */
final class StreamableHttpTransport implements McpStreamableServerTransportProvider {

	private static final int MAX_SESSIONS = 10_000;

	private static final Duration SESSION_IDLE = Duration.ofHours(1);

	private final McpJsonMapper json;

	private final Cache<String, McpStreamableServerSession> sessions = Caffeine.newBuilder()
		.maximumSize(MAX_SESSIONS)
		.expireAfterAccess(SESSION_IDLE)
		.build();

	private volatile McpStreamableServerSession.@Nullable Factory factory;

	StreamableHttpTransport(McpJsonMapper json) {
		this.json = json;
	}

	RouterFunction<ServerResponse> endpoint(String path) {
		return RouterFunctions.route()
			.POST(path, this::receive)
			.GET(path, this::listen)
			.DELETE(path, this::end)
			.build();
	}

	@Override
	public List<String> protocolVersions() {
		return List.of(ProtocolVersions.MCP_2025_03_26, ProtocolVersions.MCP_2025_06_18,
				ProtocolVersions.MCP_2025_11_25);
	}

	@Override
	public void setSessionFactory(McpStreamableServerSession.Factory factory) {
		this.factory = factory;
	}

	@Override
	public Mono<Void> notifyClients(String method, Object params) {
		return Flux.fromIterable(this.sessions.asMap().values())
			.flatMap((session) -> session.sendNotification(method, params).onErrorComplete())
			.then();
	}

	@Override
	public Mono<Void> closeGracefully() {
		return Flux.fromIterable(this.sessions.asMap().values())
			.flatMap(McpStreamableServerSession::closeGracefully)
			.then(Mono.fromRunnable(this.sessions::invalidateAll));
	}

	private Mono<ServerResponse> receive(ServerRequest request) {
		return request.bodyToMono(String.class).map(this::read).flatMap((message) -> {
			if (message instanceof JSONRPCRequest call && McpSchema.METHOD_INITIALIZE.equals(call.method())) {
				return begin(call);
			}
			McpStreamableServerSession session = session(request);
			if (message instanceof JSONRPCRequest call) {
				return stream((events) -> session.responseStream(new EventStream(this.json, events))
					.handle(call)
					.subscribe(null, events::error));
			}
			Mono<Void> accepted = (message instanceof JSONRPCResponse response) ? session.accept(response)
					: session.accept((JSONRPCNotification) message);
			return accepted.then(ServerResponse.accepted().build());
		});
	}

	private JSONRPCMessage read(String body) {
		try {
			return McpSchema.deserializeJsonRpcMessage(this.json, body);
		}
		catch (IOException | RuntimeException ex) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Not a message of JSON-RPC", ex);
		}
	}

	private Mono<ServerResponse> begin(JSONRPCRequest call) {
		McpStreamableServerSessionInit begun = Objects.requireNonNull(this.factory)
			.startSession(this.json.convertValue(call.params(), InitializeRequest.class));
		String id = begun.session().getId();
		this.sessions.put(id, begun.session());
		return begun.initResult()
			.flatMap((result) -> ServerResponse.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.header(HttpHeaders.MCP_SESSION_ID, id)
				.bodyValue(write(this.json, JSONRPCResponse.result(call.id(), result))));
	}

	private Mono<ServerResponse> listen(ServerRequest request) {
		McpStreamableServerSession session = session(request);
		return stream((events) -> events.onDispose(session.listeningStream(new EventStream(this.json, events))::close));
	}

	private Mono<ServerResponse> end(ServerRequest request) {
		McpStreamableServerSession session = session(request);
		this.sessions.invalidate(session.getId());
		return session.delete().then(ServerResponse.ok().build());
	}

	private McpStreamableServerSession session(ServerRequest request) {
		String id = request.headers().firstHeader(HttpHeaders.MCP_SESSION_ID);
		if (id == null) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, HttpHeaders.MCP_SESSION_ID + " is missing");
		}
		McpStreamableServerSession session = this.sessions.getIfPresent(id);
		if (session == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such session");
		}
		return session;
	}

	private static Mono<ServerResponse> stream(Consumer<FluxSink<ServerSentEvent<String>>> source) {
		return ServerResponse.ok()
			.contentType(MediaType.TEXT_EVENT_STREAM)
			.body(Flux.create(source), ServerSentEvent.class);
	}

	private static String write(McpJsonMapper json, JSONRPCMessage message) {
		try {
			return json.writeValueAsString(message);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Messages of a session to its client, as events.
	 */
	private record EventStream(McpJsonMapper json,
			FluxSink<ServerSentEvent<String>> events) implements McpStreamableServerTransport {

		@Override
		public Mono<Void> sendMessage(JSONRPCMessage message) {
			return sendMessage(message, null);
		}

		@Override
		public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String id) {
			return Mono.fromRunnable(() -> {
				ServerSentEvent.Builder<String> event = ServerSentEvent.builder(write(this.json, message))
					.event("message");
				this.events.next(((id != null) ? event.id(id) : event).build());
			});
		}

		@Override
		public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
			return this.json.convertValue(data, type);
		}

		@Override
		public Mono<Void> closeGracefully() {
			return Mono.fromRunnable(this::close);
		}

		@Override
		public void close() {
			this.events.complete();
		}

	}

}
