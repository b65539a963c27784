/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.PaymentRequirementsV1;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Encodes the 402 documents for one list of offers. The response to a request without
 * payment, by far the most frequent, is encoded once, apart from the URL.
 */
final class ChallengeEncoder {

	private static final String NO_PAYMENT = "Payment required";

	private static final String NO_PAYMENT_V1 = "X-PAYMENT header is required";

	private static final Map<ReasonCode, String> OFFICIAL_TEXTS = Map.of(ReasonCode.PAYMENT_REQUIRED, NO_PAYMENT,
			ReasonCode.REQUIREMENTS_MISMATCH, "No matching payment requirements");

	private final PaymentCodec codec;

	private final Set<ProtocolVersion> versions;

	private final Networks networks;

	private final int headerBudget;

	private final ResourceInfo resource;

	private final List<PaymentRequirements> accepts;

	private final @Nullable Map<String, Object> extensions;

	private final SplicedHeader unpaidHeader;

	private final SplicedBody unpaidBody;

	private volatile @Nullable Unpaid lastUnpaid;

	ChallengeEncoder(PaymentCodec codec, ChallengeSettings settings, Networks networks, PaymentOffers offers) {
		this.codec = codec;
		this.versions = settings.versions();
		this.networks = networks;
		this.headerBudget = settings.headerBudget();
		this.resource = offers.resource();
		this.accepts = offers.accepts();
		this.extensions = settings.extensions().isEmpty() ? null : settings.extensions();
		String place = UUID.randomUUID().toString();
		PaymentRefusal unpaid = PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED);
		this.unpaidHeader = new SplicedHeader(this.codec.write(document(place, unpaid, this.accepts, true)), place);
		this.unpaidBody = new SplicedBody(this.codec.write(bodyDocument(place, unpaid)), place);
	}

	String header(String url, PaymentRefusal refusal) {
		String header = (refusal.reason() == ReasonCode.PAYMENT_REQUIRED) ? unpaid(url).header()
				: this.codec.encode(document(url, refusal, this.accepts, true));
		return (header.length() <= this.headerBudget) ? header : trimmed(url, refusal);
	}

	byte[] document(String url, PaymentRefusal refusal) {
		return this.codec.write(document(url, refusal, this.accepts, true));
	}

	byte[] body(String url, PaymentRefusal refusal) {
		return (refusal.reason() == ReasonCode.PAYMENT_REQUIRED) ? unpaid(url).body().clone()
				: this.codec.write(bodyDocument(url, refusal));
	}

	/**
	 * Most handlers have one URL, so the previous response fits the next request.
	 */
	private Unpaid unpaid(String url) {
		Unpaid unpaid = this.lastUnpaid;
		if (unpaid == null || !unpaid.url().equals(url)) {
			byte[] quoted = quote(url);
			unpaid = new Unpaid(url, this.unpaidHeader.encode(quoted), this.unpaidBody.encode(quoted));
			this.lastUnpaid = unpaid;
		}
		return unpaid;
	}

	/**
	 * Quote a text and pad it to whole groups of three bytes, so that base64 of the text
	 * after it does not depend on it. JSON allows blanks between tokens.
	 */
	private static byte[] quote(String text) {
		byte[] content = JsonStringEncoder.getInstance().quoteAsUTF8(text);
		byte[] quoted = new byte[(content.length + 4) / 3 * 3];
		quoted[0] = '"';
		System.arraycopy(content, 0, quoted, 1, content.length);
		quoted[content.length + 1] = '"';
		Arrays.fill(quoted, content.length + 2, quoted.length, (byte) ' ');
		return quoted;
	}

	/**
	 * Omit parts until the header fits: the description, the query of the URL, offers
	 * from the end, and at last the path of the URL. The body keeps everything.
	 */
	private String trimmed(String url, PaymentRefusal refusal) {
		String header = this.codec.encode(document(url, refusal, this.accepts, false));
		for (String shorter : List.of(withoutQuery(url), withoutPath(url))) {
			for (int size = this.accepts.size(); header.length() > this.headerBudget && size > 0; size--) {
				header = this.codec.encode(document(shorter, refusal, this.accepts.subList(0, size), false));
			}
		}
		if (header.length() > this.headerBudget) {
			throw new IllegalStateException(
					"The offer takes " + header.length() + " bytes of the " + ProtocolVersion.PAYMENT_REQUIRED_HEADER
							+ " header, more than the budget of " + this.headerBudget);
		}
		return header;
	}

	private static String withoutQuery(String url) {
		int query = url.indexOf('?');
		return (query >= 0) ? url.substring(0, query) : url;
	}

	private static String withoutPath(String url) {
		int path = url.indexOf('/', url.indexOf("//") + 2);
		return (path >= 0) ? url.substring(0, path + 1) : url;
	}

	/**
	 * Make sure that a refusal fits the header even at its longest.
	 * @throws IllegalStateException if it does not
	 */
	void checkBudget() {
		trimmed("https://".concat("x".repeat(200)), PaymentRefusal.of(ReasonCode.AMOUNT_MISMATCH));
	}

	private PaymentRequiredDocument document(String url, PaymentRefusal refusal, List<PaymentRequirements> offers,
			boolean description) {
		ResourceInfo info = new ResourceInfo(url, description ? this.resource.description() : null,
				this.resource.mimeType());
		return new PaymentRequiredDocument(ProtocolVersion.V2.number(),
				OFFICIAL_TEXTS.getOrDefault(refusal.reason(), refusal.error()), info, offers, this.extensions);
	}

	private Map<String, Object> bodyDocument(String url, PaymentRefusal refusal) {
		Map<String, Object> body = new LinkedHashMap<>();
		ReasonCode reason = refusal.reason();
		List<PaymentRequirementsV1> offers = offersV1(url);
		if (asksForPayment(refusal) && !offers.isEmpty()) {
			body.put("x402Version", ProtocolVersion.V1.number());
			body.put("error", (reason == ReasonCode.PAYMENT_REQUIRED) ? NO_PAYMENT_V1 : refusal.error());
			body.put("accepts", offers);
		}
		else if (asksForPayment(refusal)) {
			body.put("x402Version", ProtocolVersion.V2.number());
			body.put("error", refusal.error());
			body.put("resource", new ResourceInfo(url, this.resource.description(), this.resource.mimeType()));
			body.put("accepts", this.accepts);
			put(body, "extensions", this.extensions);
		}
		body.putIfAbsent("error", refusal.error());
		body.putAll(reason(refusal));
		return body;
	}

	/**
	 * Return the members of a body that say why a request is refused.
	 */
	static Map<String, Object> reason(PaymentRefusal refusal) {
		ReasonCode reason = refusal.reason();
		Map<String, Object> members = new LinkedHashMap<>();
		put(members, "payer", refusal.payer());
		members.put("code", reason.code());
		members.put("message", reason.message());
		members.put("retryable", reason.retryable());
		put(members, "transaction", refusal.transaction());
		return members;
	}

	/**
	 * Return whether a refusal asks for another payment.
	 * @param refusal the refusal
	 * @return {@code true} for 402 and 412 before a settle attempt
	 */
	static boolean asksForPayment(PaymentRefusal refusal) {
		int status = refusal.reason().status();
		return (status == 402 || status == 412) && refusal.receipt() == null;
	}

	private List<PaymentRequirementsV1> offersV1(String url) {
		if (!this.versions.contains(ProtocolVersion.V1)) {
			return List.of();
		}
		ResourceInfo info = new ResourceInfo(url, this.resource.description(), this.resource.mimeType());
		List<PaymentRequirementsV1> offers = new ArrayList<>();
		for (PaymentRequirements offer : this.accepts) {
			Network network = this.networks.byId(offer.network());
			// A legacy buyer refuses the whole list for one entry it does not understand
			if (network != null && network.v1Name() != null && network.v1Buyers()
					&& Schemes.of(offer).isIn(ProtocolVersion.V1)
					&& offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD) == null
					&& offer.amount().toString().length() <= 18) {
				offers.add(PaymentRequirementsV1.of(offer, network.v1Name(), info));
			}
		}
		return offers;
	}

	private static void put(Map<String, Object> body, String name, @Nullable Object value) {
		if (value != null) {
			body.put(name, value);
		}
	}

	/**
	 * The response to a request without payment.
	 *
	 * @param url the URL
	 * @param header the header, however long
	 * @param body the body, not to be changed
	 */
	private record Unpaid(String url, String header, byte[] body) {

	}

	/**
	 * Base64 of a document with one place for a quoted URL. Each of its parts is a number
	 * of whole groups of three bytes, so that it is encoded on its own.
	 */
	private static final class SplicedHeader {

		private final String before;

		private final String after;

		SplicedHeader(byte[] json, String place) {
			String text = new String(json, StandardCharsets.UTF_8);
			String quoted = '"' + place + '"';
			int at = text.indexOf(quoted);
			this.before = encodeText(pad(text.substring(0, at).getBytes(StandardCharsets.UTF_8)));
			this.after = encodeText(text.substring(at + quoted.length()).getBytes(StandardCharsets.UTF_8));
		}

		String encode(byte[] url) {
			return this.before + encodeText(url) + this.after;
		}

		private static byte[] pad(byte[] bytes) {
			int blanks = (3 - bytes.length % 3) % 3;
			byte[] padded = Arrays.copyOf(bytes, bytes.length + blanks);
			Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
			return padded;
		}

		private static String encodeText(byte[] bytes) {
			return Base64.getEncoder().encodeToString(bytes);
		}

	}

	/**
	 * A document with places for a quoted URL.
	 */
	private static final class SplicedBody {

		private final List<byte[]> parts;

		SplicedBody(byte[] json, String place) {
			String text = new String(json, StandardCharsets.UTF_8);
			this.parts = List.of(text.split('"' + place + '"', -1))
				.stream()
				.map((part) -> part.getBytes(StandardCharsets.UTF_8))
				.toList();
		}

		byte[] encode(byte[] url) {
			int length = (this.parts.size() - 1) * url.length;
			for (byte[] part : this.parts) {
				length += part.length;
			}
			ByteBuffer body = ByteBuffer.allocate(length);
			for (int i = 0; i < this.parts.size(); i++) {
				if (i > 0) {
					body.put(url);
				}
				body.put(this.parts.get(i));
			}
			return body.array();
		}

	}

}
