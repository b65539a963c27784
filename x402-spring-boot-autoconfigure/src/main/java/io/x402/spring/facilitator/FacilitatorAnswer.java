package io.x402.spring.facilitator;

import io.x402.spring.protocol.PaymentCodec;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import tools.jackson.core.JacksonException;

/**
 * A complete answer of a facilitator, whatever its status.
 *
 * @param status the HTTP status
 * @param body the body, maybe empty
 */
record FacilitatorAnswer(HttpStatusCode status, byte[] body) {

	/**
	 * Read the message in the body. The status does not matter, facilitators disagree on
	 * it for negative answers; a redirection is no answer.
	 */
	<T> @Nullable T message(PaymentCodec codec, Class<T> type) {
		if (this.status.is3xxRedirection()) {
			return null;
		}
		try {
			return codec.read(this.body, type);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/**
	 * Return what came, for the log.
	 */
	String describe() {
		return "HTTP " + this.status.value() + " " + UpstreamText.excerpt(this.body);
	}

	@Override
	public String toString() {
		return "FacilitatorAnswer[" + this.status.value() + "]";
	}

}
