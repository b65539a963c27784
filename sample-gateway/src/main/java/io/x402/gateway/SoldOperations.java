/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.gateway.OpenApiDocument.Operation;
import io.x402.gateway.OpenApiImport.Price;
import io.x402.spring.autoconfigure.X402Properties.Route;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Operations of an upstream, each with its price or closed. What the document does not
 * know has the price of all others, or is closed.
 */
final class SoldOperations {

	private final PathPattern all;

	private final @Nullable Price others;

	private final List<Sold> operations;

	private SoldOperations(String served, @Nullable Price others, List<Sold> operations) {
		this.all = PathPatternParser.defaultInstance.parse(served + "/**");
		this.others = others;
		this.operations = operations;
	}

	/**
	 * Price the operations of a document.
	 * @param property name of the property with the import
	 * @param prices what they cost
	 * @param document what there is
	 * @param served how their paths begin at the gateway
	 */
	static SoldOperations of(String property, OpenApiImport prices, OpenApiDocument document, String served) {
		for (int i = 0; i < prices.prices().size(); i++) {
			prices.prices().get(i).check(property + ".prices[" + i + "]");
		}
		if ("free".equalsIgnoreCase(prices.others().strip())) {
			throw document.invalid("would be free where it names no price", "Set " + property
					+ ".others to a price or to 'closed', and name the operations or tags that are free.");
		}
		checkNames(prices, document);
		Price others = prices.isClosed() ? null : Price.of(prices.others());
		List<Sold> sold = document.operations()
			.stream()
			.map((operation) -> new Sold(operation, served(served, operation), price(prices, document, operation)))
			.toList();
		checkOverlaps(sold, others, document);
		return new SoldOperations(served, others, sold);
	}

	private static PathPattern served(String served, Operation operation) {
		return PathPatternParser.defaultInstance.parse(served + operation.pattern().getPatternString());
	}

	private static void checkNames(OpenApiImport prices, OpenApiDocument document) {
		Set<String> ids = new LinkedHashSet<>();
		Set<String> tags = new LinkedHashSet<>();
		for (Operation operation : document.operations()) {
			ids.add(String.valueOf(operation.id()));
			tags.addAll(operation.tags());
		}
		Set<String> priced = new HashSet<>();
		for (Price price : prices.prices()) {
			Stream.concat(missing(price.operation(), ids), missing(price.tag(), tags)).findFirst().ifPresent((name) -> {
				throw document.invalid("has no operation or tag " + name,
						"Correct the price list. There are the operations " + few(ids) + " and the tags " + few(tags)
								+ ".");
			});
			for (String id : price.operation()) {
				if (!priced.add(id)) {
					throw document.invalid("has two prices for operation " + id, "Remove one of them.");
				}
			}
		}
	}

	private static void checkOverlaps(List<Sold> sold, @Nullable Price others, OpenApiDocument document) {
		for (int i = 0; i < sold.size(); i++) {
			Sold first = sold.get(i);
			for (Sold second : sold.subList(i + 1, sold.size())) {
				if (!Objects.equals(first.due(others), second.due(others)) && areAmbiguous(first, second)) {
					throw document.invalid(
							"has " + first.operation() + " and " + second.operation()
									+ ", which match the same requests and have different prices",
							"Give them the same price, since only the upstream knows which of them it is.");
				}
			}
		}
	}

	private static boolean areAmbiguous(Sold first, Sold second) {
		return first.operation().method() == second.operation().method()
				&& AmbiguousPaths.areAmbiguous(first.path().getPatternString(), second.path().getPatternString());
	}

	private static Stream<String> missing(Set<String> names, Set<String> known) {
		return names.stream().filter((name) -> !known.contains(name));
	}

	private static String few(Set<String> names) {
		return names.stream().limit(20).collect(Collectors.joining(", ")) + ((names.size() > 20) ? ", …" : "");
	}

	/**
	 * Return the price of an operation, or {@code null} if nothing names it.
	 */
	private static @Nullable Price price(OpenApiImport prices, OpenApiDocument document, Operation operation) {
		List<Price> byTag = new ArrayList<>();
		for (Price price : prices.prices()) {
			if (operation.id() != null && price.operation().contains(operation.id())) {
				return price;
			}
			if (operation.tags().stream().anyMatch(price.tag()::contains)) {
				byTag.add(price);
			}
		}
		if (byTag.size() > 1) {
			throw document.invalid("has " + operation + " with several tags that have prices, " + operation.tags(),
					"Price the operation by its operationId.");
		}
		return byTag.isEmpty() ? null : byTag.get(0);
	}

	/**
	 * Return whether all paths of requests that match a pattern are those of this
	 * upstream.
	 */
	boolean includes(String pattern) {
		return this.all.matches(PathContainer.parsePath(pattern));
	}

	/**
	 * Return whether a request is for this upstream.
	 */
	boolean matches(PathContainer path) {
		return this.all.matches(path);
	}

	/**
	 * Return the prices as routes, the first that matches applies.
	 */
	List<Route> routes() {
		List<Route> routes = new ArrayList<>();
		for (Sold sold : this.operations) {
			Price price = sold.due(this.others);
			if (price != null) {
				routes.add(price.route(sold.path().getPatternString(), Set.of(sold.operation().method()),
						sold.operation().summary()));
			}
		}
		if (this.others != null) {
			routes.add(this.others.route(this.all.getPatternString(), Set.of(), ""));
		}
		return routes;
	}

	/**
	 * Return whether a request may reach the upstream, for its price or for free. A slash
	 * at the end of a path makes it another one, for which upstreams seldom have another
	 * operation.
	 */
	boolean isSold(String method, PathContainer path) {
		if (!matches(path) || UnusualPaths.isUnusual(path.value())) {
			return false;
		}
		Sold sold = find(method, path.value());
		if (isAnotherOne(sold, method, path.value())) {
			return false;
		}
		if (sold == null) {
			return this.others != null && !(path.value().endsWith("/")
					&& find(method, StringUtils.trimTrailingCharacter(path.value(), '/')) != null);
		}
		return sold.due(this.others) != null;
	}

	/**
	 * An upstream that decodes a path more often must not find another operation.
	 */
	private boolean isAnotherOne(@Nullable Sold sold, String method, String path) {
		return UnusualPaths.decodings(path)
			.stream()
			.skip(1)
			.map((decoded) -> find(method, decoded.replace("%", "%25")))
			.anyMatch((other) -> other != sold);
	}

	private @Nullable Sold find(String method, String path) {
		PathContainer parsed = PathContainer.parsePath(path);
		return this.operations.stream()
			.filter((sold) -> sold.matches(method) && sold.path().matches(parsed))
			.findFirst()
			.orElse(null);
	}

	/**
	 * An operation and its price.
	 *
	 * @param operation the operation
	 * @param path its path at the gateway
	 * @param price its price, or {@code null} if it has that of all others
	 */
	private record Sold(Operation operation, PathPattern path, @Nullable Price price) {

		/**
		 * Return what it costs, or {@code null} if it is closed.
		 * @param others the price of all others
		 */
		@Nullable Price due(@Nullable Price others) {
			Price due = (this.price != null) ? this.price : others;
			return (due != null && !due.isClosed()) ? due : null;
		}

		boolean matches(String method) {
			return this.operation.method().name().equals(method)
					|| ("HEAD".equals(method) && this.operation.method() == RequestMethod.GET);
		}

	}

}
