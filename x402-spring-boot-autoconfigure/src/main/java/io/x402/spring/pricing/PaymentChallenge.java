package io.x402.spring.pricing;

import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.payment.PaymentTerms;

/**
 * Everything a buyer is told when a priced request is not served, encoded when it is
 * asked for.
 */
public final class PaymentChallenge {

	private final PaymentTerms terms;

	private final PaymentRefusal refusal;

	private final ChallengeEncoder encoder;

	public PaymentChallenge(PaymentTerms terms, PaymentRefusal refusal, ChallengeEncoder encoder) {
		this.terms = terms;
		this.refusal = refusal;
		this.encoder = encoder;
	}

	/**
	 * Return what is asked for the request.
	 * @return the terms
	 */
	public PaymentTerms terms() {
		return this.terms;
	}

	/**
	 * Return why the request is not served.
	 * @return the refusal
	 */
	public PaymentRefusal refusal() {
		return this.refusal;
	}

	/**
	 * Return the offers as protocol v2 sends them.
	 * @return value of the {@code PAYMENT-REQUIRED} header
	 */
	public String header() {
		return this.encoder.header(this.terms.resource().url(), this.refusal);
	}

	/**
	 * Return the body: the offers as protocol v1 sends them, where there are any for v1
	 * buyers, with the reason code and a sentence that helps.
	 * @return UTF-8 bytes of a JSON object
	 */
	public byte[] body() {
		return this.encoder.body(this.terms.resource().url(), this.refusal);
	}

}
