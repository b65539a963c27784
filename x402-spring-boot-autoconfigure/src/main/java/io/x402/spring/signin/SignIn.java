/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.x402.spring.evm.EvmAddress;
import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Sha256;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.StaleClaimException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Lets buyers prove that they hold the key of an account, with the extension
 * {@code sign-in-with-x}. A signature is for one request, method and URL with its query,
 * for a short time, and counts once on all instances.
 *
 * @since 0.2.0
 */
public final class SignIn {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
		.withZone(ZoneOffset.UTC);

	/** Of several owners, or a key of a device. */
	private static final Pattern CONTRACT_SIGNATURE = Pattern.compile("0x([0-9a-fA-F]{2}){1,2048}");

	/** The clock of the store may be ahead. */
	private static final Duration NONCE_RETENTION = Duration.ofMinutes(10);

	private final SignInSettings settings;

	private final SignInNonces nonces;

	private final PaymentCodec codec;

	private final PaymentStore store;

	private final Clock clock;

	private final @Nullable ContractAccounts contracts;

	private final Semaphore turns = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

	/**
	 * Create an instance.
	 * @param settings how buyers sign in
	 * @param key secret that nonces are made with, the same for all instances
	 * @param codec reads headers
	 * @param store remembers which nonces are used
	 * @param clock the time
	 */
	public SignIn(SignInSettings settings, byte[] key, PaymentCodec codec, PaymentStore store, Clock clock) {
		this.settings = settings;
		this.nonces = new SignInNonces(key);
		this.codec = codec;
		this.store = store;
		this.clock = clock;
		this.contracts = null;
	}

	private SignIn(SignIn other, ContractAccounts contracts) {
		this.settings = other.settings;
		this.nonces = other.nonces;
		this.codec = other.codec;
		this.store = other.store;
		this.clock = other.clock;
		this.contracts = contracts;
	}

	/**
	 * Return the same for contracts as well, such as smart wallets.
	 * @param contracts asks nodes
	 * @return an instance that takes signatures of both
	 */
	public SignIn withContracts(ContractAccounts contracts) {
		return new SignIn(this, contracts);
	}

	/**
	 * Make a challenge. Nothing is stored.
	 * @param request the request that can be repeated with the signature
	 * @return the extension by its key, empty if no account can sign in for the request
	 */
	public Map<String, Object> challenge(SignInRequest request) {
		List<Map<String, Object>> chains = request.networks().stream().distinct().flatMap(SignIn::chain).toList();
		if (chains.isEmpty() || !isOurs(request.url())) {
			return Map.of();
		}
		Map<String, Object> extension = new LinkedHashMap<>();
		extension.put("info", info(request));
		extension.put("supportedChains", chains);
		extension.put("schema", SignInSchema.SCHEMA);
		return Map.of(SignInPayload.KEY, extension);
	}

	private static Stream<Map<String, Object>> chain(String network) {
		String type = SignInPayload.typeOf(network);
		return (type != null) ? Stream.of(Map.of("chainId", network, "type", type)) : Stream.empty();
	}

	private Map<String, Object> info(SignInRequest request) {
		Instant now = this.clock.instant();
		String issuedAt = TIME.format(now);
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("domain", this.settings.domain());
		info.put("uri", request.url());
		info.put("version", "1");
		info.put("nonce", this.nonces.issue(request, issuedAt));
		info.put("issuedAt", issuedAt);
		info.put("expirationTime", TIME.format(now.plus(this.settings.lifetime())));
		info.put("resources", List.of(request.url()));
		if (this.settings.statement() != null) {
			info.put("statement", this.settings.statement());
		}
		return info;
	}

	private boolean isOurs(String url) {
		return url.startsWith(this.settings.baseUrl() + "/");
	}

