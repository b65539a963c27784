/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.x402.spring.client.RefusalReasons.Meaning;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Decides whether a payment that has expired, and that a seller got once more, may be
 * replaced. A seller that asks for another one proves nothing: it may have taken the
 * first in time and look only at its end. But one that could still deliver for it would,
 * and one that says that it was or may be taken gets no other one. A receipt must say
 * more, because most come from settlements: without a known reason the payment counts as
 * taken.
 */
final class Renewals {

	private static final List<String> RECEIPTS = Stream
		.concat(Arrays.stream(ProtocolVersion.values()).map(ProtocolVersion::receiptHeader),
				Stream.of(MachineCredential.RECEIPT))
		.toList();

	private final SellerJson json;

	private final ChallengeReader challenges;

	private final @Nullable MachineChallenges machineChallenges;

	Renewals(SellerJson json, ChallengeReader challenges, @Nullable MachineChallenges machineChallenges) {
		this.json = json;
		this.challenges = challenges;
		this.machineChallenges = machineChallenges;
	}

	/**
	 * Judge a response to a payment that has expired.
	 * @param headers headers of the 402 response
	 * @param body body of the 402 response, as far as it is read
	 */
	Renewal judge(HttpHeaders headers, byte[] body) {
		List<@Nullable Map<String, Object>> receipts = new ArrayList<>();
		RECEIPTS.stream().flatMap((name) -> headers.getOrEmpty(name).stream()).forEach((value) -> {
			Map<String, Object> receipt = this.json.decode(value);
			receipts.add((receipt != null) ? receipt : this.json.decodeUrlSafe(value));
		});
		return judge(receipts, this.challenges.readDocuments(headers, body), hasOffer(headers, body));
	}

	/**
	 * Judge a response of a tool to a payment that has expired.
	 * @param receipt JSON of the receipt, empty if there is none
	 * @param documents the documents in the response
	 */
	Renewal judge(byte[] receipt, List<byte[]> documents) {
		List<@Nullable Map<String, Object>> receipts = new ArrayList<>();
		if (receipt.length > 0) {
			receipts.add(this.json.read(receipt));
		}
		return judge(receipts, documents.stream().map(this.json::read).filter(Objects::nonNull).toList(),
				documents.stream().map(this.challenges::readDocument).anyMatch(Renewals::hasOffer));
	}

	private static Renewal judge(List<@Nullable Map<String, Object>> receipts, List<Map<String, Object>> documents,
			boolean offer) {
		boolean taken = receipts.stream().anyMatch(Renewals::mayBeTaken)
				|| documents.stream().anyMatch((document) -> RefusalReasons.of(document) == Meaning.TAKEN);
		if (taken) {
			return Renewal.NONE;
		}
		if (offer) {
			return Renewal.ASKED;
		}
		boolean expired = receipts.stream()
			.anyMatch((receipt) -> receipt != null && RefusalReasons.of(receipt) == Meaning.EXPIRED);
		return expired ? Renewal.REFUSED : Renewal.NONE;
	}

	private static boolean mayBeTaken(@Nullable Map<String, Object> receipt) {
		if (receipt == null || !Boolean.FALSE.equals(receipt.get("success"))) {
			return true;
		}
		Object transaction = receipt.get("transaction");
		Meaning meaning = RefusalReasons.of(receipt);
		return !(transaction == null || "".equals(transaction)) || meaning == Meaning.TAKEN
				|| meaning == Meaning.UNKNOWN;
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
