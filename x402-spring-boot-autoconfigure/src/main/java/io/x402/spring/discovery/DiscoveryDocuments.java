/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricedOffer;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.pricing.ResourceDeclaration;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;

/**
 * Documents about all paid mappings of an application, which indexes of paid resources
 * read: an OpenAPI description and the list of resources of {@code /.well-known/x402},
 * and a text for language models.
 *
 * @since 0.1.0
 */
public final class DiscoveryDocuments {

	/**
	 * Name of the security scheme of payments.
	 * @since 0.2.0
	 */
	public static final String SECURITY_SCHEME = "x402";

	/**
	 * Request header of a payment.
	 * @since 0.2.0
	 */
	public static final String PAYMENT_HEADER = ProtocolVersion.V2.paymentHeader();

	/**
	 * What a reader of the security scheme learns.
	 * @since 0.2.0
	 */
	public static final String SECURITY_DESCRIPTION = "Payment, base64 of a PaymentPayload of x402 for one of the offers "
			+ "of a 402 response. Each request needs its own; operations with x-payment-info take it";

	private static final String TITLE = "Paid API";

	private final PricingCatalog catalog;

	private final MappingDescriber describer;

	private final String title;

	/**
	 * Create the documents.
	 * @param catalog lists the mappings
	 * @param describer describes them
	 * @param title name of the service, or {@code null} if it has none
	 */
	public DiscoveryDocuments(PricingCatalog catalog, MappingDescriber describer, @Nullable String title) {
		this.catalog = catalog;
		this.describer = describer;
		this.title = (title != null) ? title : TITLE;
	}

	/**
	 * List the paid resources. A path variable is replaced by its name, because indexes
	 * request every resource once.
	 * @param baseUrl public URL of the application, without a trailing slash
	 * @return the JSON object of {@code /.well-known/x402}
	 */
	public Map<String, Object> resources(String baseUrl) {
		List<String> urls = mappings().map((mapping) -> baseUrl + RouteTemplate.named(mapping.path()))
			.distinct()
			.toList();
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("version", 1);
		document.put("resources", urls);
		return document;
	}

	/**
	 * Describe the paid resources.
	 * @param baseUrl public URL of the application, without a trailing slash
	 * @return an OpenAPI 3.1 document
	 */
	public Map<String, Object> openApi(String baseUrl) {
		Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
		mappings().forEach((mapping) -> paths.computeIfAbsent(mapping.path(), (added) -> new LinkedHashMap<>())
			.putIfAbsent(mapping.method().toLowerCase(Locale.ROOT), operation(mapping)));
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("openapi", "3.1.0");
		document.put("info", ordered("title", this.title, "version", "1"));
		document.put("servers", List.of(Map.of("url", baseUrl)));
		document.put("paths", paths);
		document.put("components", Map.of("securitySchemes", Map.of(SECURITY_SCHEME, securityScheme())));
		return document;
	}

	/**
	 * No operation refers to it: readers take a reference to a scheme of this type for an
	 * account that is needed beside the payment.
	 */
	private static Map<String, Object> securityScheme() {
		return ordered("type", "apiKey", "in", "header", "name", PAYMENT_HEADER, "description", SECURITY_DESCRIPTION);
	}

	/**
	 * Return the prices that routes give to other handlers than methods, such as
	 * functional endpoints, and to methods in part.
	 * @param catalog lists the mappings
	 * @return prices by path, with the names of path variables in braces, and HTTP method
	 * @since 0.2.0
	 */
	public static Map<String, Map<String, Pricing>> routes(PricingCatalog catalog) {
		List<PricedHandler> paid = catalog.paid();
		Set<ProbedMapping> ofMethods = paid.stream()
			.filter((handler) -> handler.handler() instanceof HandlerMethod)
			.flatMap(ProbedMapping::of)
			.collect(Collectors.toSet());
		Map<String, Map<String, Pricing>> routes = new LinkedHashMap<>();
		paid.stream()
			.filter((handler) -> handler.pricing().isDiscoverable() && !(handler.handler() instanceof HandlerMethod))
			.forEach((handler) -> ProbedMapping.of(handler)
				.filter((mapping) -> RouteTemplate.plain(mapping.pattern()) != null && !ofMethods.contains(mapping))
				.forEach((mapping) -> routes
					.computeIfAbsent(String.valueOf(RouteTemplate.plain(mapping.pattern())),
							(added) -> new LinkedHashMap<>())
					.putIfAbsent(mapping.method(), handler.pricing())));
		return routes;
	}

	/**
	 * Tell language models about the paid resources.
	 * @param baseUrl public URL of the application, without a trailing slash
	 * @return text in Markdown, as in {@code llms.txt}
	 * @since 0.2.0
	 */
	public String text(String baseUrl) {
		String resources = mappings().map((mapping) -> line(mapping, baseUrl)).collect(Collectors.joining());
		return """
				# %s

				> Each request to these resources is paid by x402. A request without a payment gets status 402 with the \
				price in the header PAYMENT-REQUIRED; the same request with the header PAYMENT-SIGNATURE gets the \
				content. No account and no API key is needed.

				## Resources

				%s"""
			.formatted(oneLine(this.title), resources);
	}

	private static String line(Mapping mapping, String baseUrl) {
		Pricing pricing = mapping.pricing();
		String prices = pricing.offers()
			.stream()
			.map(PricedOffer::text)
			.filter((price) -> !price.contains("#{") && !price.startsWith("@"))
			.distinct()
			.collect(Collectors.joining(" or "));
		String description = (pricing.description() != null) ? oneLine(pricing.description()) + ", " : "";
		return "- [%s %s](%s): %s%s\n".formatted(mapping.method(), mapping.path(),
				baseUrl + RouteTemplate.named(mapping.path()), description,
				prices.isEmpty() ? "price on request" : prices);
	}

