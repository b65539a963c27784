/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.pricing.ResourceDeclaration;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartFile;

/**
 * Whatever is derived of handlers, types and schemas, catalogues take it.
 */
class DeclarationProperties {

	private static final JsonMapper JSON = new JsonMapper();

	private static final TypeSchemas GENERATED = new GeneratedSchemas();

	private static final List<Class<?>> TYPES = List.of(String.class, int.class, Integer.class, long.class, Long.class,
			boolean.class, double.class, Float.class, BigDecimal.class, BigInteger.class, UUID.class, URI.class,
			Instant.class, LocalDate.class, Duration.class, Object.class, byte[].class, char.class, Void.class,
			Kind.class, Narrow.class, Wide.class, Tree.class, Shape.class, Named.class, Empty.class, Map.class,
			List.class);

	@Property(tries = 1_000, seed = "1")
	void whenTypesAreArbitraryThenTheirDeclarationIsValid(@ForAll("types") Type type,
			@ForAll("handlers") Method handler, @ForAll("patterns") String pattern, @ForAll RequestMethod method) {
		assertValid((asked) -> GENERATED.schema(type), handler, pattern, method);
	}

	@Property(tries = 1_000, seed = "1")
	void whenSchemasAreArbitraryThenTheirDeclarationIsValid(@ForAll("schemas") Map<String, Object> schema,
			@ForAll("handlers") Method handler, @ForAll("patterns") String pattern, @ForAll RequestMethod method) {
		assertValid((asked) -> PlainSchema.of(schema), handler, pattern, method);
	}

	private static void assertValid(TypeSchemas schemas, Method handler, String pattern, RequestMethod method) {
		if (!Set.of("GET", "POST", "PUT", "PATCH", "DELETE").contains(method.name())) {
			return;
		}
		ResourceDeclaration declaration = new DeclarationWriter(schemas)
			.write(new HandlerMethod(new Handlers(), handler), RouteTemplate.of("", pattern), method);
		Map<String, String> pathParams = new LinkedHashMap<>();
		declaration.pathVariables().forEach((name) -> pathParams.put(name, "any \"value\""));
		Catalogue.assertThatTakes(JSON.valueToTree(declaration.extension(pathParams)));
		Catalogue.assertThatTakes(JSON.valueToTree(declaration.minimalExtension(pathParams)));
	}

	@Provide
	Arbitrary<Method> handlers() {
		return Arbitraries.of(Arrays.stream(Handlers.class.getDeclaredMethods())
			.filter((method) -> method.isAnnotationPresent(RequestMapping.class))
			.sorted((first, second) -> first.getName().compareTo(second.getName()))
			.toList());
	}

	@Provide
	Arbitrary<String> patterns() {
		return Arbitraries.of("/", "/goods", "/goods/{id}", "/{a}/{b:[a-z]{2}}", "/files/**", "/**", "/{*rest}",
				"/ä/{id}", "/a b/{id}", "/goods.{format}", "/?/{id}");
	}

	@Provide
	Arbitrary<Type> types() {
		return resolvable(3).map(ResolvableType::getType);
	}

	private static Arbitrary<ResolvableType> resolvable(int depth) {
		Arbitrary<ResolvableType> plain = Arbitraries.of(TYPES).map(ResolvableType::forClass);
		if (depth == 0) {
			return plain;
		}
		Arbitrary<ResolvableType> inner = resolvable(depth - 1).map(DeclarationProperties::boxed);
		return Arbitraries.frequencyOf(Tuple.of(3, plain),
				Tuple.of(1, inner.map((type) -> ResolvableType.forClassWithGenerics(List.class, type))),
				Tuple.of(1, inner.map((type) -> ResolvableType.forClassWithGenerics(Optional.class, type))),
				Tuple.of(1,
						inner.map((type) -> ResolvableType.forClassWithGenerics(Map.class,
								ResolvableType.forClass(String.class), type))),
				Tuple.of(1, inner.map((type) -> ResolvableType.forClassWithGenerics(Page.class, type))));
	}

	private static ResolvableType boxed(ResolvableType type) {
		return type.toClass().isPrimitive()
				? ResolvableType.forClass(ClassUtils.resolvePrimitiveIfNecessary(type.toClass())) : type;
	}

	@Provide
	Arbitrary<Map<String, Object>> schemas() {
		return Combinators.combine(schema(3), schema(2)).as((schema, definition) -> {
			Map<String, Object> document = new LinkedHashMap<>(schema);
			document.put("$defs", Map.of("Other", definition));
			return document;
		});
	}

	private static Arbitrary<Map<String, Object>> schema(int depth) {
		List<Arbitrary<Map<String, Object>>> kinds = new ArrayList<>(List.of(text(), number("integer"),
				number("number"),
				Arbitraries.of(Map.of(), Map.of("type", "boolean"), Map.of("const", "fixed"), Map.of("type", "null"),
						Map.of("type", List.of("string", "null")), Map.of("type", List.of("string", "integer")),
						Map.of("$ref", "#"), Map.of("$ref", "#/$defs/Other"), Map.of("$ref", "#/$defs/None"),
						Map.of("enum", List.of("one", "two")), Map.of("anyOf", List.of(Map.of("type", "string"))))));
		if (depth > 0) {
			kinds.add(object(depth - 1));
			kinds.add(array(depth - 1));
		}
		return Arbitraries.oneOf(kinds);
	}

