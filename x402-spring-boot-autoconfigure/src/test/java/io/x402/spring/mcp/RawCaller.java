/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * A client of a server over streamable HTTP that sends whatever bytes it is told to.
 */
final class RawCaller {

	private static final String INITIALIZE = """
			{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-06-18",\
			"capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""";

	private final HttpClient client = HttpClient.newHttpClient();

	private final URI server;

	private final String session;

	RawCaller(String url) {
		this.server = URI.create(url + "/mcp");
		this.session = post(null, INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
		send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
	}

	/**
	 * Call a tool.
	 * @param id JSON of the identifier
	 * @param tool its name
	 * @param arguments JSON of the arguments
	 * @param meta JSON of the metadata
	 * @return all that comes back
	 */
	String call(String id, String tool, String arguments, String meta) {
		return send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
				+ "\",\"arguments\":" + arguments + ",\"_meta\":" + meta + "}}");
	}

	/**
	 * Send a body.
	 * @return all that comes back
	 */
	String send(String body) {
		HttpResponse<String> response = post(this.session, body);
		return response.statusCode() + " " + response.body();
	}

	/**
	 * End the session.
	 */
	void end() {
		exchange(request(this.session).DELETE().build());
	}

	private HttpResponse<String> post(String session, String body) {
		return exchange(request(session).POST(HttpRequest.BodyPublishers.ofString(body)).build());
	}

	private HttpRequest.Builder request(String session) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.server)
			.timeout(Duration.ofSeconds(60))
			.header("Content-Type", "application/json")
			.header("Accept", "application/json, text/event-stream");
		return (session != null) ? request.header("Mcp-Session-Id", session) : request;
	}

	private HttpResponse<String> exchange(HttpRequest request) {
		try {
			return this.client.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
