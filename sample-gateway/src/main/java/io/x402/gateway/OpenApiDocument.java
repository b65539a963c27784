/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * The operations of an OpenAPI document of version 3.0 or 3.1, in YAML or JSON. Only what
 * prices need is read, so that nothing else in a document can fail, or be fetched from
 * elsewhere.
 */
final class OpenApiDocument {

	private static final Pattern VERSION = Pattern.compile("3\\.[01]\\.\\d+");

	private static final Pattern JSON = Pattern.compile("\\s*\\{\\s*\"");

	private static final Pattern VARIABLE = Pattern.compile("\\{([^{}]+)}");

	private static final int MAX_SIZE = 20_000_000;

	private static final int MAX_DEPTH = 500;

	private static final int MAX_SUMMARY_LENGTH = 200;

	private final String property;

	private final String location;

	private final List<Operation> operations = new ArrayList<>();

	private final Set<String> basePaths;

	private OpenApiDocument(String property, String location, Map<?, ?> document) {
		this.property = property;
		this.location = location;
		String version = (document.get("openapi") instanceof String text) ? text : "";
		if (!VERSION.matcher(version).matches()) {
			throw invalid(document.containsKey("swagger") ? "is Swagger 2" : "is not OpenAPI 3.0 or 3.1",
					"Name an OpenAPI document of version 3.0 or 3.1. Older ones can be converted.");
		}
		this.basePaths = basePaths("servers", document.get("servers"));
		map("paths", document.get("paths")).forEach((path, item) -> addPath(String.valueOf(path), item, document));
		if (this.operations.isEmpty()) {
			throw invalid("has no operations", "Name a document with paths.");
		}
		checkIdentifiers();
	}

	/**
	 * Read a document.
	 * @param property name of the property that names it
	 * @param location its location, for messages
	 * @param resource the document
	 * @throws InvalidPropertyException if it cannot be used
	 */
	static OpenApiDocument read(String property, String location, Resource resource) {
		try (InputStream in = resource.getInputStream()) {
			byte[] bytes = in.readNBytes(MAX_SIZE + 1);
			if (bytes.length > MAX_SIZE) {
				throw new IOException("It is larger than " + MAX_SIZE + " bytes");
			}
			Object document = parse(new String(bytes, StandardCharsets.UTF_8));
			return new OpenApiDocument(property, location, (document instanceof Map<?, ?> map) ? map : Map.of());
		}
		catch (IOException | JacksonException | YAMLException ex) {
			throw new InvalidPropertyException(property, location, "cannot be read: " + ex.getMessage(),
					"Name a file with an OpenAPI document, in YAML or JSON.");
		}
	}

	private static @Nullable Object parse(String text) {
		if (JSON.matcher(text).lookingAt()) {
			return JsonMapper.builder()
				.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
				.build()
				.readValue(text, Object.class);
		}
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		options.setCodePointLimit(MAX_SIZE);
		options.setNestingDepthLimit(MAX_DEPTH);
		return new Yaml(new SafeConstructor(options)).load(text);
	}

	/**
	 * Return the operations, those first that others would hide.
	 */
	List<Operation> operations() {
		return this.operations.stream().sorted().toList();
	}

	/**
	 * Return the paths of its servers, each empty or beginning with a slash, without one
	 * at the end. None if the document names no servers.
	 */
	Set<String> basePaths() {
		return this.basePaths;
	}

	private void addPath(String path, @Nullable Object item, Map<?, ?> document) {
		if (path.startsWith("x-")) {
			return;
		}
		PathPattern pattern = pattern(path);
		Map<?, ?> members = resolved(path, item, document);
		checkServers(path, members);
		for (RequestMethod method : RequestMethod.values()) {
			Object operation = members.get(method.name().toLowerCase(Locale.ROOT));
			if (operation != null) {
				add(method, path, pattern, map(method + " " + path, operation));
			}
		}
	}

	private Map<?, ?> resolved(String path, @Nullable Object item, Map<?, ?> document) {
		Map<?, ?> members = map(path, item);
		Object reference = members.get("$ref");
		if (reference == null) {
			return members;
		}
		String prefix = "#/components/pathItems/";
		Object target = String.valueOf(reference).startsWith(prefix)
				? map("components.pathItems", map("components", document.get("components")).get("pathItems"))
					.get(String.valueOf(reference).substring(prefix.length()))
				: null;
		if (!(target instanceof Map<?, ?> resolved) || resolved.containsKey("$ref")) {
			throw invalid("has path " + path + " in another place, " + reference,
					"Write its operations below its path, with a tool that bundles OpenAPI documents.");
		}
		return resolved;
	}

	private void add(RequestMethod method, String path, PathPattern pattern, Map<?, ?> operation) {
		String name = method + " " + path;
		checkServers(name, operation);
		Object id = operation.get("operationId");
		if (id != null && !(id instanceof String)) {
			throw invalid("has an operationId of " + name + " that is not text", "Put it in quotes.");
		}
		Set<String> tags = new LinkedHashSet<>();
		if (operation.get("tags") instanceof List<?> names) {
			names.stream().filter(String.class::isInstance).forEach((tag) -> tags.add((String) tag));
		}
		this.operations.add(new Operation(method, pattern, (String) id, tags, summary(operation.get("summary"))));
	}

