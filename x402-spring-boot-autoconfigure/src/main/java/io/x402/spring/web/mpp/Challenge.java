/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A challenge as it goes over the wire.
 *
 * @param id proves who made it
 * @param realm who asks for payment
 * @param method kind of payment
 * @param intent what it is for
 * @param request what is asked for, base64url of JSON
 * @param expires time until which it can be paid, RFC 3339
 * @param digest digest of the body of the request that it is for, or {@code null}
 * @param header name of the header for the credential, or {@code null} for
 * {@code Authorization}
 * @param opaque what the server wants back, base64url of JSON, or {@code null}
 */
record Challenge(String id, String realm, String method, String intent, String request, String expires,
		@Nullable String digest, @Nullable String header, @Nullable String opaque) {

	/**
	 * Return the text that the id is made of: all members in the order of the protocol,
	 * of which the header is there only if it is named.
	 */
	String sealed() {
		List<String> slots = new ArrayList<>(List.of(this.realm, this.method, this.intent, this.request, this.expires,
				(this.digest != null) ? this.digest : ""));
		if (this.header != null) {
			slots.add(this.header);
		}
		slots.add((this.opaque != null) ? this.opaque : "");
		return String.join("|", slots);
	}

	Challenge withId(String other) {
		return new Challenge(other, this.realm, this.method, this.intent, this.request, this.expires, this.digest,
				this.header, this.opaque);
	}

	/**
	 * Return the value of {@code WWW-Authenticate}.
	 * @param description what is sold, in printable ASCII, or {@code null}
	 */
	String toHeader(@Nullable String description) {
		StringBuilder value = new StringBuilder("Payment ");
		append(value, "id", this.id);
		append(value, "realm", this.realm);
		append(value, "method", this.method);
		append(value, "intent", this.intent);
		append(value, "request", this.request);
		append(value, "description", description);
		append(value, "expires", this.expires);
		append(value, "header", this.header);
		append(value, "opaque", this.opaque);
		return value.toString();
	}

	private static void append(StringBuilder header, String name, @Nullable String value) {
		if (value != null) {
			header.append((header.charAt(header.length() - 1) == ' ') ? "" : ", ")
				.append(name)
				.append("=\"")
				.append(value.replace("\\", "\\\\").replace("\"", "\\\""))
				.append('"');
		}
	}

}
