/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PaymentRoute;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.pricing.ResourceDeclaration;
import io.x402.spring.pricing.ResourceDescriber;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;

/**
 * Describes mappings by the pattern that Spring matched and by the parameters and the
 * return type of the handler method. Each mapping is described once. Handlers that are
 * not methods, such as functional endpoints, get the form without parameters.
 *
 * @since 0.1.0
 */
public final class MappingDescriber implements ResourceDescriber {

	private static final Log logger = LogFactory.getLog(MappingDescriber.class);

	private static final Set<RequestMethod> METHODS = EnumSet.of(RequestMethod.GET, RequestMethod.POST,
			RequestMethod.PUT, RequestMethod.PATCH, RequestMethod.DELETE);

	private final DeclarationWriter writer;

	private final String pathPrefix;

	private final boolean generated;

	private final Map<Key, Optional<ResourceDeclaration>> declarations = new ConcurrentHashMap<>();

	/**
	 * Create a describer.
	 * @param schemas generates schemas of types, or {@code null} for declarations without
	 * schemas
	 * @param pathPrefix public path of the application, empty or beginning with a slash
	 */
	public MappingDescriber(@Nullable TypeSchemas schemas, String pathPrefix) {
		this.writer = new DeclarationWriter(schemas);
		this.generated = schemas == null || schemas instanceof GeneratedSchemas;
		this.pathPrefix = pathPrefix;
	}

	/**
	 * Return the generator of schemas that applications have by default. It needs
	 * victools on the class path.
	 * @return generates schemas of types
	 * @since 0.2.0
	 */
	public static TypeSchemas generatedSchemas() {
		return new GeneratedSchemas();
	}

	/**
	 * Check how all mappings that catalogues may list are described, where an application
	 * has a describer or schemas of its own. What this package derives itself is not
	 * described before it is asked for.
	 * @param catalog lists the mappings
	 * @param describer describes them
	 * @throws InvalidPricingException if facilitators would refuse a declaration, and
	 * perhaps the payments with it
	 * @since 0.2.0
	 */
	public static void check(PricingCatalog catalog, ResourceDescriber describer) {
		if (describer instanceof MappingDescriber own && own.generated) {
			return;
		}
		List<PricedHandler> handlers = catalog.handlers();
		handlers.stream()
			.filter((handler) -> handler.isPaid() && handler.pricing().isDiscoverable())
			.forEach((priced) -> {
				if (priced.handler() instanceof PaymentRoute) {
					checkRoute(priced, handlers, describer);
				}
				else {
					ProbedMapping.of(priced).forEach((mapping) -> check(priced, priced.handler(), mapping, describer));
				}
			});
	}

	/**
	 * A handler is described by its own mapping, whatever the pattern of the route that
	 * prices it. Functional endpoints are in no list: they are described by the pattern
	 * of the route. A pattern with wildcards is described by the request only.
	 */
	private static void checkRoute(PricedHandler route, List<PricedHandler> handlers, ResourceDescriber describer) {
		List<PricedHandler> priced = handlers.stream()
			.filter((handler) -> handler.routes().stream().anyMatch(route.paths()::contains))
			.filter((handler) -> handler.paths().stream().anyMatch((path) -> RouteTemplate.plain(path) != null))
			.toList();
		Stream<PricedHandler> unchecked = priced.isEmpty() ? Stream.of(route)
				: priced.stream().filter((handler) -> !handler.isPaid());
		unchecked.forEach((handler) -> ProbedMapping.of(handler, route.methods())
			.filter((mapping) -> RouteTemplate.plain(mapping.pattern()) != null)
			.forEach((mapping) -> check(route, handler.handler(), mapping, describer)));
	}

	private static void check(PricedHandler priced, Object handler, ProbedMapping mapping,
			ResourceDescriber describer) {
		String problem = null;
		try {
			ResourceDeclaration declaration = describer.describe(handler, mapping);
			problem = (declaration != null) ? DeclarationCheck.problem(declaration) : null;
		}
		catch (RuntimeException ex) {
			logger.debug("The declaration of " + mapping + " cannot be checked without a request", ex);
		}
		if (problem != null) {
			throw new InvalidPricingException("declaration", mapping.toString(),
					"facilitators with a catalogue would refuse it: " + problem,
					"Correct what the ResourceDescriber bean says of this mapping, or leave it out of catalogues with "
							+ "discoverable = false.")
				.of(priced.source());
		}
	}

	@Override
	public @Nullable ResourceDeclaration describe(Object handler, PricingRequest request) {
		String pattern = request.pattern();
		return (pattern != null) ? describe(handler, pattern, request.method()) : null;
	}

	/**
	 * Describe a mapping.
	 * @param handler the handler
	 * @param pattern its path pattern, within the application
	 * @param method HTTP method, one that the mapping has if there are any
	 * @return the declaration, or {@code null} if the mapping cannot be declared
	 */
	public @Nullable ResourceDeclaration describe(Object handler, String pattern, String method) {
		RequestMethod requested = RequestMethod.resolve("HEAD".equals(method) ? "GET" : method);
		Object identity = (handler instanceof HandlerMethod typed) ? typed.getMethod() : handler.getClass();
		Key key = new Key(identity, pattern, requested);
		Optional<ResourceDeclaration> known = this.declarations.get(key);
		return ((known != null) ? known
				: this.declarations.computeIfAbsent(key, (added) -> write(handler, pattern, requested)))
			.orElse(null);
	}

	private Optional<ResourceDeclaration> write(Object handler, String pattern, @Nullable RequestMethod requested) {
		RequestMethod method = method(handler, requested);
		if (method == null) {
			return Optional.empty();
		}
		try {
			RouteTemplate template = RouteTemplate.of(this.pathPrefix, pattern);
			HandlerMethod typed = (handler instanceof HandlerMethod handlerMethod) ? handlerMethod : null;
			ResourceDeclaration declaration = this.writer.write(typed, template, method);
			String problem = DeclarationCheck.problem(declaration);
			if (problem != null) {
				logger
					.warn("The mapping " + method + " " + pattern + " is declared to catalogues without its parameters "
							+ "because a facilitator would refuse the declaration: " + problem
							+ ". Correct what the TypeSchemas bean says of its types");
				return Optional.of(this.writer.write(null, template, method));
			}
			return Optional.of(declaration);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("The mapping " + method + " " + pattern
					+ " is not declared to catalogues because it cannot be described", ex);
			return Optional.empty();
		}
	}

	/**
	 * A request that probes a mapping may have another method than the mapping.
	 */
	private static @Nullable RequestMethod method(Object handler, @Nullable RequestMethod requested) {
		RequestMethod method = requested;
		RequestMapping mapping = DeclaredMapping.of(handler);
		if (mapping != null && mapping.method().length > 0) {
			Set<RequestMethod> mapped = EnumSet.copyOf(Set.of(mapping.method()));
			if (method == null || !mapped.contains(method)) {
				method = mapped.iterator().next();
			}
		}
		return (method != null && METHODS.contains(method)) ? method : null;
	}

	/**
	 * Identifies a mapping.
	 *
	 * @param handler the method, or the class of another handler
	 * @param pattern the path pattern
	 * @param method the requested HTTP method, or {@code null} for one that is not known
	 */
	private record Key(Object handler, String pattern, @Nullable RequestMethod method) {

	}

}
