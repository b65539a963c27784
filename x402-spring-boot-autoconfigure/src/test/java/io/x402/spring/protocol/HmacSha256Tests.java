/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HmacSha256Tests {

	private final HmacSha256 hmac = new HmacSha256("Jefe".getBytes(StandardCharsets.UTF_8));

	/**
	 * RFC 4231, section 4.3.
	 */
	@Test
	void codeIsThatOfTheStandard() {
		byte[] content = "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8);
		assertThat(this.hmac.hex(content, 32))
			.isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
		assertThat(this.hmac.hex(content, 4)).isEqualTo("5bdcc146");
		assertThat(this.hmac.base64("what do ya want for nothing?"))
			.isEqualTo("W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
	}

	@Test
	void whenKeyIsEmptyThenRefusesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HmacSha256(new byte[0]));
	}

	@Test
	void secretsAreEqualOnlyAsAWhole() {
		assertThat(HmacSha256.areEqual("secret", "secret")).isTrue();
		assertThat(HmacSha256.areEqual("secret", "secreT")).isFalse();
		assertThat(HmacSha256.areEqual("secret", "secre")).isFalse();
	}

	@Test
	void textFormHidesTheKey() {
		assertThat(this.hmac).hasToString("HmacSha256");
	}

}
