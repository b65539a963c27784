/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
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

	/** Length of the longest usual URL, without its scheme. */
	private static final int USUAL_URL = 200;

	private static final byte[] NO_PATH_PARAMS = { '{', '}', ' ' };

	private final PaymentCodec codec;

	private final Set<ProtocolVersion> versions;

	private final Networks networks;

	private final int headerBudget;

	private final ResourceInfo resource;

	private final List<PaymentRequirements> accepts;

	private final Map<String, Object> extensions;

	private final @Nullable ResourceDeclaration declaration;

	private final DeclarationForm form;

	/** Written by the first request, so that no start waits for it. */
	private volatile @Nullable Unplaced unplaced;

	private volatile @Nullable Unpaid lastUnpaid;

	ChallengeEncoder(PaymentCodec codec, ChallengeSettings settings, Networks networks, PaymentOffers offers) {
		this(codec, settings, networks, offers, null);
	}

	ChallengeEncoder(PaymentCodec codec, ChallengeSettings settings, Networks networks, PaymentOffers offers,
			@Nullable ResourceDeclaration declaration) {
		this.codec = codec;
		this.versions = settings.versions();
		this.networks = networks;
		this.headerBudget = settings.headerBudget();
		this.resource = offers.resource();
		this.accepts = offers.accepts();
		this.extensions = settings.extensions();
		this.declaration = declaration;
		this.form = affordable();
	}

	private Unplaced unplaced() {
		Unplaced documents = this.unplaced;
		if (documents == null) {
			documents = write();
			this.unplaced = documents;
		}
		return documents;
	}

	private Unplaced write() {
		String url = UUID.randomUUID().toString();
		String pathParams = UUID.randomUUID().toString();
		Occasion place = new Occasion(url, pathParams, PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED));
		return new Unplaced(
				new SplicedHeader(this.codec.write(document(place, this.accepts, this.form)), url, pathParams),
				new SplicedBody(this.codec.write(bodyDocument(place, this.accepts)), url, pathParams));
	}

	/**
	 * Return the longest form of the declaration that fits the header of most requests,
	 * and that buyers can repeat with a payment, of which less is accepted.
	 */
	private DeclarationForm affordable() {
		if (this.declaration == null) {
			return DeclarationForm.NONE;
		}
		Occasion usual = new Occasion("https://".concat("x".repeat(USUAL_URL)), Map.of(),
				PaymentRefusal.of(ReasonCode.PAYMENT_REQUIRED));
		return Stream.of(DeclarationForm.FULL, DeclarationForm.MINIMAL)
			.filter((candidate) -> this.codec.encode(document(usual, this.accepts, candidate))
				.length() <= this.headerBudget)
			.filter(this::canBeRepeated)
			.findFirst()
			.orElse(DeclarationForm.NONE);
	}

	@SuppressWarnings("unchecked")
	private boolean canBeRepeated(DeclarationForm candidate) {
		Map<String, Object> accepted = this.codec.read(this.codec.write(this.accepts.get(0)), Map.class);
		PaymentPayload payment = new PaymentPayload.V2(ProtocolVersion.V2.number(), null, accepted,
				Map.of("signature", "0x"), extensions(Map.of(), candidate));
		try {
			this.codec.decodePayment(ProtocolVersion.V2, this.codec.encode(payment));
			return true;
		}
		catch (InvalidPaymentException ex) {
			return false;
		}
	}

	String header(ChallengedResource resource, PaymentRefusal refusal) {
		String header = isUsual(resource, refusal) ? unpaid(resource).header()
				: this.codec.encode(document(new Occasion(resource, refusal), offers(resource), this.form));
		return (header.length() <= this.headerBudget) ? header : trimmed(resource, refusal);
	}

	byte[] document(ChallengedResource resource, PaymentRefusal refusal) {
		return this.codec.write(document(new Occasion(resource, refusal), offers(resource), this.form));
	}

	byte[] body(ChallengedResource resource, PaymentRefusal refusal) {
		return isUsual(resource, refusal) ? unpaid(resource).body().clone()
				: this.codec.write(bodyDocument(new Occasion(resource, refusal), offers(resource)));
	}

	private List<PaymentRequirements> offers(ChallengedResource resource) {
		List<PaymentRequirements> offers = new ArrayList<>(this.accepts);
		offers.addAll(resource.quotes());
		return offers;
	}

	private static boolean isUsual(ChallengedResource resource, PaymentRefusal refusal) {
		return refusal.reason() == ReasonCode.PAYMENT_REQUIRED && resource.isUsual();
	}

	/**
	 * Most handlers have one URL, so the previous response fits the next request.
	 */
	private Unpaid unpaid(ChallengedResource resource) {
		Unpaid unpaid = this.lastUnpaid;
		if (unpaid == null || !unpaid.resource().equals(resource)) {
			byte[] url = quote(resource.url());
			byte[] pathParams = resource.pathParams().isEmpty() ? NO_PATH_PARAMS
					: padded(this.codec.write(resource.pathParams()));
			Unplaced documents = unplaced();
			unpaid = new Unpaid(resource, documents.header().encode(url, pathParams),
					documents.body().encode(url, pathParams));
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
		byte[] quoted = new byte[content.length + 2];
		quoted[0] = '"';
		System.arraycopy(content, 0, quoted, 1, content.length);
		quoted[content.length + 1] = '"';
		return padded(quoted);
	}

	private static byte[] padded(byte[] bytes) {
		byte[] padded = Arrays.copyOf(bytes, (bytes.length + 2) / 3 * 3);
		Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
		return padded;
	}

	/**
	 * Omit parts until the header fits: what catalogues read, the description, quotes,
	 * the extensions of this challenge and the query of the URL, offers from the end, and
	 * at last the path of the URL. The body keeps the offers whole. A quote is for the
	 * whole URL, which its buyer signs.
	 */
	private String trimmed(ChallengedResource resource, PaymentRefusal refusal) {
		Occasion occasion = new Occasion(resource, refusal);
		List<PaymentRequirements> offers = offers(resource);
		String header = (this.form == DeclarationForm.NONE) ? null
				: this.codec.encode(document(occasion, offers, DeclarationForm.MINIMAL));
		if (header == null || header.length() > this.headerBudget) {
			header = this.codec.encode(shortDocument(occasion, offers));
		}
		if (header.length() > this.headerBudget && !resource.quotes().isEmpty()) {
			header = this.codec.encode(shortDocument(occasion, this.accepts));
		}
		for (String shorter : List.of(withoutQuery(resource.url()), withoutPath(resource.url()))) {
			for (int size = this.accepts.size(); header.length() > this.headerBudget && size > 0; size--) {
				header = this.codec
					.encode(shortDocument(new Occasion(resource.at(shorter), refusal), this.accepts.subList(0, size)));
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
		ChallengedResource usual = new ChallengedResource("https://".concat("x".repeat(USUAL_URL)));
		PaymentRefusal refusal = PaymentRefusal.of(ReasonCode.AMOUNT_MISMATCH);
		if (EncodedLength.maximum(shortDocument(new Occasion(usual, refusal), this.accepts)) > this.headerBudget) {
			trimmed(usual, refusal);
		}
	}

	private PaymentRequiredDocument document(Occasion occasion, List<PaymentRequirements> offers,
			DeclarationForm declared) {
		return new PaymentRequiredDocument(ProtocolVersion.V2.number(), officialText(occasion),
				this.resource.at(occasion.url()), offers, extensions(occasion, declared));
	}

	private PaymentRequiredDocument shortDocument(Occasion occasion, List<PaymentRequirements> offers) {
		return new PaymentRequiredDocument(ProtocolVersion.V2.number(), officialText(occasion),
				new ResourceInfo(occasion.url(), null, this.resource.mimeType()), offers,
				extensions(occasion, DeclarationForm.NONE));
	}

	private static String officialText(Occasion occasion) {
		return OFFICIAL_TEXTS.getOrDefault(occasion.refusal().reason(), occasion.refusal().error());
	}

	private @Nullable Map<String, Object> extensions(Occasion occasion, DeclarationForm declared) {
		Map<String, Object> all = new LinkedHashMap<>(extensions(occasion.pathParams(), declared));
		all.putAll(occasion.more());
		return all.isEmpty() ? null : all;
	}

	private Map<String, Object> extensions(Object pathParams, DeclarationForm declared) {
		Map<String, Object> all = new LinkedHashMap<>(this.extensions);
		if (this.declaration != null && declared != DeclarationForm.NONE) {
			all.put(ResourceDeclaration.KEY, (declared == DeclarationForm.FULL) ? this.declaration.extension(pathParams)
					: this.declaration.minimalExtension(pathParams));
		}
		return all;
	}

	private Map<String, Object> bodyDocument(Occasion occasion, List<PaymentRequirements> accepts) {
		Map<String, Object> body = new LinkedHashMap<>();
		PaymentRefusal refusal = occasion.refusal();
		ReasonCode reason = refusal.reason();
		List<PaymentRequirementsV1> offers = offersV1(occasion.url());
		if (asksForPayment(refusal) && !offers.isEmpty()) {
			body.put("x402Version", ProtocolVersion.V1.number());
			body.put("error", (reason == ReasonCode.PAYMENT_REQUIRED) ? NO_PAYMENT_V1 : refusal.error());
			body.put("accepts", offers);
		}
		else if (asksForPayment(refusal)) {
			body.put("x402Version", ProtocolVersion.V2.number());
			body.put("error", refusal.error());
			body.put("resource", this.resource.at(occasion.url()));
			body.put("accepts", accepts);
			put(body, "extensions", extensions(occasion, this.form));
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
		ResourceInfo info = this.resource.at(url);
		List<PaymentRequirementsV1> offers = new ArrayList<>();
		for (PaymentRequirements offer : this.accepts) {
			Network network = this.networks.byId(offer.network());
			// A legacy buyer refuses the whole list for one entry it does not understand
			if (network != null && network.v1Name() != null && network.v1Buyers()
					&& Schemes.of(offer).isIn(ProtocolVersion.V1)
					&& offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD) == null
					&& offer.amount().toString().length() <= 18) {
				PaymentRequirementsV1 legacy = PaymentRequirementsV1.of(offer, network.v1Name(), info);
				offers.add(
						(this.declaration != null) ? legacy.withOutputSchema(this.declaration.outputSchema()) : legacy);
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
	 * How much of the declaration of a mapping is sent.
	 */
	private enum DeclarationForm {

		FULL, MINIMAL, NONE

	}

	/**
	 * What a challenge is written for.
	 *
	 * @param url the URL
	 * @param pathParams values of path variables, or the place for them
	 * @param refusal why the request is refused
	 * @param more protocol extensions of this challenge alone, by key
	 */
	private record Occasion(String url, Object pathParams, PaymentRefusal refusal, Map<String, Object> more) {

		Occasion(String url, Object pathParams, PaymentRefusal refusal) {
			this(url, pathParams, refusal, Map.of());
		}

		Occasion(ChallengedResource resource, PaymentRefusal refusal) {
			this(resource.url(), resource.pathParams(), refusal, resource.extensions());
		}

	}

	/**
	 * The response to a request without payment, with places for what the request has.
	 *
	 * @param header the header
	 * @param body the body
	 */
	private record Unplaced(SplicedHeader header, SplicedBody body) {

	}

	/**
	 * The response to a request without payment.
	 *
	 * @param resource the resource
	 * @param header the header, however long
	 * @param body the body, not to be changed
	 */
	private record Unpaid(ChallengedResource resource, String header, byte[] body) {

	}

	/**
	 * Parts of a JSON document between the places for a URL and for path parameters.
	 *
	 * @param texts the parts, one more than there are places
	 * @param urls whether the place after each part, but the last, is one for a URL
	 */
	private record Parts(List<String> texts, List<Boolean> urls) {

		static Parts of(byte[] json, String url, String pathParams) {
			String rest = new String(json, StandardCharsets.UTF_8);
			String quotedUrl = '"' + url + '"';
			String quotedParams = '"' + pathParams + '"';
			List<String> texts = new ArrayList<>();
			List<Boolean> urls = new ArrayList<>();
			int at = next(rest, quotedUrl, quotedParams);
			while (at >= 0) {
				texts.add(rest.substring(0, at));
				urls.add(rest.startsWith(quotedUrl, at));
				rest = rest.substring(at + quotedUrl.length());
				at = next(rest, quotedUrl, quotedParams);
			}
			texts.add(rest);
			return new Parts(texts, urls);
		}

		private static int next(String text, String url, String pathParams) {
			int first = text.indexOf(url);
			int second = text.indexOf(pathParams);
			return (first < 0 || second < 0) ? Math.max(first, second) : Math.min(first, second);
		}

	}

	/**
	 * Base64 of a document with places for a quoted URL and for path parameters. Each of
	 * its parts is a number of whole groups of three bytes, so that it is encoded on its
	 * own.
	 */
	private static final class SplicedHeader {

		private final Parts parts;

		SplicedHeader(byte[] json, String url, String pathParams) {
			Parts plain = Parts.of(json, url, pathParams);
			List<String> encoded = new ArrayList<>();
			int last = plain.texts().size() - 1;
			for (int i = 0; i <= last; i++) {
				byte[] text = plain.texts().get(i).getBytes(StandardCharsets.UTF_8);
				encoded.add(encodeText((i < last) ? padded(text) : text));
			}
			this.parts = new Parts(encoded, plain.urls());
		}

		String encode(byte[] url, byte[] pathParams) {
			StringBuilder header = new StringBuilder(this.parts.texts().get(0));
			for (int i = 0; i < this.parts.urls().size(); i++) {
				header.append(encodeText(this.parts.urls().get(i) ? url : pathParams));
				header.append(this.parts.texts().get(i + 1));
			}
			return header.toString();
		}

		private static String encodeText(byte[] bytes) {
			return Base64.getEncoder().encodeToString(bytes);
		}

	}

	/**
	 * A document with places for a quoted URL and for path parameters.
	 */
	private static final class SplicedBody {

		private final List<byte[]> texts;

		private final List<Boolean> urls;

		SplicedBody(byte[] json, String url, String pathParams) {
			Parts parts = Parts.of(json, url, pathParams);
			this.texts = parts.texts().stream().map((text) -> text.getBytes(StandardCharsets.UTF_8)).toList();
			this.urls = parts.urls();
		}

		byte[] encode(byte[] url, byte[] pathParams) {
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			body.writeBytes(this.texts.get(0));
			for (int i = 0; i < this.urls.size(); i++) {
				body.writeBytes(this.urls.get(i) ? url : pathParams);
				body.writeBytes(this.texts.get(i + 1));
			}
			return body.toByteArray();
		}

	}

}