	/**
	 * Texts of others are not to name properties of the gateway.
	 */
	private static String summary(@Nullable Object summary) {
		String text = (summary instanceof String found) ? found.replaceAll("[\\s\\p{Cntrl}]+", " ").strip() : "";
		return (text.contains("${") || text.contains("#{") || text.length() > MAX_SUMMARY_LENGTH) ? "" : text;
	}

	/**
	 * A variable keeps its name as far as Spring takes it.
	 */
	private PathPattern pattern(String path) {
		String literals = VARIABLE.matcher(path).replaceAll("v");
		if (!path.startsWith("/") || literals.matches(".*([*?{}\\\\;%#]|//).*")) {
			throw invalid("has path " + path + ", which is not the path of a request",
					"Begin it with a slash, and write no wildcards, queries, escapes or empty segments.");
		}
		Set<String> names = new HashSet<>();
		Matcher variables = VARIABLE.matcher(path);
		String pattern = variables.replaceAll((MatchResult variable) -> "{" + unique(variable.group(1), names) + "}");
		try {
			return PathPatternParser.defaultInstance.parse(pattern);
		}
		catch (PatternParseException ex) {
			throw invalid("has path " + path + ", which cannot be parsed: " + ex.getMessage(), "Correct the path.");
		}
	}

	private static String unique(String name, Set<String> names) {
		String plain = name.replaceAll("[^A-Za-z0-9_]", "_").replaceFirst("^(?![A-Za-z_])", "_");
		String unique = plain;
		for (int i = 2; !names.add(unique); i++) {
			unique = plain + i;
		}
		return unique;
	}

	private void checkServers(String place, Map<?, ?> members) {
		Object servers = members.get("servers");
		Set<String> known = this.basePaths.isEmpty() ? Set.of("") : this.basePaths;
		if (servers != null && !known.containsAll(basePaths(place, servers))) {
			throw invalid("has other servers for " + place,
					"Put operations of other servers into a document of theirs.");
		}
	}

	private Set<String> basePaths(String place, @Nullable Object servers) {
		Set<String> paths = new LinkedHashSet<>();
		if (servers instanceof List<?> list) {
			list.forEach((server) -> paths.add(basePath(map(place, server))));
		}
		return paths;
	}

	private String basePath(Map<?, ?> server) {
		Map<?, ?> variables = (server.get("variables") instanceof Map<?, ?> known) ? known : Map.of();
		String url = VARIABLE.matcher(String.valueOf(server.get("url")))
			.replaceAll(
					(variable) -> Matcher.quoteReplacement((variables.get(variable.group(1)) instanceof Map<?, ?> known)
							? String.valueOf(known.get("default")) : "_"));
		try {
			String path = Objects.requireNonNullElse(URI.create(url).getPath(), "");
			return StringUtils.trimTrailingCharacter(path, '/');
		}
		catch (IllegalArgumentException ex) {
			throw invalid("has server " + url + ", which is not a URL", "Correct the server.");
		}
	}

	private void checkIdentifiers() {
		Map<String, Operation> known = new HashMap<>();
		Map<String, Operation> patterns = new HashMap<>();
		for (Operation operation : this.operations) {
			Operation other = (operation.id() != null) ? known.put(operation.id(), operation) : null;
			if (other != null) {
				throw invalid("has operationId " + operation.id() + " twice, for " + other + " and " + operation,
						"Give each operation an identifier of its own.");
			}
			String shape = operation.method() + " "
					+ VARIABLE.matcher(operation.pattern().getPatternString()).replaceAll("{}");
			Operation same = patterns.put(shape, operation);
			if (same != null) {
				throw invalid("has " + same + " and " + operation + ", which are the same requests",
						"Remove one of them.");
			}
		}
	}

	private Map<?, ?> map(String place, @Nullable Object value) {
		if (value == null) {
			return Map.of();
		}
		if (value instanceof Map<?, ?> map) {
			return map;
		}
		throw invalid("has no members at " + place, "Correct the document.");
	}

	/**
	 * Return a problem of this document.
	 */
	InvalidPropertyException invalid(String problem, String remedy) {
		return new InvalidPropertyException(this.property, this.location, problem, remedy);
	}

	/**
	 * An operation.
	 *
	 * @param method its method
	 * @param pattern its path below that of the server
	 * @param id its identifier, or {@code null} if it has none
	 * @param tags its tags
	 * @param summary what it does, or empty
	 */
	record Operation(RequestMethod method, PathPattern pattern, @Nullable String id, Set<String> tags,
			String summary) implements Comparable<Operation> {

		/**
		 * Prices for GET include HEAD.
		 */
		@Override
		public int compareTo(Operation other) {
			int specificity = this.pattern.compareTo(other.pattern);
			return (specificity != 0) ? specificity
					: Boolean.compare(other.method == RequestMethod.HEAD, this.method == RequestMethod.HEAD);
		}

		@Override
		public String toString() {
			return this.method + " " + this.pattern.getPatternString();
		}

	}

}
