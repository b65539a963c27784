/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.discovery.X402DiscoveryProperties;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.OfferDefinition;
import io.x402.spring.pricing.PassDefinition;
import io.x402.spring.pricing.PaymentRequirementsCustomizer;
import io.x402.spring.pricing.PaymentRoute;
import io.x402.spring.pricing.ResourceDescriber;
import io.x402.spring.pricing.TransferOffers;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ResourceInfo;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Prices as the properties and the beans of an application have them, whichever web stack
 * it is on.
 */
final class SellerPricing {

	private SellerPricing() {
	}

	static HandlerPricing.Builder builder(ConfigurableListableBeanFactory beanFactory) {
		X402Properties properties = beanFactory.getBean(X402Properties.class);
		X402FacilitatorProperties facilitator = beanFactory.getBean(X402FacilitatorProperties.class);
		SupportedKinds kinds = beanFactory.getBeanProvider(SupportedKinds.class).getIfAvailable();
		X402DiscoveryProperties discovery = beanFactory.getBeanProvider(X402DiscoveryProperties.class).getIfAvailable();
		HandlerPricing.Builder builder = HandlerPricing
			.builder(beanFactory.getBean(Networks.class), beanFactory, beanFactory.getBean(PaymentCodec.class))
			.payTo(properties.payTo())
			.networks(properties.network())
			.maxTimeout(properties.maxTimeout())
			.flow(properties.settlement().flow())
			.versions(properties.protocolVersions())
			.headerLimit((int) properties.headerLimit().toBytes())
			.maxDescriptionLength(facilitator.limits().maxDescriptionLength())
			.extensions(properties.redelivery().extensions())
			.checksum(EvmAddress::hasValidChecksum)
			.customizers(beanFactory.getBeanProvider(PaymentRequirementsCustomizer.class).orderedStream().toList())
			.supported((kinds != null) ? kinds::known : () -> null)
			.routes(routes(properties),
					beanFactory.getBeanProvider(PathPatternParser.class).getIfAvailable(PathPatternParser::new))
			.describer(beanFactory.getBeanProvider(ResourceDescriber.class)
				.getIfAvailable(() -> (handler, request) -> null))
			.service((discovery != null) ? discovery.toService() : new ResourceInfo("", null, null))
			.builderCode((discovery != null) ? discovery.builderCode() : null)
			.alwaysDeclared(discovery != null && discovery.alwaysDeclare())
			.freeFor(properties.freeFor());
		beanFactory.getBeanProvider(TransferOffers.class).ifAvailable(builder::transfers);
		return builder;
	}

	private static List<PaymentRoute> routes(X402Properties properties) {
		Map<List<Object>, List<OfferDefinition>> routes = new LinkedHashMap<>();
		for (X402Properties.Route route : properties.routes()) {
			routes.computeIfAbsent(List.of(route.path(), route.method()), (key) -> new ArrayList<>()).add(offer(route));
		}
		return routes.entrySet().stream().map((entry) -> {
			@SuppressWarnings("unchecked")
			Set<RequestMethod> methods = (Set<RequestMethod>) entry.getKey().get(1);
			return new PaymentRoute((String) entry.getKey().get(0), methods(methods), entry.getValue());
		}).toList();
	}

	private static OfferDefinition offer(X402Properties.Route route) {
		return OfferDefinition.price(route.price())
			.networks(route.network())
			.asset(route.asset())
			.payTo(route.payTo())
			.description(route.description())
			.mimeType(route.mimeType())
			.maxTimeout((route.maxTimeout() != null) ? route.maxTimeout().toString() : "")
			.scheme(route.scheme())
			.flow(route.flow())
			.discoverable(route.discoverable())
			.freeQuota(route.freeQuota())
			.freeFor(route.freeFor())
			.pass(pass(route.pass()))
			.topUp(route.topUp())
			.build();
	}

	private static PassDefinition pass(X402Properties.Pass pass) {
		return new PassDefinition((pass.duration() != null) ? pass.duration().toString() : "", pass.uses(),
				pass.scope(), pass.sameUser());
	}

	private static Set<HttpMethod> methods(Set<RequestMethod> methods) {
		return methods.stream().map(RequestMethod::asHttpMethod).collect(Collectors.toSet());
	}

}
