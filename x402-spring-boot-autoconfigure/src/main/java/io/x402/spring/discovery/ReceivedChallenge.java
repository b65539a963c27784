/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.util.StringUtils;

/**
 * The response to an unpaid request, as its readers understand it.
 */
final class ReceivedChallenge {

	private static final int HTTP_PAYMENT_REQUIRED = 402;

	/**
	 * What nginx takes of a response on systems with memory pages of 4 KB, less what
	 * other headers need.
	 */
	private static final int LONG_HEADER = 3500;

	private static final Pattern LOCAL_ADDRESS = Pattern
		.compile("127\\..*|10\\..*|192\\.168\\..*|172\\.(1[6-9]|2\\d|3[01])\\..*|\\[.*");

	private final ListingClient.Response response;

	private final @Nullable PaymentRequiredDocument document;

	private final List<?> offersOfVersion1;

	/**
	 * Read a response.
	 * @param codec reads the offers
	 * @param response the response
	 */
	ReceivedChallenge(PaymentCodec codec, ListingClient.Response response) {
		this.response = response;
		this.document = header(codec, response.paymentRequired());
		this.offersOfVersion1 = offersOfBody(codec, response.body());
	}

	private static @Nullable PaymentRequiredDocument header(PaymentCodec codec, @Nullable String header) {
		try {
			return (header != null) ? codec.decode(header, PaymentRequiredDocument.class) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static List<?> offersOfBody(PaymentCodec codec, byte[] body) {
		try {
			Map<?, ?> document = codec.read(body, Map.class);
			boolean isVersion1 = document.get("x402Version") instanceof Number version && version.intValue() == 1;
			return (isVersion1 && document.get("accepts") instanceof List<?> offers) ? offers : List.of();
		}
		catch (JacksonException ex) {
			return List.of();
		}
	}

	@Nullable String url() {
		return (this.document != null) ? this.document.resource().url() : null;
	}

	String index() {
		if (isUnpriced()) {
			return this.response.status() + ", no price";
		}
		return this.response.status() + (isDescribed() ? ", priced and described" : ", priced, not described");
	}

	String version2() {
		return (this.document != null) ? offers(this.document.accepts().size()) : "no offers";
	}

	String version1() {
		return offers(this.offersOfVersion1.size());
	}

	/**
	 * A metered scheme is one of version 2 only.
	 */
	private boolean isMetered() {
		return this.document != null
				&& this.document.accepts().stream().allMatch((offer) -> Schemes.of(offer).isMetered());
	}

	private static String offers(int number) {
		return switch (number) {
			case 0 -> "no offers";
			case 1 -> "1 offer";
			default -> number + " offers";
		};
	}

	/**
	 * Find what should be changed.
	 * @param discoverable whether catalogues may list the mapping
	 * @return the findings, none if all is well
	 */
	List<ListingFinding> findings(boolean discoverable) {
		List<ListingFinding> findings = new ArrayList<>();
		if (isUnpriced()) {
			findings.add(new ListingFinding("no_price",
					"A request without parameters and body gets " + this.response.status() + " instead of a price.",
					"Let nothing respond before the price is asked for: no filter that validates, and no path variable "
							+ "whose pattern does not match its own name."));
			return findings;
		}
		if (this.document != null) {
			url(this.document.resource().url(), findings);
			if (!StringUtils.hasText(this.document.resource().description())) {
				findings.add(new ListingFinding("no_description", "Offers do not say what is sold.",
						"Set description on @PaymentRequired or the route."));
			}
		}
		else {
			findings.add(new ListingFinding("no_version_2", "Buyers of version 2 find no offers.",
					"Add v2 to x402.protocol-versions, and let no proxy remove the PAYMENT-REQUIRED header."));
		}
		if (this.offersOfVersion1.isEmpty()) {
			findings.add(new ListingFinding("no_version_1", "Buyers of version 1 find no offers.", isMetered()
					? "Version 1 has no metered prices. Offer a fixed price beside them for its buyers, or leave it."
					: "Add v1 to x402.protocol-versions, and offer a network that has a name in version 1."));
		}
		if (!discoverable) {
			findings.add(new ListingFinding("opted_out", "The mapping is not described, because it opts out.",
					"Remove discoverable = false to let it be listed."));
		}
		else if (!isDescribed()) {
			findings
				.add(new ListingFinding("not_described", "Catalogues list only resources that say how they are called.",
						"Set x402.discovery.enabled=true; raise x402.header-limit if the description does not fit."));
		}
		length(this.response.paymentRequired(), findings);
		return findings;
	}

	private static void url(String url, List<ListingFinding> findings) {
		if (isLocal(url)) {
			findings.add(new ListingFinding("local_url",
					"Offers name " + url + ", which cannot be requested from elsewhere.",
					"Set x402.base-url to the public URL."));
		}
		else if (!url.startsWith("https://")) {
			findings.add(new ListingFinding("insecure_url", "Offers name " + url + ", which is not encrypted.",
					"Set x402.base-url to an https URL."));
		}
	}

	private static boolean isLocal(String url) {
		try {
			String host = URI.create(url).getHost();
			return host == null || !host.contains(".") || LOCAL_ADDRESS.matcher(host).matches();
		}
		catch (IllegalArgumentException ex) {
			return true;
		}
	}

	private static void length(@Nullable String header, List<ListingFinding> findings) {
		if (header != null && header.length() > LONG_HEADER) {
			findings.add(new ListingFinding("long_header",
					"The PAYMENT-REQUIRED header has " + header.length()
							+ " bytes, more than proxies accept unless configured.",
					"Raise the limits of proxies (docs/production.md), or lower x402.header-limit."));
		}
	}

	private boolean isUnpriced() {
		return this.response.status() != HTTP_PAYMENT_REQUIRED
				|| (this.offersOfVersion1.isEmpty() && (this.document == null || this.document.accepts().isEmpty()));
	}

	private boolean isDescribed() {
		return this.document != null && this.document.extensions() != null
				&& this.document.extensions().containsKey("bazaar");
	}

}