	private static Arbitrary<Map<String, Object>> text() {
		return Combinators
			.combine(bound(300), bound(300),
					Arbitraries.of("", "date-time", "uuid", "email", "uri", "hostname", "regex"))
			.as((min, max, format) -> schema("string", Stream.of(entry("minLength", min), entry("maxLength", max),
					entry("pattern", "^x$"), entry("format", format.isEmpty() ? null : format))));
	}

	private static Arbitrary<Map<String, Object>> number(String type) {
		Arbitrary<Optional<BigDecimal>> bound = Arbitraries.bigDecimals()
			.between(BigDecimal.valueOf(-1000), BigDecimal.valueOf(1000))
			.ofScale(2)
			.optional(0.5);
		return Combinators.combine(bound, bound, bound, bound)
			.as((min, max, above, below) -> schema(type,
					Stream.of(entry("minimum", min.orElse(null)), entry("maximum", max.orElse(null)),
							entry("exclusiveMinimum", above.orElse(null)),
							entry("exclusiveMaximum", below.orElse(null)))));
	}

	private static Arbitrary<Map<String, Object>> object(int depth) {
		return Combinators
			.combine(Arbitraries.maps(Arbitraries.of("a", "b", "c d", "é"), schema(depth)).ofMaxSize(4),
					Arbitraries.subsetOf("a", "b", "c d", "absent"))
			.as((members, required) -> schema("object",
					Stream.of(entry("properties", members), entry("required", List.copyOf(required)))));
	}

	private static Arbitrary<Map<String, Object>> array(int depth) {
		return Combinators.combine(schema(depth), bound(4), bound(4))
			.as((items, min, max) -> schema("array",
					Stream.of(entry("items", items), entry("minItems", min), entry("maxItems", max))));
	}

	private static Arbitrary<Optional<Integer>> bound(int max) {
		return Arbitraries.integers().between(0, max).optional(0.5);
	}

	private static Map<String, Object> schema(String type, Stream<Optional<Map.Entry<String, Object>>> keywords) {
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", type);
		keywords.flatMap(Optional::stream).forEach((keyword) -> schema.put(keyword.getKey(), keyword.getValue()));
		return schema;
	}

	private static Optional<Map.Entry<String, Object>> entry(String keyword, Object value) {
		Object present = (value instanceof Optional<?> optional) ? optional.orElse(null) : value;
		return Optional.ofNullable(present).map((given) -> Map.entry(keyword, given));
	}

	enum Kind {

		FIRST, @JsonProperty("2nd")
		SECOND

	}

	record Narrow(@NotNull @Min(5) @Max(7) Integer number, @NotBlank @Size(min = 3, max = 4) String word,
			@NotEmpty List<@NotBlank String> words, @NotNull @Pattern(regexp = "[a-z]+") String letters,
			@NotNull @Email String mail, @NotNull @Positive BigDecimal price, @DecimalMax("0.5") Double small) {

	}

	record Wide(@JsonProperty(value = "a name", required = true) String name, Optional<Integer> page,
			Map<String, Narrow> all, @NotNull Kind kind, @NotNull UUID id, @Size(min = 2) int[] numbers) {

	}

	record Tree(@NotNull String name, List<Tree> children, Tree parent) {

	}

	record Page<T>(@NotNull T first, @Size(min = 1) List<T> all) {

	}

	record Empty() {

	}

	sealed interface Shape permits Named, Circle {

	}

	record Named(String name) implements Shape {

	}

	record Circle(@Min(1) int radius) implements Shape {

	}

	@SuppressWarnings("unused")
	static class Handlers {

		@RequestMapping
		Wide body(@RequestBody Narrow body, @RequestParam int page, VerifiedPayment payment) {
			throw new UnsupportedOperationException();
		}

		@RequestMapping(produces = MediaType.APPLICATION_PDF_VALUE)
		ResponseEntity<byte[]> file(@PathVariable String id, @RequestHeader String accept) {
			throw new UnsupportedOperationException();
		}

		@RequestMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
		List<Narrow> parts(@RequestPart MultipartFile file, @RequestPart("meta") Wide meta,
				@RequestParam(required = false) String note) {
			throw new UnsupportedOperationException();
		}

		@RequestMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
		String form(@ModelAttribute Narrow form, @RequestParam @Min(3) @Max(4) Integer number) {
			throw new UnsupportedOperationException();
		}

		@RequestMapping
		Optional<Shape> query(@ModelAttribute Wide filter,
				@RequestParam @NotBlank @Size(min = 4, max = 9) String word) {
			throw new UnsupportedOperationException();
		}

		@RequestMapping(consumes = MediaType.TEXT_PLAIN_VALUE)
		void text(@RequestBody String text) {
			throw new UnsupportedOperationException();
		}

	}

}
