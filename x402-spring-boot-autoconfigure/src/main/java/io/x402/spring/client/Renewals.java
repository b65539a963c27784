/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Decides whether a seller that got a payment which has expired has not taken it. It
 * proves that by an offer that can be read, unless it also says that the payment was, or
 * may be, taken. Everything else proves nothing.
 */
final class Renewals {

	private static final Set<String> TAKEN = Arrays.stream(ReasonCode.values())
		.filter((reason) -> reason == ReasonCode.NONCE_ALREADY_USED || reason.charged() != ReasonCode.Charged.NO)
		.flatMap((reason) -> Stream.concat(Stream.of(reason.code()), reason.aliases().stream()))
		.collect(Collectors.toUnmodifiableSet());

	/** Sellers also write sentences, and reasons of their own. */
	private static final Pattern TAKEN_WORD = Pattern
		.compile("(?i)(?<![a-z])(?:already|used|replay|replayed|duplicate|pending)(?![a-z])");

	private final ChallengeReader challenges;

	private final @Nullable MachineChallenges machineChallenges;

	Renewals(ChallengeReader challenges, @Nullable MachineChallenges machineChallenges) {
		this.challenges = challenges;
		this.machineChallenges = machineChallenges;
	}

	/**
	 * Return whether a response asks for another payment.
	 * @param headers headers of the 402 response
	 * @param body body of the 402 response, as far as it is read
	 * @return whether the payment that the response is to was not taken
	 */
	boolean isAsked(HttpHeaders headers, byte[] body) {
		return hasOffer(headers, body)
				&& this.challenges.readReasons(headers, body).stream().noneMatch(Renewals::isTaken);
	}

	/**
	 * Return whether a tool asks for another payment.
	 * @param documents the challenges of the response
	 * @return whether the payment that the response is to was not taken
	 */
	boolean isAsked(List<byte[]> documents) {
		return documents.stream().map(this.challenges::readDocument).anyMatch(Renewals::hasOffer)
				&& this.challenges.readReasons(documents).stream().noneMatch(Renewals::isTaken);
	}

	/**
	 * Return whether a receipt says that a payment was taken, or may be.
	 * @param receipt the receipt, or {@code null} if there is none
	 */
	static boolean isTaken(@Nullable SettlementResponse receipt) {
		return receipt != null
				&& (receipt.success() || (receipt.transaction() != null && !receipt.transaction().isEmpty())
						|| (receipt.errorReason() != null && isTaken(receipt.errorReason())));
	}

	private static boolean isTaken(String reason) {
		int end = reason.indexOf(':');
		return TAKEN.contains(((end >= 0) ? reason.substring(0, end) : reason).strip())
				|| TAKEN_WORD.matcher(reason).find();
	}

	private boolean hasOffer(HttpHeaders headers, byte[] body) {
		return hasOffer(inHeader(headers)) || hasOffer(this.challenges.readBody(headers, body))
				|| (this.machineChallenges != null && hasOffer(this.machineChallenges.read(headers)));
	}

	private @Nullable Challenge inHeader(HttpHeaders headers) {
		try {
			return this.challenges.readHeader(headers);
		}
		catch (PaymentRefusedException ex) {
			return null;
		}
	}

	private static boolean hasOffer(@Nullable Challenge challenge) {
		return challenge != null && !challenge.accepts().isEmpty();
	}

}
