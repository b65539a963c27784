/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.x402.spring.discovery.DiscoveryDocuments;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingCatalog;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;

/**
 * Adds prices, and the responses of paid handlers, to the description that springdoc
 * makes of an application.
 */
final class PaidOperations implements GlobalOperationCustomizer {

	private static final String PAYMENT_REQUIRED = "402";

	private final ObjectProvider<PricingCatalog> catalog;

	/**
	 * Create a customizer.
	 * @param catalog lists the prices
	 */
	PaidOperations(ObjectProvider<PricingCatalog> catalog) {
		this.catalog = catalog;
	}

	@Override
	public Operation customize(Operation operation, HandlerMethod handler) {
		Pricing pricing = pricing(handler);
		if (pricing == null) {
			return operation;
		}
		if (pricing.isDiscoverable()) {
			operation.addExtension("x-payment-info", DiscoveryDocuments.paymentInfo(pricing));
		}
		ApiResponses responses = (operation.getResponses() != null) ? operation.getResponses() : new ApiResponses();
		responses.forEach((status, response) -> {
			if (status.startsWith("2")) {
				response.addHeaderObject("PAYMENT-RESPONSE", header("Receipt, base64 of a SettlementResponse of x402"));
			}
		});
		if (!responses.containsKey(PAYMENT_REQUIRED)) {
			responses.addApiResponse(PAYMENT_REQUIRED, new ApiResponse().description("Payment Required")
				.addHeaderObject("PAYMENT-REQUIRED", header("Offers, base64 of a PaymentRequired document of x402")));
		}
		operation.setResponses(responses);
		return operation;
	}

	private static Header header(String description) {
		return new Header().description(description).schema(new StringSchema());
	}

	/**
	 * Find the price that all requests of a handler have.
	 */
	private @Nullable Pricing pricing(HandlerMethod handler) {
		PricingCatalog prices = this.catalog.getIfUnique();
		return (prices == null) ? null
				: prices.paid()
					.stream()
					.filter((priced) -> priced.handler() instanceof HandlerMethod method
							&& method.getMethod().equals(handler.getMethod())
							&& method.getBeanType().equals(handler.getBeanType()))
					.map(PricedHandler::pricing)
					.findFirst()
					.orElse(null);
	}

}
