/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.evm.BoundNonce;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.web.PaymentCredentials;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.RefusalDocument;
import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.RequestHead;
import io.x402.spring.web.ResponseHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * The Machine Payments Protocol: challenges of scheme {@code Payment}, method
 * {@code evm}, intent {@code charge}. A challenge is bound to a request by its id, which
 * only this server can make, and an authorization to the challenge by its nonce, so that
 * nothing is remembered between the two. Safe for concurrent use.
 *
 * @since 0.2.0
 */
public final class MachinePayments implements PaymentFraming {

	/** What clients send who would rather pay by this protocol. */
	private static final String ACCEPT_PAYMENT = "Accept-Payment";

	private static final String RECEIPT = "Payment-Receipt";

	private static final int MAX_CHALLENGES = 4;

	private static final int NONCE_LENGTH = 12;

	private static final int TARGET_DIGITS = 32;

	private static final String NONCE = "nonce";

	private static final String TARGET = "resource";

	private static final Pattern AUTHORITY = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]+)");

	private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1,200}");

	private final SecureRandom random = new SecureRandom();

	private final ChallengeSeal seal;

	private final @Nullable String realm;

	private final @Nullable String header;

	private final int headerLimit;

	private final PaymentCodec codec;

	private final ChargeRequests requests;

	private final Problems problems;

	private final Clock clock;

	/**
	 * Create the framing.
	 * @param settings who asks for payment
	 * @param codec decodes and encodes
	 * @param networks the known networks
	 * @param clock the time
	 */
	public MachinePayments(Settings settings, PaymentCodec codec, Networks networks, Clock clock) {
		this.seal = new ChallengeSeal(settings.secret());
		this.realm = settings.realm();
		this.header = settings.ownHeader() ? PaymentCredentials.HEADERS.get(1) : null;
		this.headerLimit = settings.headerLimit();
		this.codec = codec;
		this.requests = new ChargeRequests(codec, networks);
		this.problems = new Problems(codec);
		this.clock = clock;
	}

	@Override
	public Set<String> requestHeaders() {
		return Set.copyOf(PaymentCredentials.HEADERS);
	}

	@Override
	public boolean isPresent(RequestHead request) {
		return !PaymentCredentials.of(request).isEmpty();
	}

	@Override
	public PaymentPayload read(RequestHead request, PaymentOffers offers) {
		List<String> sent = PaymentCredentials.of(request);
		if (sent.size() != 1) {
			throw new InvalidPaymentException(ReasonCode.AMBIGUOUS_PAYMENT, "More than one payment");
		}
		Credential credential = Credential.of(this.codec.decodeUrlSafe(sent.get(0)));
		Challenge challenge = credential.challenge();
		if (challenge.opaque() == null || !isOurs(challenge, offers)) {
			throw invalidChallenge();
		}
		Map<String, Object> terms = this.codec.decodeUrlSafe(challenge.opaque());
		if (!target(request).equals(terms.get(TARGET))) {
			throw invalidChallenge();
		}
		Map<String, Object> offer = this.requests.accepted(challenge.request(), terms);
		requireBound(credential, new NetworkId(String.valueOf(offer.get("network"))));
		return new PaymentPayload.V2(ProtocolVersion.V2.number(), null, offer, credential.authorization(), null);
	}

	/**
	 * Members that no id could bind are compared before it: what could be read as another
	 * member is not there.
	 */
	private boolean isOurs(Challenge challenge, PaymentOffers offers) {
		return challenge.method().equals(ChargeRequests.METHOD) && challenge.intent().equals(ChargeRequests.INTENT)
				&& challenge.realm().equals(realm(offers)) && challenge.digest() == null
				&& Objects.equals(challenge.header(), this.header) && this.seal.isIntact(challenge);
	}

	/**
	 * The authorization ends with its challenge, so that the engine knows when both are
	 * over, and still delivers what was paid for in time.
	 */
	private static void requireBound(Credential credential, NetworkId network) {
		if (!(network.read(credential.authorization()) instanceof EvmPayload.Eip3009 authorization)) {
			throw Credential.malformed();
		}
		Challenge challenge = credential.challenge();
		BigInteger end = BigInteger.valueOf(Instant.parse(challenge.expires()).getEpochSecond());
		if (!authorization.nonce().equals(BoundNonce.of(challenge.id() + challenge.realm()))
				|| authorization.validBefore().compareTo(end) > 0) {
			throw invalidChallenge();
		}
		String source = "did:pkh:" + network + ":" + authorization.from();
		if (credential.source() != null && !source.equalsIgnoreCase(credential.source())) {
			throw Credential.malformed();
		}
	}

	private static InvalidPaymentException invalidChallenge() {
		return new InvalidPaymentException(ReasonCode.INVALID_CHALLENGE, "The challenge is not of this request");
	}

	@Override
	public RefusalDocument refuse(RequestHead request, PaymentChallenge challenge, RefusalDocument document) {
		PaymentOffers offers = challenge.offers();
		List<Challenge> challenges = (offers != null && challenge.asksForPayment()) ? challenges(request, offers)
				: List.of();
		HttpHeaders headers = new HttpHeaders();
		headers.putAll(document.headers());
		challenges = challenges.subList(0, announce(challenges, description(offers), headers));
		headers.add(HttpHeaders.VARY, ACCEPT_PAYMENT);
		boolean json = MediaType.APPLICATION_JSON_VALUE.equals(headers.getFirst(HttpHeaders.CONTENT_TYPE));
		if (!json || !isUnderstood(request)) {
			return new RefusalDocument(document.status(), headers, document.body());
		}
		byte[] body = this.problems.of(challenge.refusal().reason(), document.status(),
				challenges.isEmpty() ? null : challenges.get(0).id(), document.body());
		headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		headers.setContentLength(body.length);
		return new RefusalDocument(document.status(), headers, body);
	}

	/**
	 * Servers limit the size of headers, so challenges have what the offers have left.
	 * @return how many there is room for
	 */
	private int announce(List<Challenge> challenges, @Nullable String description, HttpHeaders headers) {
		String offers = headers.getFirst(ProtocolVersion.PAYMENT_REQUIRED_HEADER);
		int left = this.headerLimit - ((offers != null) ? offers.length() : 0);
		int announced = 0;
		for (Challenge challenge : challenges) {
			String value = challenge.toHeader(description);
			left -= value.length();
			if (left < 0) {
				break;
			}
			headers.add(HttpHeaders.WWW_AUTHENTICATE, value);
			announced++;
		}
		return announced;
	}

	/**
	 * Buyers of x402 get the media type that they have always got.
	 */
	private boolean isUnderstood(RequestHead request) {
		return isPresent(request) || request.header(ACCEPT_PAYMENT) != null;
	}

	private List<Challenge> challenges(RequestHead request, PaymentOffers offers) {
		String realm = realm(offers);
		String target = target(request);
		return offers.accepts()
			.stream()
			.filter(ChargeRequests::isChargeable)
			.limit(MAX_CHALLENGES)
			.map((offer) -> challenge(offer, realm, target))
			.toList();
	}

	private Challenge challenge(PaymentRequirements offer, String realm, String target) {
		Instant expires = this.clock.instant().plusSeconds(offer.maxTimeoutSeconds()).truncatedTo(ChronoUnit.SECONDS);
		Challenge challenge = new Challenge("", realm, ChargeRequests.METHOD, ChargeRequests.INTENT,
				this.requests.of(offer), expires.toString(), null, this.header, opaque(offer, target));
		return challenge.withId(this.seal.id(challenge));
	}

	/**
	 * Two challenges are never the same, since a buyer can use the nonce of one once.
	 */
	private String opaque(PaymentRequirements offer, String target) {
		byte[] nonce = new byte[NONCE_LENGTH];
		this.random.nextBytes(nonce);
		Map<String, Object> members = new TreeMap<>(this.requests.terms(offer));
		members.put(NONCE, Base64.getUrlEncoder().withoutPadding().encodeToString(nonce));
		members.put(TARGET, target);
		return this.codec.encodeUrlSafe(members);
	}

	private static String target(RequestHead request) {
		return RequestFingerprint.target(request).substring(0, TARGET_DIGITS);
	}

	private String realm(PaymentOffers offers) {
		if (this.realm != null) {
			return this.realm;
		}
		Matcher authority = AUTHORITY.matcher(offers.resource().url());
		return authority.find() ? authority.group(1) : "x402";
	}

	private static @Nullable String description(@Nullable PaymentOffers offers) {
		String description = (offers != null) ? offers.resource().description() : null;
		return (description != null && PRINTABLE.matcher(description).matches()) ? description : null;
	}

	@Override
	public void receipt(ResponseHeaders headers, PaymentRequirements offer, SettlementResponse receipt) {
		String transaction = receipt.transactionOrNull();
		if (transaction == null || !ChargeRequests.isChargeable(offer)) {
			return;
		}
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("method", ChargeRequests.METHOD);
		members.put("reference", transaction);
		members.put("status", "success");
		members.put("timestamp", this.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
		headers.set(RECEIPT, this.codec.encodeUrlSafe(members));
	}

	/**
	 * Who asks for payment.
	 *
	 * @param secret secret that challenges are made with, the same for all instances
	 * @param realm name of the server in challenges, or {@code null} for the host of the
	 * requested URL
	 * @param ownHeader whether buyers are asked to leave {@code Authorization} to the
	 * application and send their credential in {@code Payment-Authorization}
	 * @param headerLimit maximum size of {@code PAYMENT-REQUIRED} and all challenges
	 * together, in bytes
	 */
	public record Settings(String secret, @Nullable String realm, boolean ownHeader, int headerLimit) {

		@Override
		public String toString() {
			return "MachinePayments.Settings[realm=" + this.realm + ", ownHeader=" + this.ownHeader + "]";
		}

	}

}
