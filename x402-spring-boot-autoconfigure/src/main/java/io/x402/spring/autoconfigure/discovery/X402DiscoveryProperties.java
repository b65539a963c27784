/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for catalogues of paid resources.
 *
 * @param enabled Whether paid mappings are described to catalogues.
 * @param documents Whether to serve /openapi.json and /.well-known/x402, from which
 * indexes learn of all paid mappings.
 * @param serviceName Name of the service, of at most 32 printable ASCII characters.
 * @param tags Comma-separated list of at most five words by which catalogues find the
 * service.
 * @param iconUrl Public URL of the icon of the service.
 * @param llmsText Whether to serve /llms.txt, a text about all paid mappings for language
 * models.
 * @param ownershipProofs Comma-separated list of signatures of the origin of
 * x402.base-url by accounts that are paid, which indexes read in /.well-known/x402.
 * @param builderCode Code under which the application is registered as a builder, of 1 to
 * 32 characters of a-z, 0-9 and _, by which facilitators attribute settlements to it.
 * @param alwaysDeclare Whether the facilitator gets the declaration of a mapping with
 * every payment of protocol version 2. By default it gets the declaration if the buyer
 * repeats it.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.discovery")
public record X402DiscoveryProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean documents,
		@Nullable String serviceName, @DefaultValue List<String> tags, @Nullable String iconUrl,
		@DefaultValue("false") boolean llmsText, @DefaultValue List<String> ownershipProofs,
		@Nullable String builderCode, @DefaultValue("false") boolean alwaysDeclare) {

	private static final Pattern WORD = Pattern.compile("[\\x20-\\x7e]{1,32}");

	private static final Pattern BUILDER = Pattern.compile("[a-z0-9_]{1,32}");

	private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|0[xX].*|.*:.*|localhost|.*\\.localhost");

	/** Of an account on EVM networks, plain or a contract, or of one on Solana. */
	private static final Pattern PROOF = Pattern.compile("0x(?:[0-9a-fA-F]{2}){65,2048}|[1-9A-HJ-NP-Za-km-z]{64,88}");

	public X402DiscoveryProperties {
		if (serviceName != null && !WORD.matcher(serviceName).matches()) {
			throw invalid("service-name", serviceName, "must have 1 to 32 printable ASCII characters",
					"Shorten the name, or write it in ASCII.");
		}
		if (builderCode != null && !BUILDER.matcher(builderCode).matches()) {
			throw invalid("builder-code", builderCode, "must have 1 to 32 characters of a-z, 0-9 and _",
					"Set it to the code under which the application is registered.");
		}
		for (String tag : tags) {
			if (!WORD.matcher(tag).matches()) {
				throw invalid("tags", tag, "a tag must have 1 to 32 printable ASCII characters",
						"Shorten the tag, or write it in ASCII.");
			}
		}
		if (tags.stream().map((tag) -> tag.toLowerCase(Locale.ROOT)).distinct().count() < tags.size()
				|| tags.size() > 5) {
			throw invalid("tags", String.join(",", tags), "there must be at most 5 tags, and none twice",
					"Keep the most important ones.");
		}
		for (String proof : ownershipProofs) {
			if (!PROOF.matcher(proof).matches()) {
				throw invalid("ownership-proofs", proof, "must be signatures in hexadecimal digits or Base58",
						"Sign the origin of x402.base-url with the account that is paid, without a trailing slash.");
			}
		}
		if (iconUrl != null && !isPublic(iconUrl)) {
			throw invalid("icon-url", iconUrl, "must be a public http(s) URL with a host name",
					"Set it to an absolute URL such as https://shop.example.com/icon.png.");
		}
	}

	/**
	 * Return the service that catalogues show with every resource.
	 * @return a resource with the name, the tags and the icon of the service
	 */
	public ResourceInfo toService() {
		return new ResourceInfo("", null, null, this.serviceName, this.tags.isEmpty() ? null : this.tags, this.iconUrl);
	}

	private static boolean isPublic(String url) {
		try {
			URI uri = URI.create(url);
			return url.length() <= 2048 && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
					&& uri.getHost() != null && uri.getRawUserInfo() == null
					&& !ADDRESS.matcher(uri.getHost()).matches();
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static InvalidPropertyException invalid(String name, String value, String reason, String action) {
		return new InvalidPropertyException("x402.discovery." + name, value, reason, action);
	}

}