	/**
	 * Check what a buyer has signed, apart from whether it was used before. Stores
	 * nothing.
	 * @param headers values of the request header, at least one
	 * @param request the request
	 * @return the proof, or why it is none
	 */
	public SignInResult verify(List<String> headers, SignInRequest request) {
		SignInPayload payload = (headers.size() == 1) ? read(headers.get(0)) : null;
		if (payload == null || !isFor(payload, request)) {
			return new SignInResult.Refused(ReasonCode.SIGN_IN_INVALID);
		}
		if (!isCurrent(payload)) {
			return new SignInResult.Refused(ReasonCode.SIGN_IN_EXPIRED);
		}
		NetworkId network = new NetworkId(payload.chainId());
		if (isSigned(payload)) {
			return new SignedIn(payload.address(), network, () -> use(payload));
		}
		ContractAccounts asked = this.contracts;
		if (asked == null || !network.isEvm() || !EvmAddress.isValid(payload.address())
				|| !CONTRACT_SIGNATURE.matcher(payload.signature()).matches()) {
			return new SignInResult.Refused(ReasonCode.SIGN_IN_INVALID);
		}
		return new SignedIn(payload.address(), network, () -> use(payload), () -> asked.isSignedBy(payload.chainId(),
				payload.address(), PersonalMessage.digest(payload.text()), payload.signature()));
	}

	/**
	 * Half of the processors are left to everybody else, whatever comes in.
	 */
	private boolean isSigned(SignInPayload payload) {
		this.turns.acquireUninterruptibly();
		try {
			return SignInPayload.EIP191.equals(payload.type())
					? PersonalMessage.isSignedBy(payload.address(), payload.text(), payload.signature())
					: Ed25519Signature.isBy(payload.address(), payload.text(), payload.signature());
		}
		finally {
			this.turns.release();
		}
	}

	private @Nullable SignInPayload read(String header) {
		try {
			SignInPayload payload = this.codec.decode(header, SignInPayload.class);
			return payload.isWellFormed() ? payload : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private boolean isFor(SignInPayload payload, SignInRequest request) {
		return payload.domain().equals(this.settings.domain()) && payload.uri().equals(request.url())
				&& isOurs(request.url()) && request.networks().contains(payload.chainId()) && payload.isOfAccount()
				&& this.nonces.isIssued(payload.nonce(), request, payload.issuedAt());
	}

	/**
	 * The buyer may shorten the time of the challenge, not extend it.
	 */
	private boolean isCurrent(SignInPayload payload) {
		try {
			Instant now = this.clock.instant();
			Instant issuedAt = time(payload.issuedAt());
			Instant end = issuedAt.plus(this.settings.lifetime());
			if (payload.expirationTime() != null && time(payload.expirationTime()).isBefore(end)) {
				end = time(payload.expirationTime());
			}
			Instant start = (payload.notBefore() != null) ? time(payload.notBefore()) : issuedAt;
			Instant latestStart = now.plus(this.settings.clockSkew());
			return !issuedAt.isAfter(latestStart) && !start.isAfter(latestStart)
					&& now.isBefore(end.plus(this.settings.clockSkew()));
		}
		catch (DateTimeParseException ex) {
			return false;
		}
	}

	private static Instant time(String text) {
		return OffsetDateTime.parse(text).toInstant();
	}

	/**
	 * Bound as firmly as the identifier of a payment, so that it is not free again when
	 * its lease ends.
	 */
	private boolean use(SignInPayload payload) {
		Instant end = time(payload.issuedAt()).plus(this.settings.lifetime())
			.plus(this.settings.clockSkew())
			.plus(NONCE_RETENTION);
		AuthorizationKey key = new AuthorizationKey(SignInPayload.KEY, this.settings.domain(), "", payload.nonce());
		String request = Sha256.of(payload.uri());
		Claim claim = this.store.claim(new NewClaim(key, request, request, end, null));
		if (claim == null) {
			return false;
		}
		try {
			this.store.advance(claim, ClaimChange.bound());
			return true;
		}
		catch (StaleClaimException ex) {
			return false;
		}
	}

	/**
	 * Accounts that are contracts, such as smart wallets, whose signatures only nodes can
	 * check.
	 */
	@FunctionalInterface
	public interface ContractAccounts {

		/**
		 * Return whether an account is a contract that says it made a signature, as in
		 * EIP-1271.
		 * @param network CAIP-2 identifier of the network
		 * @param account address of the account
		 * @param digest what is signed, 32 bytes
		 * @param signature the signature
		 * @return {@code null} if no node can tell at present
		 */
		@Nullable Boolean isSignedBy(String network, String account, byte[] digest, String signature);

	}

}
