/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.nio.charset.StandardCharsets;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.VerifyResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.http.HttpStatusCode;

/**
 * A complete response of a facilitator, whatever its status.
 *
 * @param status the HTTP status
 * @param body the body, maybe empty
 * @param message the message of the protocol in the body, or {@code null} if there is
 * none
 * @param extensions what the facilitator says about extensions, the value of a header, or
 * {@code null}
 */
record FacilitatorResponse(HttpStatusCode status, byte[] body, @Nullable Object message, @Nullable String extensions) {

	/**
	 * Create a response whose body was not read.
	 */
	FacilitatorResponse(HttpStatusCode status, byte[] body, @Nullable String extensions) {
		this(status, body, null, extensions);
	}

	/**
	 * Read the message in the body. The status does not matter, facilitators disagree on
	 * it for negative outcomes; a redirection is none.
	 */
	FacilitatorResponse read(PaymentCodec codec, Class<?> type) {
		if (this.status.is3xxRedirection()) {
			return this;
		}
		try {
			return new FacilitatorResponse(this.status, this.body, codec.read(this.body, type), this.extensions);
		}
		catch (JacksonException ex) {
			return this;
		}
	}

	/**
	 * Return the message that was read.
	 */
	<T> @Nullable T message(Class<T> type) {
		return type.isInstance(this.message) ? type.cast(this.message) : null;
	}

	/**
	 * Return whether this is a response about one payment rather than about the
	 * facilitator: a message of the protocol, unless it says yes with a status that says
	 * no.
	 */
	boolean isAboutPayment() {
		return (this.message instanceof VerifyResponse verified
				&& (this.status.is2xxSuccessful() || !verified.isValid()))
				|| (this.message instanceof SettlementResponse settled
						&& (this.status.is2xxSuccessful() || !settled.success()));
	}

	/**
	 * Return the body as text.
	 */
	String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	/**
	 * Return what came, for the log.
	 */
	String describe() {
		return "HTTP " + this.status.value() + " " + UpstreamText.excerpt(this.body);
	}

	@Override
	public String toString() {
		return "FacilitatorResponse[" + this.status.value() + "]";
	}

}
