/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A paid response that fails on the way never looks complete, whatever the server does
 * about the failure.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractCutResponseTests {

	protected static final int LENGTH = 70_000;

	private Edge edge;

	protected abstract Edge open();

	/**
	 * Return paths of handlers that fail after a part of their response was released. A
	 * length of {@link #LENGTH} bytes is declared by those that begin with
	 * {@code /declared}.
	 */
	protected Stream<String> failing() {
		return Stream.of("/declared", "/declared-stream", "/stream");
	}

	@BeforeAll
	void openEdge() {
		this.edge = open();
	}

	@AfterAll
	void closeEdge() {
		this.edge.close();
	}

	protected final Edge edge() {
		return this.edge;
	}

	protected final Payment payment(String target) throws IOException {
		Payment payment = this.edge.payment(target);
		this.edge.script(payment);
		return payment;
	}

	/**
	 * Tomcat appends an error page to a response that is begun, and it could fill what is
	 * missing of the declared length.
	 */
	@ParameterizedTest
	@MethodSource("failing")
	void whenAResponseFailsAfterItsReleaseThenNoErrorPageCompletesIt(String target) throws IOException {
		WireResponse response = this.edge.pay(target, payment(target));
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(response.shows("timestamp")).isFalse();
		assertThat(response.shows("\r\n0\r\n\r\n")).isFalse();
		if (target.startsWith("/declared")) {
			assertThat(response.header("Content-Length")).isEqualTo(String.valueOf(LENGTH));
			assertThat(response.body()).hasSizeLessThan(LENGTH);
		}
	}

}