	private static String oneLine(String text) {
		return text.replaceAll("\\s+", " ").strip();
	}

	private Stream<Mapping> mappings() {
		return this.catalog.paid()
			.stream()
			.filter((handler) -> handler.pricing().isDiscoverable())
			.flatMap(this::mappings);
	}

	private Stream<Mapping> mappings(PricedHandler handler) {
		List<String> methods = ProbedMapping.methods(handler.methods());
		return handler.paths()
			.stream()
			.flatMap((pattern) -> methods.stream().flatMap((method) -> mapping(handler, pattern, method)));
	}

	private Stream<Mapping> mapping(PricedHandler handler, String pattern, String method) {
		String path = RouteTemplate.plain(pattern);
		ResourceDeclaration declaration = (path != null) ? this.describer.describe(handler.handler(), pattern, method)
				: null;
		return (path != null && declaration != null)
				? Stream.of(new Mapping(path, method, handler.pricing(), declaration)) : Stream.empty();
	}

	private static Map<String, Object> operation(Mapping mapping) {
		Map<String, Object> input = members(mapping, "input");
		Map<String, Object> operation = new LinkedHashMap<>();
		operation.put("summary",
				(mapping.pricing().description() != null) ? mapping.pricing().description() : mapping.path());
		List<Object> parameters = new ArrayList<>();
		parameters(input, "pathParams", "path", parameters);
		parameters(input, "queryParams", "query", parameters);
		if (!parameters.isEmpty()) {
			operation.put("parameters", parameters);
		}
		if (input.containsKey("body")) {
			operation.put("requestBody", ordered("required", true, "content",
					Map.of(mediaType(input), Map.of("schema", object(input.get("body"))))));
		}
		operation.put("responses", responses(mapping));
		operation.put("x-payment-info", paymentInfo(mapping.pricing()));
		return operation;
	}

	private static void parameters(Map<String, Object> input, String member, String place, List<Object> parameters) {
		Map<String, Object> schema = object(input.get(member));
		List<?> required = (schema.get("required") instanceof List<?> names) ? names : List.of();
		object(schema.get("properties")).forEach((name, type) -> parameters.add(ordered("name", name, "in", place,
				"required", place.equals("path") || required.contains(name), "schema", type)));
	}

	private static String mediaType(Map<String, Object> input) {
		Object types = object(input.get("bodyType")).get("enum");
		if (List.of("form-data").equals(types)) {
			return "multipart/form-data";
		}
		return List.of("text").equals(types) ? "text/plain" : "application/json";
	}

	private static Map<String, Object> responses(Mapping mapping) {
		String mimeType = mapping.pricing().mimeType();
		Map<String, Object> success = ordered("description", "Paid response", "content",
				Map.of((mimeType != null) ? mimeType : "application/json",
						Map.of("schema", object(members(mapping, "output").get("example")))));
		Map<String, Object> unpaid = ordered("description", "Payment Required", "headers",
				Map.of("PAYMENT-REQUIRED", ordered("description",
						"Offers, base64 of a PaymentRequired document of x402", "schema", Map.of("type", "string"))));
		return ordered("200", success, "402", unpaid);
	}

	/**
	 * Describe a price for readers of OpenAPI descriptions. One object has the members of
	 * both families of readers: of x402 indexes, and of the Machine Payments Protocol.
	 * @param pricing the price, not a free one
	 * @return the value of {@code x-payment-info}
	 */
	public static Map<String, Object> paymentInfo(Pricing pricing) {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("protocols", List.of("x402"));
		String price = pricing.offers().get(0).price();
		String dollars = price.startsWith("$") ? price.substring(1) : price;
		boolean fixed = dollars.matches("\\d+(\\.\\d+)?");
		boolean metered = pricing.offers().get(0).scheme().rules().isMetered();
		if (fixed && !metered) {
			info.put("pricingMode", "fixed");
			info.put("price", dollars);
		}
		else if (fixed) {
			info.put("pricingMode", "range");
			info.put("minPrice", "0");
			info.put("maxPrice", dollars);
		}
		else {
			info.put("pricingMode", "quote");
		}
		info.put("offers",
				pricing.offers()
					.stream()
					.filter((offer) -> !offer.topUp())
					.map((offer) -> offer(offer, pricing))
					.toList());
		return info;
	}

	private static Map<String, Object> offer(PricedOffer offer, Pricing pricing) {
		PaymentRequirements requirements = offer.requirements();
		Map<String, Object> entry = ordered("intent", "charge", "method",
				offer.network().id().startsWith("solana:") ? "solana" : "evm");
		if (requirements != null) {
			entry.put("amount", requirements.amount().toString());
			entry.put("currency", requirements.asset());
		}
		if (pricing.description() != null) {
			entry.put("description", pricing.description());
		}
		return entry;
	}

	private static Map<String, Object> members(Mapping mapping, String name) {
		Map<String, Object> schema = object(mapping.declaration().extension(Map.of()).get("schema"));
		return object(object(object(schema.get("properties")).get(name)).get("properties"));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> object(@Nullable Object value) {
		return (value instanceof Map<?, ?>) ? (Map<String, Object>) value : Map.of();
	}

	private static Map<String, Object> ordered(Object... members) {
		Map<String, Object> object = new LinkedHashMap<>();
		for (int i = 0; i < members.length; i += 2) {
			object.put((String) members[i], members[i + 1]);
		}
		return object;
	}

	/**
	 * A paid mapping.
	 *
	 * @param path its path, with the names of path variables in braces
	 * @param method its HTTP method
	 * @param pricing its price
	 * @param declaration its description
	 */
	private record Mapping(String path, String method, Pricing pricing, ResourceDeclaration declaration) {

	}

}
