/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardContext;
import org.apache.coyote.OutputBuffer;

import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Request and response as Tomcat hands them to filters, without a socket. What is written
 * goes nowhere.
 */
final class TomcatExchange {

	private final Request request;

	private final Response response;

	TomcatExchange(String uri, Map<String, String> headers) {
		org.apache.coyote.Request coyoteRequest = new org.apache.coyote.Request();
		coyoteRequest.scheme().setString("https");
		coyoteRequest.serverName().setString("shop.example.com");
		coyoteRequest.setServerPort(443);
		coyoteRequest.setMethod("GET");
		coyoteRequest.requestURI().setString(uri);
		coyoteRequest.protocol().setString("HTTP/1.1");
		Map.of("Host", "shop.example.com", "User-Agent", "benchmark", "Accept", "*/*", "Accept-Encoding", "gzip",
				"Connection", "keep-alive")
			.forEach((name, value) -> coyoteRequest.getMimeHeaders().addValue(name).setString(value));
		headers.forEach((name, value) -> coyoteRequest.getMimeHeaders().addValue(name).setString(value));
		org.apache.coyote.Response coyoteResponse = new org.apache.coyote.Response();
		coyoteResponse.setOutputBuffer(new Nowhere());
		coyoteRequest.setResponse(coyoteResponse);
		this.request = new Request(new Connector(), coyoteRequest);
		this.request.setSecure(true);
		this.request.getMappingData().context = new StandardContext();
		this.response = new Response(coyoteResponse);
		coyoteRequest.setNote(CoyoteAdapter.ADAPTER_NOTES, this.request);
		this.request.setResponse(this.response);
		this.response.setRequest(this.request);
		ServletRequestPathUtils.parseAndCache(request());
	}

	HttpServletRequest request() {
		return this.request.getRequest();
	}

	HttpServletResponse response() {
		return this.response.getResponse();
	}

	/**
	 * Make both ready for the next use.
	 */
	void reset() {
		for (String name : Collections.list(this.request.getAttributeNames())) {
			if (name.startsWith("io.x402.")) {
				this.request.removeAttribute(name);
			}
		}
		this.response.getCoyoteResponse().recycle();
		this.response.recycle();
	}

	private static final class Nowhere implements OutputBuffer {

		private long written;

		@Override
		public int doWrite(ByteBuffer chunk) {
			int length = chunk.remaining();
			chunk.position(chunk.limit());
			this.written += length;
			return length;
		}

		@Override
		public long getBytesWritten() {
			return this.written;
		}

	}

}
