/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How a payment is made from the offers of a 402 response.
 *
 * @param signer signs for the account that pays
 * @param version protocol version of the buyer
 * @param choice the offers that may be chosen
 * @param change what is signed instead of the chosen offer
 * @param authorization signs an offer
 */
record PaymentRecipe(Signer signer, ProtocolVersion version, Predicate<PaymentRequirements> choice,
		UnaryOperator<PaymentRequirements> change, Authorization authorization) {

	/** Owns nothing on any chain. */
	private static final String KEY = "11".repeat(32);

	private static final Duration AGE_OF_EXPIRED = Duration.ofMinutes(1);

	private static final PaymentCodec CODEC = new PaymentCodec(1024 * 1024);

	PaymentRecipe() {
		this(new PrivateKeySigner(KEY), ProtocolVersion.V2, (offer) -> true, UnaryOperator.identity(),
				PaymentRecipe::valid);
	}

	PaymentRecipe signer(Signer other) {
		return new PaymentRecipe(other, this.version, this.choice, this.change, this.authorization);
	}

	PaymentRecipe version(ProtocolVersion other) {
		return new PaymentRecipe(this.signer, other, this.choice, this.change, this.authorization);
	}

	PaymentRecipe choosing(Predicate<PaymentRequirements> other) {
		return new PaymentRecipe(this.signer, this.version, this.choice.and(other), this.change, this.authorization);
	}

	PaymentRecipe changing(Function<PaymentRequirements, PaymentRequirements> other) {
		return new PaymentRecipe(this.signer, this.version, this.choice,
				(offer) -> other.apply(this.change.apply(offer)), this.authorization);
	}

	PaymentRecipe expired() {
		return new PaymentRecipe(this.signer, this.version, this.choice, this.change, PaymentRecipe::expired);
	}

	PaymentRecipe wronglySigned() {
		return new PaymentRecipe(this.signer, this.version, this.choice, this.change,
				(signer, offer) -> wronglySigned(this.authorization, signer, offer));
	}

	/**
	 * Sign a payment for one of the offers of a 402 response.
	 * @param challenge value of the {@code PAYMENT-REQUIRED} header, or {@code null}
	 * @return the payment
	 * @throws IllegalArgumentException if there is no offer to pay
	 */
	PaymentHeader sign(@Nullable String challenge) {
		Assert.notNull(challenge, "The 402 response has no " + ProtocolVersion.PAYMENT_REQUIRED_HEADER
				+ " header; x402.protocol-versions must include 2");
		List<PaymentRequirements> offers = CODEC.decode(challenge, PaymentRequiredDocument.class).accepts();
		PaymentRequirements offer = offers.stream()
			.filter(this.choice)
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"None of the offers can be paid as the test asks for: " + offers));
		Map<String, Object> signed = this.authorization.sign(this.signer, this.change.apply(offer));
		return new PaymentHeader(this.version.paymentHeader(), CODEC.encode(payload(offer, signed)));
	}

	private PaymentPayload payload(PaymentRequirements offer, Map<String, Object> signed) {
		return switch (this.version) {
			case V1 -> new PaymentPayload.V1(1, offer.scheme(), v1Name(offer), signed);
			case V2 -> new PaymentPayload.V2(2, null, json(offer), signed, null);
		};
	}

	private static String v1Name(PaymentRequirements offer) {
		String name = Networks.load().get(offer.network()).v1Name();
		Assert.notNull(name, () -> "Network " + offer.network() + " has no name in version 1 of the protocol");
		return name;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> json(PaymentRequirements offer) {
		return CODEC.read(CODEC.write(offer), Map.class);
	}

	private static Map<String, Object> valid(Signer signer, PaymentRequirements offer) {
		return new PaymentSigner(signer).sign(offer, Instant.now().plusSeconds(offer.maxTimeoutSeconds()));
	}

	private static Map<String, Object> expired(Signer signer, PaymentRequirements offer) {
		Instant end = Instant.now().minus(AGE_OF_EXPIRED);
		if (PaymentRequirements.PERMIT2.equals(offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD))) {
			return new PaymentSigner(signer).sign(offer, end);
		}
		return new Eip3009Signer(signer).sign(offer, Instant.EPOCH, end).toMap();
	}

	/**
	 * Two authorizations differ in their nonces, so each has the signature of the other
	 * one.
	 */
	private static Map<String, Object> wronglySigned(Authorization authorization, Signer signer,
			PaymentRequirements offer) {
		Map<String, Object> payment = new LinkedHashMap<>(authorization.sign(signer, offer));
		payment.put("signature", authorization.sign(signer, offer).get("signature"));
		return payment;
	}

	/**
	 * Signs an offer.
	 */
	interface Authorization {

		/**
		 * Sign an offer.
		 * @param signer the account that pays
		 * @param offer the offer
		 * @return the payload of the scheme
		 */
		Map<String, Object> sign(Signer signer, PaymentRequirements offer);

	}

}
