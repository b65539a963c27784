/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Finds out what a 402 response asks for: in the header, or in the body in v1. Offers
 * that are not objects are skipped.
 */
final class ChallengeReader {

	private static final int MAX_BODY = 256 * 1024;

	private final SellerJson json;

	private final Set<ProtocolVersion> versions;

	ChallengeReader(SellerJson json, Set<ProtocolVersion> versions) {
		this.json = json;
		this.versions = Set.copyOf(versions);
	}

	/**
	 * Read the header, which holds a document of either version.
	 * @param headers headers of the response
	 * @return the challenge, or {@code null} if there is no such header
	 * @throws PaymentRefusedException if it cannot be read
	 */
	@Nullable Challenge readHeader(HttpHeaders headers) {
		List<String> values = headers.getOrEmpty(ProtocolVersion.PAYMENT_REQUIRED_HEADER);
		if (values.isEmpty() || !this.versions.contains(ProtocolVersion.V2)) {
			return null;
		}
		return values.stream()
			.map((value) -> challenge(this.json.decode(value)))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow(() -> new PaymentRefusedException(RefusalReason.UNREADABLE_CHALLENGE, null, null));
	}

	/**
	 * Read the body, which holds a document of v1.
	 * @param headers headers of the response
	 * @param body body of the response, as far as it is read
	 * @return the challenge, or {@code null} if there is none that can be read
	 */
	@Nullable Challenge readBody(HttpHeaders headers, byte[] body) {
		Challenge challenge = this.versions.contains(ProtocolVersion.V1)
				? challenge(this.json.read(plain(headers, body))) : null;
		return (challenge != null && challenge.version() == ProtocolVersion.V1) ? challenge : null;
	}

	/**
	 * Read a document of either version, wherever it was found.
	 * @param json the UTF-8 bytes
	 * @return the challenge, or {@code null} if the document is none that can be read
	 */
	@Nullable Challenge readDocument(byte[] json) {
		return challenge(this.json.read(json));
	}

	/**
	 * Read why a seller asks for a payment again.
	 * @param json the UTF-8 bytes of a document
	 * @return at most 500 characters on one line, or {@code null} if it does not say
	 */
	@Nullable String readError(byte[] json) {
		Map<String, Object> document = this.json.read(json);
		return (document != null) ? SellerText.text(document.get("error")) : null;
	}

	/**
	 * Read the documents of a response that say why it was refused, challenges or not.
	 * @param headers headers of the response
	 * @param body body of the response, as far as it is read
	 * @return those that can be read
	 */
	List<Map<String, Object>> readDocuments(HttpHeaders headers, byte[] body) {
		return Stream
			.concat(headers.getOrEmpty(ProtocolVersion.PAYMENT_REQUIRED_HEADER).stream().map(this.json::decode),
					Stream.of(plain(headers, body)).map(this.json::read))
			.filter(Objects::nonNull)
			.toList();
	}

	private @Nullable Challenge challenge(@Nullable Map<String, Object> document) {
		ProtocolVersion version = (document != null) ? version(document.get("x402Version")) : null;
		if (document == null || version == null || !(document.get("accepts") instanceof List<?> accepts)) {
			return null;
		}
		boolean v2 = version == ProtocolVersion.V2;
		return new Challenge(version, v2 ? SellerJson.object(document.get("resource")) : null,
				accepts.stream().map(SellerJson::object).filter(Objects::nonNull).toList(),
				v2 ? SellerJson.object(document.get("extensions")) : null, false);
	}

	private @Nullable ProtocolVersion version(@Nullable Object number) {
		return this.versions.stream()
			.filter((version) -> number instanceof Number && String.valueOf(version.number()).equals(number.toString()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Not every HTTP client decompresses. One that does may still tell how it was
	 * compressed.
	 */
	private static byte[] plain(HttpHeaders headers, byte[] body) {
		String encoding = headers.getFirst(HttpHeaders.CONTENT_ENCODING);
		try (InputStream plain = decompressed(encoding, new ByteArrayInputStream(body))) {
			return plain.readNBytes(MAX_BODY);
		}
		catch (IOException ex) {
			return body;
		}
	}

	private static InputStream decompressed(@Nullable String encoding, InputStream body) throws IOException {
		if ("gzip".equalsIgnoreCase(encoding) || "x-gzip".equalsIgnoreCase(encoding)) {
			return new GZIPInputStream(body);
		}
		return "deflate".equalsIgnoreCase(encoding) ? new InflaterInputStream(body) : body;
	}

}
