/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import io.x402.gateway.OpenApiDocument.Operation;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.cloud.gateway.server.mvc.config.FilterProperties;
import org.springframework.cloud.gateway.server.mvc.config.PredicateProperties;
import org.springframework.cloud.gateway.server.mvc.config.RouteProperties;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.server.PathContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is read from OpenAPI documents, and which cannot be sold.
 */
class OpenApiDocumentTests {

	@Test
	void whenDocumentIsJsonOfVersion31ThenItsOperationsAreRead() {
		OpenApiDocument document = read(
				"""
						{ "openapi": "3.1.0", "servers": [{ "url": "https://{host}/{base}/", "variables": { "base": { "default": "v2" } } }],
							"webhooks": { "called": { "post": { "operationId": "isNoPath" } } },
							"paths": { "x-note": "no path", "/a": { "$ref": "#/components/pathItems/A" } },
							"components": { "pathItems": { "A": { "summary": "both", "get": { "operationId": "a", "tags": ["t"],
								"summary": "Reads\\n\\tan A" }, "trace": {} } } } }""");
		assertThat(document.basePaths()).containsExactly("/v2");
		assertThat(document.operations()).extracting(Operation::toString).containsExactly("GET /a", "TRACE /a");
		assertThat(document.operations().get(0).summary()).isEqualTo("Reads an A");
	}

	@Test
	void whenPathsOverlapThenTheMoreSpecificOneIsFirst() {
		OpenApiDocument document = read(paths("/{a}: {get: {}}", "/{a}/b: {get: {}}", "/c/b: {get: {}, head: {}}"));
		assertThat(document.operations()).extracting(Operation::toString)
			.containsExactly("HEAD /c/b", "GET /c/b", "GET /{a}/b", "GET /{a}");
	}

