/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.x402.spring.store.PaymentLedger;
import io.x402.spring.test.ClientPayment;
import io.x402.spring.test.ScriptedFacilitator;
import io.x402.spring.test.autoconfigure.AutoConfigureX402;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

/**
 * A gateway between a buyer and an upstream, over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "gateway.upstreams.api.read-timeout=700ms", "gateway.upstreams.api.max-response-size=2MB",
				"gateway.max-request-size=100KB", "x402.redelivery.max-reruns=0" })
@AutoConfigureX402
abstract class AbstractGatewayTests {

	static final LoopbackUpstream upstream = new LoopbackUpstream();

	@LocalServerPort
	private int port;

	@Autowired
	private ScriptedFacilitator facilitator;

	@Autowired
	private PaymentLedger ledger;

	@DynamicPropertySource
	static void upstream(DynamicPropertyRegistry registry) {
		registry.add("UPSTREAM_URL", upstream::url);
	}

	@BeforeEach
	void reset() {
		this.facilitator.reset();
		upstream.reset();
	}

	int charges() {
		return this.facilitator.settleRequests().size();
	}

	String url(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

	Answer get(String path) {
		return exchange(HttpMethod.GET, path, new HttpHeaders(), null);
	}

	Answer exchange(HttpMethod method, String path, HttpHeaders headers, byte[] body) {
		return exchange(ClientPayment.payment(), method, path, headers, body);
	}

	Answer exchange(ClientPayment payment, HttpMethod method, String path, HttpHeaders headers, byte[] body) {
		RestClient.Builder client = RestClient.builder().requestFactory(connections());
		if (payment != null) {
			client.requestInterceptor(payment);
		}
		RestClient.RequestBodySpec request = client.build()
			.method(method)
			.uri(URI.create(url(path)))
			.headers((all) -> all.addAll(headers));
		if (body != null) {
			request.body(body);
		}
		return request.exchange((sent, response) -> {
			byte[] bytes = null;
			try {
				bytes = response.getBody().readAllBytes();
			}
			catch (IOException ex) {
				// Cut off
			}
			return new Answer(response.getStatusCode().value(), response.getHeaders(), bytes);
		});
	}

	/**
	 * Content passes as it is.
	 */
	static JdkClientHttpRequestFactory connections() {
		JdkClientHttpRequestFactory connections = new JdkClientHttpRequestFactory(HttpClient.newHttpClient());
		connections.enableCompression(false);
		return connections;
	}

	record Answer(int status, HttpHeaders headers, byte[] body) {

		boolean isCutOff() {
			return this.body == null;
		}

		String text() {
			return new String(this.body, StandardCharsets.UTF_8);
		}

		List<String> header(String name) {
			return this.headers.getOrEmpty(name);
		}

	}

}
