/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.facilitator.CatalogueListing;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.MonitoredFacilitator;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link HealthIndicator} for the facilitator, based on recent calls. Makes no calls.
 */
final class FacilitatorHealthIndicator extends AbstractHealthIndicator {

	private final MonitoredFacilitator facilitator;

	private final @Nullable SupportedOffers offers;

	/**
	 * Create an indicator.
	 * @param facilitator the facilitator
	 * @param offers the offers of the application, or {@code null} if there are none
	 */
	FacilitatorHealthIndicator(MonitoredFacilitator facilitator, @Nullable SupportedOffers offers) {
		super("The condition of the facilitator is unknown");
		this.facilitator = facilitator;
		this.offers = offers;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<FacilitatorCondition> conditions = this.facilitator.conditions();
		List<String> unsupported = (this.offers != null) ? this.offers.unsupported() : List.of();
		boolean usable = conditions.stream().anyMatch(FacilitatorCondition::usable) && unsupported.isEmpty();
		builder = usable ? builder.up() : builder.outOfService();
		Map<String, String> details = new LinkedHashMap<>();
		for (FacilitatorCondition condition : conditions) {
			details.put(condition.name(), text(condition));
		}
		builder.withDetail("facilitators", details);
		if (!unsupported.isEmpty()) {
			builder.withDetail("unsupported", unsupported);
		}
		Map<String, String> listings = new LinkedHashMap<>();
		for (CatalogueListing listing : this.facilitator.listings()) {
			listings.putIfAbsent(listing.route(), text(listing));
		}
		if (!listings.isEmpty()) {
			builder.withDetail("listings", listings);
		}
	}

	private static String text(CatalogueListing listing) {
		String status = listing.status().name().toLowerCase(Locale.ROOT);
		return listing.reason().isEmpty() ? status : status + ": " + listing.reason();
	}

	private static String text(FacilitatorCondition condition) {
		if (condition.problem().isEmpty()) {
			return condition.usable() ? "usable" : "not usable";
		}
		return (condition.usable() ? "usable, but " : "not usable: ") + condition.problem();
	}

}
