/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.math.BigInteger;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.AtomicAmount;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.PaymentRequirementsV1;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads the bodies of {@code /verify} and {@code /settle} strictly.
 */
final class CallReader {

	private CallReader() {
	}

	/**
	 * Read a message.
	 * @param body the bytes
	 * @param codec reads strictly
	 * @param networks the known networks
	 * @throws RefusedMessageException if it is no message
	 */
	static CallMessage read(byte[] body, PaymentCodec codec, Networks networks) throws RefusedMessageException {
		BigInteger version = read(body, codec, Versioned.class, RefusedMessageException.INVALID_PAYLOAD).version();
		if (is(ProtocolVersion.V2, version)) {
			return readV2(body, codec);
		}
		if (is(ProtocolVersion.V1, version)) {
			return readV1(body, codec, networks);
		}
		throw new RefusedMessageException(RefusedMessageException.INVALID_VERSION);
	}

	private static boolean is(ProtocolVersion version, BigInteger number) {
		return number.equals(BigInteger.valueOf(version.number()));
	}

	private static CallMessage readV2(byte[] body, PaymentCodec codec) throws RefusedMessageException {
		PaymentPayload.V2 payload = read(body, codec, PayloadV2.class, RefusedMessageException.INVALID_PAYLOAD)
			.paymentPayload();
		PaymentRequirements offer = read(body, codec, RequirementsV2.class,
				RefusedMessageException.INVALID_REQUIREMENTS)
			.paymentRequirements();
		return new CallMessage(new FacilitatorRequest(payload, accepted(payload, offer), resource(payload.resource()))
			.charging(offer.amount()), offer.network());
	}

	/**
	 * A seller may settle less than was accepted.
	 */
	private static PaymentRequirements accepted(PaymentPayload.V2 payload, PaymentRequirements offer) {
		BigInteger price = AtomicAmount.parse(payload.accepted().get("amount"));
		return (Schemes.of(offer).isMetered() && price != null) ? offer.withAmount(price) : offer;
	}

	private static CallMessage readV1(byte[] body, PaymentCodec codec, Networks networks)
			throws RefusedMessageException {
		PaymentPayload.V1 payload = read(body, codec, PayloadV1.class, RefusedMessageException.INVALID_PAYLOAD)
			.paymentPayload();
		PaymentRequirementsV1 offer = read(body, codec, RequirementsV1.class,
				RefusedMessageException.INVALID_REQUIREMENTS)
			.paymentRequirements();
		PaymentRequirements requirements = new PaymentRequirements(offer.scheme(), id(offer.network(), networks),
				offer.maxAmountRequired(), offer.asset(), offer.payTo(), offer.maxTimeoutSeconds(), offer.extra());
		return new CallMessage(new FacilitatorRequest(payload, requirements,
				new ResourceInfo(offer.resource(), offer.description(), offer.mimeType())), offer.network());
	}

	private static String id(String v1Name, Networks networks) throws RefusedMessageException {
		try {
			Network network = networks.get(v1Name);
			if (v1Name.equals(network.v1Name())) {
				return network.id();
			}
		}
		catch (InvalidPriceException ex) {
			// Falls through, the message quotes the input
		}
		throw new RefusedMessageException(RefusedMessageException.INVALID_NETWORK);
	}

	private static <T> T read(byte[] body, PaymentCodec codec, Class<T> type, String code)
			throws RefusedMessageException {
		try {
			return codec.read(body, type);
		}
		catch (JacksonException ex) {
			throw new RefusedMessageException(code);
		}
	}

	private static ResourceInfo resource(@Nullable Map<String, Object> resource) {
		return (resource != null) ? new ResourceInfo(text(resource, "url"), null, null)
				: new ResourceInfo("", null, null);
	}

	private static String text(Map<String, Object> resource, String name) {
		return (resource.get(name) instanceof String text) ? text : "";
	}

	/** Not every seller repeats the version of the payment beside it. */
	private record Versioned(@Nullable BigInteger x402Version, @Nullable Payment paymentPayload) {

		Versioned {
			if (x402Version == null && (paymentPayload == null || paymentPayload.x402Version() == null)) {
				throw new IllegalArgumentException("There is no version");
			}
		}

		BigInteger version() {
			return (this.x402Version != null) ? this.x402Version
					: Objects.requireNonNull(Objects.requireNonNull(this.paymentPayload).x402Version());
		}

		private record Payment(@Nullable BigInteger x402Version) {

		}

	}

	private record PayloadV2(PaymentPayload.V2 paymentPayload) {

		PayloadV2 {
			Objects.requireNonNull(paymentPayload, "paymentPayload");
		}

	}

	private record PayloadV1(PaymentPayload.V1 paymentPayload) {

		PayloadV1 {
			Objects.requireNonNull(paymentPayload, "paymentPayload");
		}

	}

	private record RequirementsV2(PaymentRequirements paymentRequirements) {

		RequirementsV2 {
			Objects.requireNonNull(paymentRequirements, "paymentRequirements");
		}

	}

	private record RequirementsV1(PaymentRequirementsV1 paymentRequirements) {

		RequirementsV1 {
			Objects.requireNonNull(paymentRequirements, "paymentRequirements");
		}

	}

}
