/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.x402.spring.money.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an IDE shows about the configuration properties is complete and right.
 */
class ConfigurationMetadataTests {

	private static final JsonMapper MAPPER = new JsonMapper();

	private final JsonNode metadata = metadata();

	@Test
	void everyPropertyHasDescriptionInTheStyleOfSpringBoot() {
		assertThat(properties()).hasSizeGreaterThan(25).allSatisfy((property) -> {
			String description = property.path("description").asString("");
			assertThat(description).as(property.toString()).matches("(?!The |A )[A-Z].*\\.");
			if (property.path("type").asString().equals("java.lang.Boolean")) {
				assertThat(description).startsWith("Whether");
			}
			if (property.path("type").asString().matches("java\\.util\\.(List|Set)<(java\\.lang|io\\.x402).*[^$]>")
					&& !property.path("type").asString().contains("$")) {
				assertThat(description).startsWith("Comma-separated list");
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			management.health.x402-on-chain.enabled | true
			management.health.x402.enabled | true
			x402.client.sellers.allow-plain-http | false
			x402.client.body-limit | 1MB
			x402.client.circle-gateway.max-validity | 4d
			x402.client.circle-gateway.preferred | false
			x402.client.enabled | false
			x402.client.offers.flows | ["authorization","upfront"]
			x402.client.limits.max-amount-per-day | 1
			x402.client.limits.max-amount-per-request | 0
			x402.client.retry.max-retries | 2
			x402.client.retry.max-delay | 10s
			x402.client.max-validity | 10m
			x402.client.retry.redelivery-window | 15m
			x402.client.offers.networks | ["base-sepolia"]
			x402.client.sellers.pin-recipients | true
			x402.client.protocol-versions | ["v2","v1"]
			x402.client.retry.delay | 500ms
			x402.client.offers.schemes | ["exact","upto"]
			x402.client.store.type | memory
			x402.enabled | true
			x402.facilitator.supported.check | true
			x402.facilitator.connect-timeout | 2s
			x402.facilitator.limits.max-description-length | 500
			x402.facilitator.circuit-breaker.failure-threshold | 5
			x402.facilitator.retry.max-retries | 2
			x402.facilitator.circuit-breaker.open-duration | 10s
			x402.facilitator.server.body-limit | 64KB
			x402.facilitator.server.enabled | false
			x402.facilitator.server.path | /facilitator
			x402.facilitator.onchain.approval-gas.enabled | false
			x402.facilitator.onchain.approval-gas.max-per-payment | 0.0002
			x402.facilitator.onchain.approval-gas.max-per-payer | 0.0004
			x402.facilitator.onchain.approval-gas.max-per-hour | 0.005
			x402.facilitator.onchain.batch.max-size | 1
			x402.facilitator.onchain.batch.max-wait | 200ms
			x402.facilitator.onchain.confirmations | 1
			x402.facilitator.onchain.search.max-blocks-per-request | 2000
			x402.facilitator.onchain.search.max-blocks | 10000
			x402.facilitator.onchain.gas.min-balance | 0.001
			x402.facilitator.onchain.gas.max-fee-gwei | 100
			x402.facilitator.onchain.gas.max-per-transaction | 1000000
			x402.facilitator.onchain.rpc.poll-interval | 500ms
			x402.facilitator.onchain.gas.replace-after | 30s
			x402.facilitator.onchain.rpc.timeout | 5s
			x402.facilitator.settle-timeout | 90s
			x402.facilitator.simulated.balance | 1000
			x402.facilitator.supported.timeout | 10s
			x402.facilitator.supported.time-to-live | 10m
			x402.facilitator.type | http
			x402.facilitator.url | https://www.x402.org/facilitator
			x402.facilitator.supported.verify-on-startup | false
			x402.facilitator.verify-timeout | 10s
			x402.header-limit | 6KB
			x402.malformed-payment-status | 402
			x402.max-timeout | 300s
			x402.network | ["base-sepolia"]
			x402.protocol-versions | ["v2","v1"]
			x402.receipt-check.above | 0
			x402.receipt-check.confirmations | 1
			x402.receipt-check.signatures | true
			x402.receipt-check.timeout | 20s
			x402.settlement.flow | authorization
			x402.settlement.hold-limit | 64KB
			x402.settlement.max-repeat-wait | 2s
			x402.settlement.max-uncharged-runs | 3
			x402.settlement.verify-upfront | true
			x402.settlement.max-concurrent-waits | 16
			x402.settlement.max-concurrent-waits-per-payment | 4
			x402.validation.max-invalid | 600
			x402.validation.max-invalid-per-client | 60
			x402.validation.max-invalid-per-payer | 60
			x402.store.retention | 15m
			x402.validation.body-limit | 64KB
			x402.validation.min-validity | 6s
			x402.validation.max-validity | 24h
			x402.validation.warm-up | true
			""")
	void defaultIsTheOneThatIsUsed(String name, String value) {
		JsonNode property = properties().stream()
			.filter((each) -> each.path("name").asString().equals(name))
			.findFirst()
			.orElseThrow();
		JsonNode actual = property.path("defaultValue");
		assertThat(actual.isArray() ? actual.toString() : actual.asString()).isEqualTo(value);
	}

	@Test
	void noDefaultIsAListInOneString() {
		assertThat(properties()).noneMatch((property) -> property.path("defaultValue").asString("").startsWith("["));
	}

	@Test
	void whenPropertyWasRenamedThenTheMetadataNamesItsReplacement() {
		List<String> names = properties().stream().map((property) -> property.path("name").asString()).toList();
		assertThat(renamed()).hasSizeGreaterThan(50).allSatisfy((property) -> {
			assertThat(property.at("/deprecation/level").asString()).isEqualTo("error");
			assertThat(names).contains(property.at("/deprecation/replacement").asString())
				.doesNotContain(property.path("name").asString());
		});
	}

	@Test
	void whenPropertyWasRenamedThenItsFormerNameStopsTheStart() {
		Map<String, String> replacements = renamed().stream()
			.collect(Collectors.toMap((property) -> property.path("name").asString(),
					(property) -> property.at("/deprecation/replacement").asString()));
		assertThat(RenamedProperties.load()).containsExactlyInAnyOrderEntriesOf(replacements);
	}

	/**
	 * What a seller sets first has no group.
	 */
	@Test
	void noGroupHasMoreThanTenProperties() {
		Map<String, Long> groups = properties().stream()
			.map((property) -> property.path("name").asString())
			.collect(Collectors.groupingBy((name) -> name.substring(0, name.lastIndexOf('.')), Collectors.counting()));
		assertThat(groups).isNotEmpty()
			.allSatisfy(
					(group, size) -> assertThat(size).as(group).isLessThanOrEqualTo("x402".equals(group) ? 11 : 10));
	}

	@Test
	void whenDefaultsOfMetadataAreSetThenNothingChanges() {
		String[] defaults = properties().stream()
			.filter((property) -> property.has("defaultValue"))
			.filter((property) -> !property.path("name").asString().endsWith(".jdbc.schema"))
			.map((property) -> property.path("name").asString() + "=" + text(property.path("defaultValue")))
			.toArray(String[]::new);
		Startup.with()
			.run((plain) -> Startup.with()
				.withPropertyValues(defaults)
				.run((set) -> assertThat(propertiesOf(set)).hasSizeGreaterThan(4).isEqualTo(propertiesOf(plain))));
	}

	private static List<Object> propertiesOf(ListableBeanFactory beans) {
		return beans.getBeansWithAnnotation(ConfigurationProperties.class)
			.values()
			.stream()
			.filter((bean) -> bean.getClass().getName().startsWith("io.x402.spring."))
			.toList();
	}

	@Test
	void hintedNetworksAreAllThatAreKnown() {
		Networks networks = Networks.load();
		List<String> hinted = values("x402.network").map((value) -> value.path("value").asString()).toList();
		assertThat(hinted.stream().map((name) -> networks.get(name).id()))
			.containsExactlyInAnyOrderElementsOf(networks.all().stream().map((network) -> network.id()).toList());
		assertThat(values("x402.network")).allSatisfy((value) -> {
			String money = networks.get(value.path("value").asString()).testnet() ? "test money" : "real money";
			assertThat(value.path("description").asString()).contains(money)
				.contains(networks.get(value.path("value").asString()).id());
		});
		assertThat(hint("x402.network").path("providers").toString()).contains("any");
	}

	@Test
	void closedChoicesAreHinted() {
		assertThat(values("x402.malformed-payment-status").map((value) -> value.path("value").asInt()))
			.containsExactly(402, 400);
		assertThat(values("x402.protocol-versions").map((value) -> value.path("value").asString()))
			.containsExactly("v2", "v1");
	}

	@Test
	void everyHintIsForAProperty() {
		Map<String, JsonNode> byName = properties().stream()
			.collect(Collectors.toMap((property) -> property.path("name").asString(), (property) -> property));
		assertThat(array("hints").map((hint) -> hint.path("name").asString())).isNotEmpty()
			.allSatisfy((name) -> assertThat(byName).containsKey(name));
	}

	@Test
	void everyHealthIndicatorHasASwitch() {
		Set<String> switches = ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.x402.spring."))
			.map((name) -> ClassUtils.resolveClassName(name, getClass().getClassLoader()))
			.flatMap((type) -> Stream.concat(Stream.of(type), Stream.of(type.getDeclaredClasses())))
			.map((type) -> type.getAnnotation(ConditionalOnEnabledHealthIndicator.class))
			.filter(Objects::nonNull)
			.map((condition) -> "management.health." + condition.value() + ".enabled")
			.collect(Collectors.toSet());
		assertThat(switches).hasSizeGreaterThan(1);
		assertThat(properties()).extracting((property) -> property.path("name").asString()).containsAll(switches);
	}

	private List<JsonNode> properties() {
		return array("properties").filter((property) -> !property.has("deprecation")).toList();
	}

	private List<JsonNode> renamed() {
		return array("properties").filter((property) -> property.has("deprecation")).toList();
	}

	private JsonNode hint(String name) {
		return array("hints").filter((hint) -> hint.path("name").asString().equals(name)).findFirst().orElseThrow();
	}

	private Stream<JsonNode> values(String name) {
		return stream(hint(name).path("values"));
	}

	private Stream<JsonNode> array(String name) {
		return stream(this.metadata.path(name));
	}

	private static Stream<JsonNode> stream(JsonNode array) {
		return StreamSupport.stream(array.spliterator(), false);
	}

	private static String text(JsonNode value) {
		return value.isArray() ? stream(value).map(JsonNode::asString).collect(Collectors.joining(","))
				: value.asString();
	}

	static JsonNode metadata() {
		try {
			URL classes = X402Properties.class.getProtectionDomain().getCodeSource().getLocation();
			try (var file = URI.create(classes + "META-INF/spring-configuration-metadata.json").toURL().openStream()) {
				return MAPPER.readTree(file);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
