/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.PathParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.x402.spring.discovery.DiscoveryDocuments;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingCatalog;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;

/**
 * Adds prices, the responses of paid handlers, and what springdoc does not see because no
 * handler method serves it, to the description that springdoc makes of an application.
 */
final class PaidOperations implements GlobalOperationCustomizer, GlobalOpenApiCustomizer {

	private static final String PAYMENT_INFO = "x-payment-info";

	private static final Pattern VARIABLE = Pattern.compile("\\{([^}]*)}");

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
		return (pricing != null) ? price(operation, pricing) : operation;
	}

	@Override
	public void customise(OpenAPI document) {
		PricingCatalog prices = this.catalog.getIfUnique();
		if (prices == null) {
			return;
		}
		Paths paths = (document.getPaths() != null) ? document.getPaths() : new Paths();
		DiscoveryDocuments.routes(prices)
			.forEach((path, methods) -> methods.forEach((method, pricing) -> Stream.of(PathItem.HttpMethod.values())
				.filter((known) -> known.name().equals(method))
				.forEach(
						(known) -> add(paths.computeIfAbsent(path, (added) -> new PathItem()), path, known, pricing))));
		document.setPaths(paths);
		Components components = (document.getComponents() != null) ? document.getComponents() : new Components();
		components.addSecuritySchemes(DiscoveryDocuments.SECURITY_SCHEME, scheme());
		document.setComponents(components);
	}

	private static void add(PathItem item, String path, PathItem.HttpMethod method, Pricing pricing) {
		Operation operation = item.readOperationsMap().get(method);
		if (operation == null) {
			operation = operation(path, pricing);
			item.operation(method, operation);
		}
		if (operation.getExtensions() == null || !operation.getExtensions().containsKey(PAYMENT_INFO)) {
			price(operation, pricing);
		}
	}

	private static Operation operation(String path, Pricing pricing) {
		Operation operation = new Operation().summary((pricing.description() != null) ? pricing.description() : path)
			.responses(new ApiResponses().addApiResponse("200", new ApiResponse().description("Paid response")));
		VARIABLE.matcher(path)
			.results()
			.forEach((variable) -> operation
				.addParametersItem(new PathParameter().name(variable.group(1)).schema(new StringSchema())));
		return operation;
	}

	private static SecurityScheme scheme() {
		return new SecurityScheme().type(SecurityScheme.Type.APIKEY)
			.in(SecurityScheme.In.HEADER)
			.name(DiscoveryDocuments.PAYMENT_HEADER)
			.description(DiscoveryDocuments.SECURITY_DESCRIPTION);
	}

	private static Operation price(Operation operation, Pricing pricing) {
		if (pricing.isDiscoverable()) {
			operation.addExtension(PAYMENT_INFO, DiscoveryDocuments.paymentInfo(pricing));
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
