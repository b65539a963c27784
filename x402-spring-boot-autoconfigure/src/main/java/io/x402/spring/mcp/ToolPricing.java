/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.x402.spring.pricing.FreeQuota;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.ResourceDeclaration;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;

/**
 * Finds the price of a tool by its name: from {@code @PaymentRequired} on its method or
 * class, else from the configuration. Safe for concurrent use.
 */
final class ToolPricing {

	private final HandlerPricing pricing;

	private final AnnotatedTools annotated;

	private final Map<String, Pricing> configured;

	private final Set<String> required;

	/**
	 * Create an instance.
	 * @param pricing creates prices
	 * @param annotated the methods of tools
	 * @param offers the offers of the configuration; several for one tool are
	 * alternatives
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	ToolPricing(HandlerPricing pricing, AnnotatedTools annotated, List<ToolOffer> offers) {
		this.pricing = pricing;
		this.annotated = annotated;
		this.configured = configured(pricing, offers);
		this.required = new TreeSet<>(offers.stream().filter(ToolOffer::required).map(ToolOffer::tool).toList());
	}

	private static Map<String, Pricing> configured(HandlerPricing pricing, List<ToolOffer> offers) {
		Map<String, List<ToolOffer>> byTool = new LinkedHashMap<>();
		offers.forEach((offer) -> byTool.computeIfAbsent(offer.tool(), (tool) -> new ArrayList<>()).add(offer));
		Map<String, Pricing> prices = new LinkedHashMap<>();
		byTool.forEach((tool, alternatives) -> prices.put(tool,
				checked(tool, pricing.create("tool " + tool, alternatives.stream().map(ToolOffer::offer).toList()))));
		return Map.copyOf(prices);
	}

	/**
	 * Find the price of a tool.
	 * @param tool its name
	 * @return the price, or {@code null} if the tool has none
	 * @throws InvalidPricingException if its price cannot be offered
	 */
	@Nullable Pricing find(String tool) {
		HandlerMethod method = this.annotated.find(tool);
		Pricing pricing = (method != null) ? this.pricing.annotatedPricing(method) : null;
		return (pricing != null) ? checked(tool, pricing) : this.configured.get(tool);
	}

	/**
	 * Find the price of a call.
	 * @param request the call
	 * @param declaration describes the tool for catalogues
	 * @return the priced call, or {@code null} if its tool is free
	 * @throws InvalidPricingException if its price cannot be offered
	 */
	@Nullable PricedRequest find(CallToolRequest request, Supplier<@Nullable ResourceDeclaration> declaration) {
		Pricing pricing = find(request.name());
		return (pricing != null) ? PricedRequest.of(pricing, new ToolPricingRequest(request), declaration) : null;
	}

	/**
	 * Return whether calls of a tool are priced, even if that price cannot be offered.
	 * @param tool its name
	 * @return {@code false} if the tool is free
	 */
	boolean isPriced(String tool) {
		try {
			Pricing pricing = find(tool);
			return pricing != null && !pricing.isFree();
		}
		catch (InvalidPricingException ex) {
			return true;
		}
	}

	/**
	 * Return the names of tools that a server must have at startup.
	 */
	Set<String> required() {
		Set<String> names = new TreeSet<>(this.required);
		this.annotated.names().stream().filter(this::isPriced).forEach(names::add);
		return names;
	}

	/**
	 * Check that nothing but tools has a price.
	 * @throws InvalidPricingException if a prompt, a resource or a completion has one
	 */
	void checkOthers() {
		for (HandlerMethod method : this.annotated.others()) {
			Pricing pricing = this.pricing.annotatedPricing(method);
			if (pricing != null && !pricing.isFree()) {
				throw new InvalidPricingException("price", pricing.text(),
						"prompts, resources and completions of MCP servers are not sold, and it would be free",
						"Sell a tool in its place, or annotate the method with price = \"free\".")
					.of(method.getShortLogMessage());
			}
		}
	}

	private static Pricing checked(String tool, Pricing pricing) {
		if (pricing.isTransactional()) {
			throw new InvalidPricingException("transactional", "true",
					"the transaction of a tool cannot be bound to its payment", "Leave transactional out.")
				.of("tool " + tool);
		}
		if (pricing.topUp() != null) {
			throw new InvalidPricingException("topUp", pricing.topUp(), "tools take no balances", "Leave topUp out.")
				.of("tool " + tool);
		}
		PassTerms pass = pricing.pass();
		if (pass != null && !pass.isBalance()) {
			throw new InvalidPricingException("pass", pass.policy(), "tools sell no passes", "Leave pass out.")
				.of("tool " + tool);
		}
		FreeQuota quota = pricing.freeQuota();
		if (quota != null) {
			throw new InvalidPricingException("freeQuota", quota.limit() + " per " + quota.period(),
					"tools have no free quota, since their callers cannot be told apart", "Leave freeQuota out.")
				.of("tool " + tool);
		}
		if (pricing.freeFor() != null) {
			throw new InvalidPricingException("freeFor", pricing.freeFor(),
					"calls of tools have no caller that is known to Spring Security, and everybody would pay",
					"Leave freeFor out, or sell a handler of Spring MVC.")
				.of("tool " + tool);
		}
		return (pass != null) ? pricing.withoutTopUps() : pricing;
	}

}
