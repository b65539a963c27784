/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.buyer.Transcript.Authorization;
import io.x402.spring.autoconfigure.client.X402ClientProperties;
import io.x402.spring.client.PaymentRefusedException;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.PurchaseTerms;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a purchase on the command line came to.
 *
 * @param result {@code paid}, {@code failed}, {@code free} or {@code refused}
 * @param terms what was asked for, or {@code null}
 * @param limits the limits it was held against, or {@code null}
 * @param authorization what was signed, or {@code null}
 * @param answers the answers of the seller, or {@code null}
 * @param problem what is in the way, or {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Bill(String result, @Nullable PurchaseTerms terms, @Nullable Map<String, Object> limits,
		@Nullable Authorization authorization, @Nullable List<Answer> answers, @Nullable String problem) {

	private static final Map<String, Integer> EXIT_CODES = Map.of("paid", 0, "failed", 1, "free", 3, "refused", 4);

	static Bill of(X402ClientProperties properties, @Nullable Purchase purchase, Recorder recorder) {
		int status = recorder.last().status();
		PurchaseTerms terms = (purchase != null) ? purchase.terms() : null;
		boolean served = status < 300;
		String result = !served ? "failed" : (purchase != null) ? "paid" : "free";
		return new Bill(result, terms, limits(properties),
				(terms != null) ? recorder.authorization(terms, (network) -> network) : null, recorder.answers(),
				served ? null : "The answer is " + status);
	}

	/**
	 * Tell what a call of a tool came to.
	 * @param event the last that happened to its payment, or {@code null} if it had none
	 */
	static Bill of(X402ClientProperties properties, @Nullable PurchaseEvent event, Answer answer) {
		if (event instanceof PurchaseEvent.Refused refused) {
			return new Bill("refused", refused.refusal().terms(), limits(properties), null, List.of(answer),
					refused.refusal().getMessage());
		}
		PurchaseTerms terms = (event instanceof PurchaseEvent.Delivered delivered) ? delivered.purchase().terms()
				: (event instanceof PurchaseEvent.Declined declined) ? declined.purchase().terms()
						: (event instanceof PurchaseEvent.Undecided undecided) ? undecided.purchase().terms() : null;
		boolean served = answer.status() < 300;
		String result = !served ? "failed" : (terms != null) ? "paid" : "free";
		return new Bill(result, terms, limits(properties), null, List.of(answer), served ? null : answer.bodyExcerpt());
	}

	static Bill refused(X402ClientProperties properties, PaymentRefusedException refusal, Recorder recorder) {
		return new Bill("refused", refusal.terms(), limits(properties), null, recorder.answers(), refusal.getMessage());
	}

	static Bill failed(X402ClientProperties properties, String problem, Recorder recorder) {
		PurchaseTerms terms = recorder.terms();
		return new Bill("failed", terms, limits(properties),
				(terms != null) ? recorder.authorization(terms, (network) -> network) : null, recorder.answers(),
				problem);
	}

	private static Map<String, Object> limits(X402ClientProperties properties) {
		Map<String, Object> limits = new LinkedHashMap<>();
		limits.put("maxAmountPerRequest", properties.limits().maxAmountPerRequest().tokens());
		limits.put("maxAmountPerDay", properties.limits().maxAmountPerDay().tokens());
		limits.put("allowedHosts", properties.sellers().allowedHosts());
		limits.put("networks", properties.offers().networks());
		return limits;
	}

	/**
	 * Print the bill.
	 * @param out where to
	 * @param json whether as one line of JSON
	 * @param mapper writes JSON
	 * @return the exit code of the command
	 */
	int print(PrintStream out, boolean json, JsonMapper mapper) {
		if (json) {
			out.println(mapper.writeValueAsString(this));
		}
		else {
			printText(out);
		}
		return EXIT_CODES.getOrDefault(this.result, 1);
	}

	private void printText(PrintStream out) {
		TranscriptText text = new TranscriptText().line("result   %s", this.result);
		if (this.answers != null) {
			for (int place = 0; place < this.answers.size(); place++) {
				if (place == 1 && this.authorization != null) {
					text.signed(this.authorization);
				}
				text.answer(this.answers.get(place));
			}
			if (!this.answers.isEmpty()) {
				text.content(this.answers.get(this.answers.size() - 1));
			}
		}
		if (this.terms != null) {
			text.line("offer    %s %s on %s to %s", price(this.terms), this.terms.symbol(), this.terms.network(),
					this.terms.payTo());
		}
		if (this.limits != null) {
			this.limits.forEach((name, limit) -> text.line("limit    %s %s", name, limit));
		}
		if (this.problem != null) {
			text.line("problem  %s", this.problem);
		}
		out.print(text);
	}

	private static @Nullable String price(PurchaseTerms terms) {
		return (terms.price() != null) ? terms.price().stripTrailingZeros().toPlainString() : null;
	}

}
