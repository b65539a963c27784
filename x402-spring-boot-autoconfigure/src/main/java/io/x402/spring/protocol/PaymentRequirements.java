/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.ToStringSerializer;

/**
 * One offer: an entry of {@code accepts} in the v2 402 document, also what the
 * facilitator is asked to verify and settle.
 *
 * @param scheme payment scheme, for example {@code exact}
 * @param network CAIP-2 identifier of the network, for example {@code eip155:84532}
 * @param amount price in atomic units of the asset, a decimal string on the wire
 * @param asset address or mint of the token
 * @param payTo address of the recipient
 * @param maxTimeoutSeconds how long the buyer's authorization must be valid, in seconds,
 * greater than zero
 * @param extra scheme data such as the EIP-712 {@code name} and {@code version} of the
 * token, unmodifiable; never {@code null}, absent on the wire when empty
 * @since 0.1.0
 */
@JsonPropertyOrder({ "scheme", "network", "amount", "asset", "payTo", "maxTimeoutSeconds", "extra" })
public record PaymentRequirements(String scheme, String network,
		@JsonSerialize(using = ToStringSerializer.class) @JsonDeserialize(
				using = AtomicAmountDeserializer.class) BigInteger amount,
		String asset, String payTo, int maxTimeoutSeconds, @JsonInclude(Include.NON_EMPTY) Map<String, Object> extra) {

	/**
	 * Key of {@link #extra()} that announces a payment flow other than
	 * {@code authorization}.
	 */
	public static final String PAYMENT_FLOW = "paymentFlow";

	/**
	 * Key of {@link #extra()} that marks a top-up: it buys a balance, of which each call
	 * takes its price.
	 * @since 0.2.0
	 */
	public static final String TOP_UP = "topUp";

	/**
	 * Key of {@link #extra()} that announces a transfer method other than
	 * {@code eip3009}.
	 */
	public static final String ASSET_TRANSFER_METHOD = "assetTransferMethod";

	/**
	 * Value of {@link #ASSET_TRANSFER_METHOD} for Uniswap's Permit2.
	 */
	public static final String PERMIT2 = "permit2";

	/**
	 * Key of {@link #extra()} that names who may settle a payment of scheme {@code upto}.
	 */
	public static final String FACILITATOR_ADDRESS = "facilitatorAddress";

	public PaymentRequirements {
		Objects.requireNonNull(scheme, "scheme");
		Objects.requireNonNull(network, "network");
		Objects.requireNonNull(amount, "amount");
		Objects.requireNonNull(asset, "asset");
		Objects.requireNonNull(payTo, "payTo");
		if (amount.signum() < 0 || maxTimeoutSeconds <= 0) {
			throw new IllegalArgumentException("Amount or timeout of the offer is out of range");
		}
		extra = PlainJson.copyOrEmpty(extra);
	}

	/**
	 * Return the network with its rules.
	 * @return the network
	 */
	public NetworkId networkId() {
		return new NetworkId(this.network);
	}

	/**
	 * Return whether a balance is bought.
	 * @return {@code true} for a top-up
	 * @since 0.2.0
	 */
	@JsonIgnore
	public boolean isTopUp() {
		return Boolean.TRUE.equals(this.extra.get(TOP_UP));
	}

	/**
	 * Return the same offer as a top-up.
	 * @return the offer, marked
	 * @since 0.2.0
	 */
	public PaymentRequirements asTopUp() {
		Map<String, Object> marked = new LinkedHashMap<>(this.extra);
		marked.put(TOP_UP, true);
		return new PaymentRequirements(this.scheme, this.network, this.amount, this.asset, this.payTo,
				this.maxTimeoutSeconds, marked);
	}

	/**
	 * Return whether another offer is paid in the same token on the same network to the
	 * same recipient.
	 * @param other the other offer
	 * @return {@code true} if a balance that was bought by one can pay the other
	 * @since 0.2.0
	 */
	public boolean isPaidLike(PaymentRequirements other) {
		return isPaidIn(other.network, other.asset, other.payTo);
	}

	/**
	 * Return whether this offer is paid in a token on a network to a recipient.
	 * @param network CAIP-2 identifier of the network
	 * @param asset address of the token, as the network spells it or otherwise
	 * @param payTo address of the recipient, likewise
	 * @return {@code true} if it is
	 * @since 0.2.0
	 */
	public boolean isPaidIn(String network, String asset, String payTo) {
		return this.network.equals(network) && networkId().isSameAddress(this.asset, asset)
				&& networkId().isSameAddress(this.payTo, payTo);
	}

	/**
	 * Return the same offer for another amount.
	 * @param other the amount in atomic units of the asset, not negative
	 * @return the offer
	 */
	public PaymentRequirements withAmount(BigInteger other) {
		return new PaymentRequirements(this.scheme, this.network, other, this.asset, this.payTo, this.maxTimeoutSeconds,
				this.extra);
	}

	/**
	 * Return a text entry of {@link #extra()}.
	 * @param key the key
	 * @return its value, or {@code null} if it is absent or not a text
	 */
	public @Nullable String extraText(String key) {
		return (this.extra.get(key) instanceof String text) ? text : null;
	}

}
