/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import io.x402.spring.facilitator.FacilitatorRequests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UpstreamText}.
 */
class UpstreamTextTests {

	@Test
	void whenTextHasLineBreaksOrInvisibleCharactersThenExcerptIsOneLine() {
		assertThat(UpstreamText.excerpt("a\r\nWARN forged\u0000\u202e\u2028b\u001b[31m"))
			.isEqualTo("a WARN forged b [31m");
	}

	@Test
	void whenTextIsLongThenExcerptHas200Characters() {
		assertThat(UpstreamText.excerpt("no way ".repeat(100))).hasSize(200);
	}

	@Test
	void whenTextEchoesThePaymentThenSignatureAndNonceAreLeftOut() {
		String excerpt = UpstreamText.excerpt("bad payment {\"signature\":\"" + FacilitatorRequests.SIGNATURE
				+ "\",\"nonce\":\"" + FacilitatorRequests.NONCE + "\",\"from\":\"" + FacilitatorRequests.PAYER + "\"}");
		assertThat(excerpt).contains("bad payment", FacilitatorRequests.PAYER)
			.doesNotContain(FacilitatorRequests.SIGNATURE.substring(2, 20), "abababab");
	}

	@Test
	void whenSecretIsCutByTheLimitThenNoPartOfItIsLeft() {
		for (int before = 140; before < 220; before++) {
			assertThat(UpstreamText.excerpt("- ".repeat(before / 2) + FacilitatorRequests.SIGNATURE))
				.doesNotContain("4f38");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "insufficient_funds", "a", "x:y.z-1" })
	void whenReasonIsMachineReadableThenIsKept(String reason) {
		assertThat(UpstreamText.reason(reason)).isEqualTo(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "not enough money", "a\nb", "<script>", "fünf" })
	void whenReasonIsAnythingElseThenIsDropped(String reason) {
		assertThat(UpstreamText.reason(reason)).isNull();
	}

	@Test
	void whenReasonIsTooLongThenIsDropped() {
		assertThat(UpstreamText.reason("a".repeat(100))).isNotNull();
		assertThat(UpstreamText.reason("a".repeat(101))).isNull();
	}

}
