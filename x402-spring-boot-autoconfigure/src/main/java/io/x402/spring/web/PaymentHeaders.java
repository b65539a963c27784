package io.x402.spring.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payment from the headers of a request.
 */
public final class PaymentHeaders {

	private final PaymentCodec codec;

	private final List<ProtocolVersion> versions;

	/**
	 * Create a reader.
	 * @param codec decodes header values
	 * @param versions the protocol versions to read
	 */
	public PaymentHeaders(PaymentCodec codec, Set<ProtocolVersion> versions) {
		this.codec = codec;
		this.versions = List.copyOf(versions);
	}

	/**
	 * Return whether a request carries a payment, well-formed or not.
	 * @param request the request
	 * @return whether there is a payment header
	 */
	boolean isPresent(HttpServletRequest request) {
		for (ProtocolVersion version : this.versions) {
			if (request.getHeader(version.paymentHeader()) != null) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Read the payment of a request.
	 * @param request the request
	 * @return the payment, or {@code null} if there is none
	 * @throws InvalidPaymentException if there is more than one or it is not well-formed
	 */
	@Nullable PaymentPayload read(HttpServletRequest request) {
		List<String> values = new ArrayList<>(1);
		ProtocolVersion found = null;
		for (ProtocolVersion version : this.versions) {
			List<String> sent = Collections.list(request.getHeaders(version.paymentHeader()));
			values.addAll(sent);
			found = (found == null && !sent.isEmpty()) ? version : found;
		}
		if (found == null) {
			return null;
		}
		if (values.size() > 1) {
			throw new InvalidPaymentException(ReasonCode.AMBIGUOUS_PAYMENT, "More than one payment header");
		}
		return this.codec.decodePayment(found, values.get(0));
	}

}
