/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Sends requests to a node, whose URL often contains a key. Everything else about a
 * request, such as interceptors, observations and messages of exceptions, sees the host
 * alone.
 */
final class NodeRequestFactory implements ClientHttpRequestFactory {

	private final ClientHttpRequestFactory requests;

	private final URI node;

	/**
	 * Create a factory.
	 * @param requests creates the requests that are sent
	 * @param node URL of the node
	 */
	NodeRequestFactory(ClientHttpRequestFactory requests, URI node) {
		this.requests = requests;
		this.node = node;
	}

	/**
	 * Return the URL without what may be secret.
	 */
	static URI shown(URI node) {
		return URI.create(node.getScheme() + "://" + node.getRawAuthority() + "/");
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		return new NodeRequest(this.requests.createRequest(this.node, method), shown(this.node));
	}

	/**
	 * A request to a node.
	 *
	 * @param request the request that is sent
	 * @param uri the URL to be seen
	 */
	private record NodeRequest(ClientHttpRequest request, URI uri) implements ClientHttpRequest {

		@Override
		public HttpMethod getMethod() {
			return this.request.getMethod();
		}

		@Override
		public URI getURI() {
			return this.uri;
		}

		@Override
		public Map<String, Object> getAttributes() {
			return this.request.getAttributes();
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.request.getHeaders();
		}

		@Override
		public OutputStream getBody() throws IOException {
			return this.request.getBody();
		}

		@Override
		public ClientHttpResponse execute() throws IOException {
			return this.request.execute();
		}

	}

}
