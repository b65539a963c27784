/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.time.Instant;
import java.util.Map;

import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.buyer.Transcript.Authorization;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * Writes an exchange for people: what the buyer sends after {@code >}, what the shop
 * answers after {@code <}.
 */
final class TranscriptText {

	private final StringBuilder text = new StringBuilder();

	/**
	 * Write a whole transcript.
	 * @param transcript what happened
	 * @return the text
	 */
	static String of(Transcript transcript) {
		TranscriptText text = new TranscriptText().request(transcript.request(), "").answer(transcript.unpaid());
		Authorization signed = transcript.authorization();
		Answer paid = transcript.paid();
		if (signed != null && paid != null) {
			text.signed(signed).request(transcript.request(), "PAYMENT-SIGNATURE: the payment").answer(paid);
		}
		Answer last = (paid != null) ? paid : transcript.unpaid();
		Transcript.Wallet wallet = transcript.wallet();
		return text.content(last)
			.line("%s The wallet has spent $%s so far.", outcome(last), wallet.spent().toPlainString())
			.toString();
	}

	private static String outcome(Answer last) {
		if (last.isSettled()) {
			return "Paid and served.";
		}
		return (last.status() < 300) ? "Served, with nothing to pay." : "Nothing was charged.";
	}

	TranscriptText request(String request, String header) {
		line("> %s", request);
		return header.isEmpty() ? this : line("> %s", header);
	}

	TranscriptText answer(Answer answer) {
		HttpStatus status = HttpStatus.resolve(answer.status());
		line("< %d%s, %s, %d bytes after %d ms", answer.status(),
				(status != null) ? " " + status.getReasonPhrase() : "",
				(answer.contentType() != null) ? answer.contentType() : "no content", answer.bodyBytes(),
				answer.millis());
		for (Map.Entry<String, String> header : answer.headers().entrySet()) {
			line("< %s: %s", header.getKey(), header.getValue());
		}
		if (answer.paymentRequired() != null) {
			for (PaymentRequirements offer : answer.paymentRequired().accepts()) {
				line("    offer    %s atomic units of %s on %s, scheme %s, to %s, within %d s", offer.amount(),
						offer.asset(), offer.network(), offer.scheme(), offer.payTo(), offer.maxTimeoutSeconds());
			}
		}
		SettlementResponse receipt = answer.receipt();
		if (receipt != null) {
			line("    receipt  %s", receipt.success() ? "settled in " + receipt.transaction()
					: "not settled: " + receipt.errorReason());
		}
		return line("");
	}

	TranscriptText signed(Authorization signed) {
		line("    signs    %s%s on %s, after %d ms", signed.scheme().equals("upto") ? "up to " : "", signed.price(),
				signed.network(), signed.millis());
		line("             from %s", signed.from());
		line("             to   %s", signed.to());
		line("             until %s, nonce %s, signature %s", Instant.ofEpochSecond(signed.validBefore().longValue()),
				signed.nonce(), signed.signature());
		return line("");
	}

	TranscriptText content(Answer answer) {
		String content = answer.bodyExcerpt();
		return (content != null && !content.isBlank()) ? line("%s", content.stripTrailing()).line("") : this;
	}

	TranscriptText line(String format, @Nullable Object... values) {
		this.text.append(format.formatted(values)).append('\n');
		return this;
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
