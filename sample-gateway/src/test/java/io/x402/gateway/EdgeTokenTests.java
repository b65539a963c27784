/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which tokens of an edge prove that a request is paid for.
 */
class EdgeTokenTests {

	private static final String URL = "https://api.example.com/api/data";

	private static final String HEADER = "{\"alg\":\"EdDSA\",\"kid\":\"1\"}";

	private static final Instant NOW = Instant.ofEpochSecond(1_770_000_060);

	private final SigningEdge edge = new SigningEdge();

	private final Collection<PublicKey> keys = JsonWebKeys.read(this.edge.certs().getBytes(StandardCharsets.UTF_8))
		.values();

	@ParameterizedTest
	@ValueSource(longs = { -29, 0, 60, 149 })
	void whenTokenIsSignedForTheAddressThenItHoldsForTwoMinutes(long age) {
		EdgeToken token = verify(this.edge.token(URL, NOW.minusSeconds(age)), null);
		assertThat(token).isNotNull();
		assertThat(token.amount()).isEqualTo("25000");
	}

	@ParameterizedTest
	@ValueSource(longs = { -31, 151, 100_000, -100_000 })
	void whenTokenIsOfAnotherTimeThenItProvesNothing(long age) {
		assertThat(verify(this.edge.token(URL, NOW.minusSeconds(age)), null)).isNull();
	}

	@Test
	void whenTokenNeverEndsThenItProvesNothing() {
		assertThat(verify(
				this.edge.sign(HEADER,
						SigningEdge.claims(URL, NOW, "exact", "1").replaceFirst("\"exp\":\\d+", "\"exp\":9999999999")),
				null))
			.isNull();
	}

	@ParameterizedTest
	@CsvSource({ "https://api.example.com/api/data?a=1,a=1,true", "https://api.example.com/api/data,a=1,true",
			"https://api.example.com/api/data?a=1,a=2,false", "https://api.example.com/api/data?a=1,,false",
			"https://api.example.com/api/dat,,false", "https://evil.example.com/api/data,,false",
			"http://api.example.com/api/data,,false", "'',,false" })
	void whenTokenIsForAnotherAddressThenItProvesNothing(String audience, String query, boolean proved) {
		assertThat(verify(this.edge.token(audience, NOW), query) != null).isEqualTo(proved);
	}

	@ParameterizedTest
	@CsvSource({ "upto,1", "exact,0", "exact,-1", "exact,''", "exact,1.5", "'',1" })
	void whenAmountIsNotFixedThenItProvesNothing(String scheme, String amount) {
		assertThat(verify(this.edge.sign(HEADER, SigningEdge.claims(URL, NOW, scheme, amount)), null)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"alg\":\"none\"}", "{\"alg\":\"HS256\"}", "{}", "[]",
			"{\"alg\":\"EdDSA\",\"crit\":[\"x\"]}", "{\"alg\":\"none\",\"alg\":\"EdDSA\"}" })
	void whenHeaderAsksForSomethingElseThenItProvesNothing(String header) {
		assertThat(verify(this.edge.sign(header, SigningEdge.claims(URL, NOW, "exact", "1")), null)).isNull();
	}

	@Test
	void whenTokenIsChangedThenItProvesNothing() {
		String token = this.edge.token(URL, NOW);
		String[] parts = token.split("\\.");
		String claims = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(SigningEdge.claims(URL, NOW, "exact", "1").getBytes(StandardCharsets.UTF_8));
		for (String changed : List.of(parts[0] + "." + claims + "." + parts[2], parts[0] + "." + parts[1] + ".",
				parts[0] + "." + parts[1], token + ".", "", "..", "a.b.c", "\u00e4." + parts[1] + "." + parts[2],
				new SigningEdge().token(URL, NOW))) {
			assertThat(verify(changed, null)).as(changed).isNull();
			EdgeToken.keyId(changed);
		}
		assertThat(EdgeToken.verify(token, List.of(), URL, null, NOW)).isNull();
		assertThat(EdgeToken.verify(token, this.keys, URL, null, NOW.plus(Duration.ofHours(1)))).isNull();
	}

	private EdgeToken verify(String token, String query) {
		return EdgeToken.verify(token, this.keys, URL, query, NOW);
	}

}
