/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.web.settlement.Buyer;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests of browser buyers from an origin that is let in, and from another one.
 */
abstract class CorsExchange {

	static final String SHOP = "Origin: https://shop.example\r\n";

	static final String EVIL = "Origin: https://evil.example\r\n";

	/** What the official browser buyers make the browser ask for. */
	static final String PREFLIGHT = "Access-Control-Request-Method: GET\r\n"
			+ "Access-Control-Request-Headers: access-control-expose-headers,payment-signature,"
			+ "accept-payment,payment-authorization\r\n";

	@LocalServerPort
	private int port;

	int port() {
		return this.port;
	}

	void assertBuys(String path) throws IOException {
		String preflight = preflight(path, SHOP + PREFLIGHT);
		assertThat(preflight).startsWith("HTTP/1.1 200");
		assertThat(values(preflight, "Access-Control-Allow-Origin")).containsExactly("https://shop.example");
		assertThat(values(preflight, "Access-Control-Allow-Methods")).contains("get");
		assertThat(values(preflight, "Access-Control-Allow-Headers")).contains("payment-signature",
				"access-control-expose-headers", "accept-payment", "payment-authorization");
		String unpaid = get(path, SHOP + "Access-Control-Expose-Headers: PAYMENT-REQUIRED\r\n");
		assertThat(unpaid).startsWith("HTTP/1.1 402");
		assertExposes(unpaid);
		String paid = get(path, SHOP + "PAYMENT-SIGNATURE: " + pay(unpaid) + "\r\n");
		assertThat(paid).startsWith("HTTP/1.1 200").contains("goods", "PAYMENT-RESPONSE: ");
		assertExposes(paid);
		assertExposes(get(path, SHOP + "PAYMENT-SIGNATURE: e30=\r\n"));
	}

	void assertRefuses(String path) throws IOException {
		assertThat(preflight(path, EVIL + PREFLIGHT)).startsWith("HTTP/1.1 403")
			.doesNotContainIgnoringCase("Access-Control-Allow-Origin")
			.doesNotContainIgnoringCase("Access-Control-Allow-Headers");
		assertThat(get(path, EVIL)).doesNotContainIgnoringCase("Access-Control-Allow-Origin")
			.doesNotContainIgnoringCase("Access-Control-Expose-Headers");
	}

	String get(String path, String headers) throws IOException {
		return RawConnection.get(this.port, path, headers);
	}

	String preflight(String path, String headers) throws IOException {
		return RawConnection.send(this.port, "OPTIONS", path, headers);
	}

	private static void assertExposes(String answer) {
		assertThat(values(answer, "Access-Control-Allow-Origin")).containsExactly("https://shop.example");
		assertThat(values(answer, "Access-Control-Expose-Headers")).contains("payment-required", "payment-response",
				"x-payment-response", "www-authenticate", "payment-receipt", "retry-after");
		assertThat(values(answer, "Access-Control-Expose-Headers")).doesNotHaveDuplicates();
	}

	static List<String> values(String answer, String name) {
		return answer.lines()
			.takeWhile((line) -> !line.isEmpty())
			.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
			.flatMap((line) -> Arrays.stream(line.substring(name.length() + 1).split(",")))
			.map((value) -> value.trim().toLowerCase(Locale.ROOT))
			.toList();
	}

	private static String pay(String unpaid) {
		String header = unpaid.lines()
			.filter((line) -> line.startsWith("PAYMENT-REQUIRED: "))
			.findFirst()
			.orElseThrow()
			.substring("PAYMENT-REQUIRED: ".length());
		return new Buyer().pay(new PaymentCodec().decode(header, PaymentRequiredDocument.class).accepts().get(0));
	}

}
