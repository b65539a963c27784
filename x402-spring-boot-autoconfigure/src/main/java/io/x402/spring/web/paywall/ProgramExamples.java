/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Shows how a program pays for a request. The URL is spelled so that it cannot end the
 * text it stands in, whichever language that is.
 */
final class ProgramExamples {

	private static final String SPECIAL = "'\"\\`$<>{}|^";

	private final String method;

	private final String url;

	/**
	 * Create the examples.
	 * @param method HTTP method of the request
	 * @param url its URL
	 */
	ProgramExamples(String method, String url) {
		this.method = method;
		this.url = encode(url);
	}

	String curl() {
		return "curl -i" + ("GET".equals(this.method) ? "" : " -X " + encode(this.method)) + " '" + this.url + "'\n"
				+ "# sign an offer of PAYMENT-REQUIRED, then repeat with\n# -H \"PAYMENT-SIGNATURE: $PAYMENT\"";
	}

	String javascript() {
		return "import { wrapFetchWithPayment } from '@x402/fetch';\n"
				+ "const pay = wrapFetchWithPayment(fetch, client);\nawait pay('" + this.url + "'"
				+ ("GET".equals(this.method) ? "" : ", { method: '" + encode(this.method) + "' }") + ");";
	}

	String java() {
		return "// @Qualifier(\"x402\") RestClient.Builder builder\nbuilder.build().method(HttpMethod.valueOf(\""
				+ encode(this.method) + "\"))\n  .uri(URI.create(\"" + this.url
				+ "\"))\n  .retrieve().body(String.class);";
	}

	private static String encode(String text) {
		StringBuilder encoded = new StringBuilder();
		text.codePoints().forEach((character) -> {
			if (character > ' ' && character < 127 && SPECIAL.indexOf(character) < 0) {
				encoded.appendCodePoint(character);
			}
			else {
				for (byte octet : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
					encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
				}
			}
		});
		return encoded.toString();
	}

}
