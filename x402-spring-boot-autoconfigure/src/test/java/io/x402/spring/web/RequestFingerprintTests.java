/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class RequestFingerprintTests {

	private final RequestHeaderIdentity identity = new RequestHeaderIdentity(List.of("Accept", "Cookie"));

	@Test
	void whenAQuerySpellsAHeaderThenTheRequestsDiffer() {
		Head query = new Head("GET", "/report", "accept&image/png", new HttpHeaders());
		Head header = Head.of("GET", "/report").with("Accept", "image/png");
		assertThat(of(query)).isNotEqualTo(of(header));
	}

	@Test
	void whenAFieldHoldsNulCharactersThenItDoesNotSpellAnotherField() {
		assertThat(of(Map.of("x", new String[] { "\0y\0" + "1\0z" })))
			.isNotEqualTo(of(Map.of("x", new String[] { "" }, "y", new String[] { "z" })));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			a=1; b=2       | b=2;a=1             | true
			a=1            | a=2                 | false
			a=1; _ga=x     | a=1; _ga=y          | true
			a=1; SESSION=x | SESSION=y; a=1      | true
			__Host-a=1     | __Host-a=2          | false
			a=b=c          | a=b                 | false
			""")
	void cookiesCountInAnyOrderApartFromThoseThatServersRenew(String one, String two, boolean same) {
		String first = of(Head.of("GET", "/").with("Cookie", one));
		String second = of(Head.of("GET", "/").with("Cookie", two));
		assertThat(first.equals(second)).isEqualTo(same);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Payment e30           | ''                   | true
			payment e30           | Payment eyJhIjoxfQ   | true
			Basic YTpi, Payment x | Basic YTpi           | true
			Basic YTpi            | Basic YTpj           | false
			Bearer a              | ''                   | false
			PaymentToken a        | ''                   | false
			""")
	void credentialsOfPaymentsDoNotTellRequestsApart(String one, String two, boolean same) {
		RequestHeaderIdentity users = new RequestHeaderIdentity(List.of("Authorization"));
		String first = new RequestFingerprint(Head.of("GET", "/").with("Authorization", one), users).identity(null)
			.fingerprint();
		Head other = two.isEmpty() ? Head.of("GET", "/") : Head.of("GET", "/").with("Authorization", two);
		assertThat(first.equals(new RequestFingerprint(other, users).identity(null).fingerprint())).isEqualTo(same);
	}

	@Test
	void targetIsMethodPathAndQueryInAnyOrder() {
		String target = RequestFingerprint.target(new Head("GET", "/a%2Db", "x=1&y=2", new HttpHeaders()));
		assertThat(RequestFingerprint
			.target(new Head("GET", "/a-b", "y=2&x=1", new HttpHeaders()).with("Accept", "text/plain")))
			.isEqualTo(target);
		assertThat(List.of(new Head("POST", "/a-b", "x=1&y=2", new HttpHeaders()),
				new Head("GET", "/a-c", "x=1&y=2", new HttpHeaders()),
				new Head("GET", "/a-b", "x=1", new HttpHeaders()), Head.of("GET", "/a-b")))
			.extracting(RequestFingerprint::target)
			.doesNotContain(target);
	}

	private String of(Map<String, String[]> fields) {
		RequestFingerprint fingerprint = new RequestFingerprint(Head.of("POST", "/report"), this.identity);
		fingerprint.fields(fields);
		return fingerprint.identity(null).fingerprint();
	}

	private String of(Head request) {
		return new RequestFingerprint(request, this.identity).identity(null).fingerprint();
	}

}