	@Test
	void whenSummaryNamesPropertiesOfTheGatewayThenItIsLeftOut() {
		OpenApiDocument document = read(
				paths("/a: {get: {summary: 'a ${x402.passes.secret}'}, put: {summary: '#{1}'}}"));
		assertThat(document.operations()).extracting(Operation::summary).containsOnly("");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "swagger: '2.0'|is Swagger 2", "openapi: 3.2.0|is not OpenAPI 3.0 or 3.1",
			"- a|is not OpenAPI 3.0 or 3.1", "openapi: 3.0.0|has no operations", "openapi: [|cannot be read",
			"'{\"openapi\": \"3.0.0\", \"openapi\": \"3.0.0\"}'|cannot be read",
			"'{openapi: 3.0.0, paths: {/a: {get: {}}, /a: {put: {}}}}'|cannot be read",
			"'{openapi: 3.0.0, paths: []}'|has no members at paths",
			"'{openapi: 3.0.0, paths: {/a: []}}'|has no members at /a",
			"'{openapi: 3.0.0, paths: {/a: {get: 1}}}'|has no members at GET /a",
			"'{openapi: 3.0.0, paths: {a: {get: {}}}}'|has path a, which",
			"'{openapi: 3.0.0, paths: {/a/*: {get: {}}}}'|has path /a/*, which",
			"'{openapi: 3.0.0, paths: {\"/a?b=c\": {get: {}}}}'|has path /a?b=c, which",
			"'{openapi: 3.0.0, paths: {/a//b: {get: {}}}}'|has path /a//b, which",
			"'{openapi: 3.0.0, paths: {\"/{a\": {get: {}}}}'|has path /{a, which",
			"'{openapi: 3.0.0, paths: {\"/{a}\": {get: {}}, \"/{b}\": {get: {}}}}'|GET /{a} and GET /{b}, which are the same",
			"'{openapi: 3.0.0, paths: {/a: {get: {operationId: x}, put: {operationId: x}}}}'|operationId x twice, for GET /a and PUT /a",
			"'{openapi: 3.0.0, paths: {/a: {get: {operationId: 1}}}}'|operationId of GET /a that is not text",
			"'{openapi: 3.0.0, paths: {/a: {$ref: other.yaml}}}'|has path /a in another place, other.yaml",
			"'{openapi: 3.0.0, paths: {/a: {$ref: \"#/components/pathItems/B\"}}}'|has path /a in another place",
			"'{openapi: 3.0.0, paths: {/a: {servers: [{url: /v2}], get: {}}}}'|has other servers for /a",
			"'{openapi: 3.0.0, servers: [{url: \"http:// x\"}], paths: {/a: {get: {}}}}'|which is not a URL" })
	void whenDocumentCannotBeSoldThenItSaysWhy(String document, String problem) {
		assertThatExceptionOfType(InvalidPropertyException.class)
			.isThrownBy(() -> read(document.replace(", /a:", ",\n /a:")))
			.withMessageStartingWith("openapi.location: ")
			.withMessageContaining(problem);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "prices[0].operation=b,prices[0].price=$1|no operation or tag b",
			"prices[0].tag=u,prices[0].price=$1|no operation or tag u",
			"prices[0].operation=a|openapi.prices[0].price: is missing",
			"prices[0].price=$1|openapi.prices[0]: must name either",
			"prices[0].operation=a,prices[0].tag=t,prices[0].price=$1|openapi.prices[0]: must name either",
			"prices[0].operation=a,prices[0].price=$1,prices[1].operation=a,prices[1].price=$2|two prices for operation a",
			"prices[0].tag=t,prices[0].price=$1,prices[1].tag=v,prices[1].price=$2|GET /a with several tags",
			"others=free|would be free where it names no price" })
	void whenPricesDoNotFitThenTheySayWhy(String properties, String problem) {
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> sold(properties))
			.withMessageContaining(problem);
	}

	@ParameterizedTest
	@CsvSource({ "/{a}/mine,/pets/{b},true", "/pets/mine,/pets/{b},false", "/{a}/mine,/{b}/{c},false",
			"/{a}/mine,/pets/{b}/x,false", "/{a}/mine,/pets/other,false", "/{a},/{b},false", "/{a}.pdf,/{b},true",
			"/{a}.pdf,/{b}.png,false", "/{a}.pdf,/x.pdf,false", "/x{a},/{b}.pdf,true", "/{a}.{b},/{c},true",
			"/{a}/x/{b},/y/{c}/{d},true" })
	void whenAnUpstreamMayFindTheOneOrTheOtherThenTheyAreAmbiguous(String first, String second, boolean ambiguous) {
		assertThat(AmbiguousPaths.areAmbiguous(first, second)).isEqualTo(ambiguous);
		assertThat(AmbiguousPaths.areAmbiguous(second, first)).isEqualTo(ambiguous);
	}

	@Test
	void whenAmbiguousPathsHaveDifferentPricesThenTheySaySo() {
		OpenApiDocument document = read(paths("/{a}/b: {get: {operationId: a}, put: {operationId: other}}",
				"/b/{a}: {get: {operationId: b}, post: {}}"));
		assertThatExceptionOfType(InvalidPropertyException.class)
			.isThrownBy(() -> SoldOperations.of("openapi", imported("prices[0].operation=a,prices[0].price=$1"),
					document, "/api"))
			.withMessageContaining("GET /{a}/b")
			.withMessageContaining("GET /b/{a}")
			.withMessageContaining("different prices");
		for (String prices : List.of("prices[0].operation=a\\,b,prices[0].price=$1",
				"prices[0].operation=a\\,b\\,other,prices[0].price=closed",
				"prices[0].operation=other,prices[0].price=$1", "prices[0].operation=a,prices[0].price=closed")) {
			assertThat(SoldOperations.of("openapi", imported(prices), document, "/api")).isNotNull();
		}
	}

	@Test
	void whenPathIsAnotherOneAfterSomeDecodingsThenItIsClosed() {
		SoldOperations sold = SoldOperations.of("openapi",
				imported("prices[0].operation=pet,prices[0].price=$1,prices[1].operation=my-pet,prices[1].price=$2"),
				read(paths("/pets/{id}: {get: {operationId: pet}}", "/pets/my-pet: {get: {operationId: my-pet}}")),
				"/api");
		for (String path : List.of("/api/pets/my-pet", "/api/pets/my%2dpet", "/api/pets/1", "/api/pets/100%25",
				"/api/pets/100%2525", "/api/pets/a%20b", "/api/pets/%C3%A9", "/api/pets/%252d")) {
			assertThat(isSold(sold, "GET", path)).as(path).isTrue();
		}
		for (String path : List.of("/api/pets/my%252dpet", "/api/pets/my%25252dpet", "/api/pets/m%79-pet",
				"/api/pets/m%2579-pet", "/api/pets/1%00", "/api/pets/1%2500", "/api/pets/1%250d%250a")) {
			assertThat(isSold(sold, "GET", path)).as(path).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "openapi: 3.0.3\nx: &a [*a]\npaths: {/a: {get: {tags: [&b [*b]]}}}",
			"openapi: 3.0.3\nx: &p {y: {z: *p}}\npaths: {/a: {get: {tags: [*p, t], summary: *p}}}" })
	void whenDocumentContainsItselfThenItIsRead(String document) {
		assertThat(read(document).operations()).hasSize(1);
	}

	@Test
	void whenDocumentIsABombThenItSaysWhy() {
		StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
		for (int i = 1; i < 100; i++) {
			bomb.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
		}
		assertThatExceptionOfType(InvalidPropertyException.class)
			.isThrownBy(() -> read(paths("/a: {get: {}}") + "\n" + bomb))
			.withMessageContaining("cannot be read");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> read("[".repeat(100_000)))
			.withMessageContaining("cannot be read");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> read("{\"a\":".repeat(100_000)))
			.withMessageContaining("cannot be read");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> read("openapi: &o {a: {b: *o}}\n"))
			.withMessageContaining("is not OpenAPI");
		assertThatExceptionOfType(InvalidPropertyException.class)
			.isThrownBy(() -> read("openapi: !!javax.script.ScriptEngineManager []\n"))
			.withMessageContaining("cannot be read");
	}

	@Test
	void whenPriceIsOfAnIdentifierThenThoseOfItsTagsDoNotApply() {
		assertThat(sold("prices[0].tag=t,prices[0].price=$1,prices[1].operation=a,prices[1].price=$2").routes())
			.extracting(Route::price)
			.containsExactly("$2");
	}

	@Test
	void whenOthersHaveAPriceThenAllElseIsSoldForIt() {
		SoldOperations sold = sold("prices[0].operation=a,prices[0].price=free,others=$3");
		assertThat(sold.routes()).extracting((route) -> route.method() + " " + route.path() + " " + route.price())
			.containsExactly("[GET] /api/a free", "[PUT] /api/a $3", "[] /api/** $3");
		assertThat(isSold(sold, "GET", "/api/a")).isTrue();
		assertThat(isSold(sold, "PUT", "/api/a")).isTrue();
		assertThat(isSold(sold, "DELETE", "/api/other")).isTrue();
		assertThat(isSold(sold, "GET", "/api/a/")).isFalse();
		assertThat(isSold(sold, "GET", "/api/x%252fa")).isFalse();
		assertThat(isSold(sold, "GET", "/apiary")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "/api/**,StripPrefix=1,,/api,''", "/api/v1/**,StripPrefix=2,PrefixPath=/v2/,/api/v1,/v2",
			"/**,,,'',''", "/maps/**,AddRequestHeader=a,,/maps,/maps" })
	void whenRouteStripsOrAddsThenUpstreamHasOtherPaths(String path, String first, String second, String served,
			String requested) {
		assertThat(UpstreamPaths.of("openapi", route(path, first, second)))
			.isEqualTo(new UpstreamPaths(served, requested));
	}

	@ParameterizedTest
	@CsvSource({ "/api/{a}/**,", "/api/*,", "/api/**,SetPath=/x", "'/a/**,/b/**',", "/api/**,'RewritePath=/a,/b'" })
	void whenRouteServesOtherPathsThenItSaysWhy(String path, String filter) {
		assertThatExceptionOfType(InvalidPropertyException.class)
			.isThrownBy(() -> UpstreamPaths.of("openapi", route(path, filter, null)));
	}

	private static RouteProperties route(String path, String... filters) {
		RouteProperties route = new RouteProperties();
		route.setPredicates(List.of(new PredicateProperties("Path=" + path)));
		route.setFilters(Arrays.stream(filters).filter((text) -> text != null).map(FilterProperties::new).toList());
		return route;
	}

	private static SoldOperations sold(String properties) {
		return SoldOperations.of("openapi", imported(properties),
				read(paths("/a: {get: {operationId: a, tags: [t, v]}, put: {}}")), "/api");
	}

	private static OpenApiImport imported(String properties) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		source.put("openapi.location", "api.yaml");
		for (String property : properties.split("(?<!\\\\),")) {
			source.put("openapi." + property.replaceFirst("=.*", ""),
					property.replaceFirst(".*?=", "").replace("\\,", ","));
		}
		return new Binder(source).bind("openapi", OpenApiImport.class).get();
	}

	private static boolean isSold(SoldOperations sold, String method, String path) {
		return sold.isSold(method, PathContainer.parsePath(path));
	}

	private static String paths(String... items) {
		return "openapi: 3.0.1\npaths:\n  " + String.join("\n  ", items);
	}

	private static OpenApiDocument read(String text) {
		return OpenApiDocument.read("openapi.location", "api.yaml",
				new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
	}

}
