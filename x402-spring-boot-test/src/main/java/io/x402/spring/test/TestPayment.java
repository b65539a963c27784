/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * A payment of a test. It asks for the price as any buyer does, signs a payment for the
 * first offer and sends the request with it. Unless {@link #signedOnce()} is called, each
 * request is paid by a new payment. Immutable: each method returns a changed copy.
 *
 * @param <S> type of the copies
 * @since 0.1.0
 * @see MockMvcPayment
 * @see ClientPayment
 * @see WebClientPayment
 */
public abstract sealed class TestPayment<S extends TestPayment<S>>
		permits MockMvcPayment, ClientPayment, WebClientPayment {

	private static final int PAYMENT_REQUIRED = 402;

	private final PaymentRecipe recipe;

	private final @Nullable AtomicReference<PaymentHeader> signed;

	TestPayment(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		this.recipe = recipe;
		this.signed = signed;
	}

	abstract S copy(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed);

	private S copy(PaymentRecipe other) {
		return copy(other, (this.signed != null) ? new AtomicReference<>() : null);
	}

	/**
	 * Pay from another account than the default one.
	 * @param privateKey 64 hexadecimal digits, with or without {@code 0x}; never one that
	 * holds money
	 * @return the payment
	 * @throws IllegalArgumentException if the text is not a private key
	 */
	public S by(String privateKey) {
		return by(new PrivateKeySigner(privateKey));
	}

	/**
	 * Pay from another account than the default one.
	 * @param signer signs for the account
	 * @return the payment
	 */
	public S by(Signer signer) {
		return copy(this.recipe.signer(signer));
	}

	/**
	 * Pay as a buyer of protocol version 1 does, in the {@code X-PAYMENT} header.
	 * @return the payment
	 */
	public S version1() {
		return copy(this.recipe.version(ProtocolVersion.V1));
	}

	/**
	 * Choose an offer by its network.
	 * @param network name or CAIP-2 identifier, such as {@code base-sepolia}
	 * @return the payment
	 * @throws io.x402.spring.money.InvalidPriceException if the network is not known
	 */
	public S on(String network) {
		String id = Networks.load().get(network).id();
		return copy(this.recipe.choosing((offer) -> offer.network().equals(id)));
	}

	/**
	 * Choose an offer by its scheme.
	 * @param scheme the scheme, such as {@code upto}
	 * @return the payment
	 */
	public S scheme(String scheme) {
		return copy(this.recipe.choosing((offer) -> offer.scheme().equals(scheme)));
	}

	/**
	 * Sign another amount than the price.
	 * @param amount the amount in atomic units of the asset
	 * @return the payment
	 */
	public S amount(BigInteger amount) {
		return copy(this.recipe.changing((offer) -> offer.withAmount(amount)));
	}

	/**
	 * Sign a payment to somebody else than the seller.
	 * @param recipient address that is paid
	 * @return the payment
	 */
	public S payTo(String recipient) {
		return copy(this.recipe.changing((offer) -> new PaymentRequirements(offer.scheme(), offer.network(),
				offer.amount(), offer.asset(), recipient, offer.maxTimeoutSeconds(), offer.extra())));
	}

	/**
	 * Sign a payment whose time is over.
	 * @return the payment
	 */
	public S expired() {
		return copy(this.recipe.expired());
	}

	/**
	 * Send the signature of another payment.
	 * @return the payment
	 */
	public S wronglySigned() {
		return copy(this.recipe.wronglySigned());
	}

	/**
	 * Sign once and send the identical payment with every request from then on.
	 * @return the payment, which remembers what it signed
	 */
	public S signedOnce() {
		return copy(this.recipe, new AtomicReference<>());
	}

	static boolean isAskedFor(int status) {
		return status == PAYMENT_REQUIRED;
	}

	/**
	 * Return the payment that is sent without asking for the price.
	 * @return the payment, or {@code null} if the price must be asked for
	 */
	@Nullable PaymentHeader signed() {
		return (this.signed != null) ? this.signed.get() : null;
	}

	/**
	 * Sign a payment for a 402 response.
	 * @param challenge value of its {@code PAYMENT-REQUIRED} header, or {@code null}
	 * @return the payment
	 */
	PaymentHeader sign(@Nullable String challenge) {
		PaymentHeader payment = this.recipe.sign(challenge);
		return (this.signed == null || this.signed.compareAndSet(null, payment)) ? payment : this.signed.get();
	}

}
