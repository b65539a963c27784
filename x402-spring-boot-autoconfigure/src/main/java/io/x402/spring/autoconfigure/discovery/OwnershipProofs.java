/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.evm.PersonalMessage;
import io.x402.spring.evm.Signer;
import io.x402.spring.pricing.PricedOffer;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentRequirements;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Proofs that the accounts that are paid belong to the owner of the site: each signs the
 * origin. Those that are configured were signed elsewhere; an account whose key is in the
 * application signs here, once.
 * <p>
 * Only the configured origin is signed. That of a request is chosen by its sender, who
 * could have any site proved to be the seller's.
 */
final class OwnershipProofs {

	private static final Log logger = LogFactory.getLog(OwnershipProofs.class);

	private final List<String> configured;

	private final @Nullable String origin;

	private final PricingCatalog catalog;

	private final List<Signer> signers;

	private @Nullable List<String> all;

	/**
	 * Create the proofs.
	 * @param configured proofs that were signed elsewhere
	 * @param baseUrl configured URL of the application, {@code null} to sign nothing
	 * @param catalog names the accounts that are paid
	 * @param signers the keys of the application
	 */
	OwnershipProofs(List<String> configured, @Nullable String baseUrl, PricingCatalog catalog, List<Signer> signers) {
		this.configured = List.copyOf(configured);
		this.origin = (baseUrl != null) ? origin(URI.create(baseUrl)) : null;
		this.catalog = catalog;
		this.signers = List.copyOf(signers);
	}

	private static String origin(URI url) {
		return (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
	}

	/**
	 * Return all proofs. A key that cannot be used proves nothing until it can.
	 * @return the signatures
	 */
	synchronized List<String> all() {
		List<String> known = this.all;
		if (known == null) {
			known = new ArrayList<>(this.configured);
			boolean complete = this.origin == null || addSigned(this.origin, known);
			this.all = complete ? known : null;
		}
		return List.copyOf(known);
	}

	private boolean addSigned(String site, List<String> proofs) {
		Set<String> recipients = recipients();
		boolean complete = true;
		for (Signer signer : this.signers) {
			try {
				String address = signer.address();
				if (recipients.contains(address.toLowerCase(Locale.ROOT)) && !isProved(address, site, proofs)) {
					proofs.add("0x" + HexFormat.of().formatHex(signer.sign(PersonalMessage.digest(site))));
				}
			}
			catch (RuntimeException ex) {
				logger.warn("The ownership of " + site + " is not proved: " + ex.getClass().getName());
				complete = false;
			}
		}
		return complete;
	}

	private static boolean isProved(String address, String site, List<String> proofs) {
		return proofs.stream().anyMatch((proof) -> PersonalMessage.isSignedBy(address, site, proof));
	}

	private Set<String> recipients() {
		return this.catalog.paid()
			.stream()
			.flatMap((handler) -> handler.pricing().offers().stream())
			.map(PricedOffer::requirements)
			.filter((offer) -> offer != null)
			.map(PaymentRequirements::payTo)
			.map((recipient) -> recipient.toLowerCase(Locale.ROOT))
			.collect(Collectors.toSet());
	}

}
