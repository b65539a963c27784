/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/configuration.md} equal to the configuration metadata.
 */
class ConfigurationReferenceTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

	private static final Path EXPECTED = Path.of("target", "configuration.md");

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	@Test
	void whenPropertiesAreDocumentedThenTheDocumentSaysTheSame() throws IOException {
		String expected = document(JsonMapper.shared().readTree(Files.readString(METADATA)).get("properties"));
		Files.writeString(EXPECTED, expected);
		assertThat(DOCUMENT).as("docs/configuration.md is generated from the metadata: copy %s over it", EXPECTED)
			.exists()
			.hasContent(expected);
	}

	private static String document(JsonNode properties) {
		Set<JsonNode> sorted = new TreeSet<>(Comparator.comparing((property) -> property.get("name").asString()));
		properties.valueStream().filter((property) -> !property.has("deprecation")).forEach(sorted::add);
		StringBuilder rows = new StringBuilder();
		sorted.forEach((property) -> rows.append("| `%s` | %s | %s |\n".formatted(property.get("name").asString(),
				defaultValue(property.get("defaultValue")), description(property))));
		StringBuilder renamed = new StringBuilder();
		properties.valueStream()
			.filter((property) -> property.has("deprecation"))
			.sorted(Comparator.comparing((property) -> property.get("name").asString()))
			.forEach((property) -> renamed.append("| `%s` | `%s` |\n".formatted(property.get("name").asString(),
					property.at("/deprecation/replacement").asString())));
		return """
				# Configuration

				All properties of the starter. This table is generated from the configuration metadata, and a test keeps
				both equal. Environment variables follow the rules of Spring Boot: `x402.pay-to` is `X402_PAY_TO`.

				| Property | Default | Description |
				|---|---|---|
				""" + rows
				+ """

						An entry of `x402.routes[]` has `path` and `price`, and optionally `method`, `network`, `asset`, `pay-to`,
						`description`, `mime-type`, `max-timeout`, `scheme`, `flow`, `free-quota` and `free-for`, which have the same meaning as
						in `@PaymentRequired`. Entries with the same path and methods are several offers for it.

						An entry of `x402.mcp.tools[]` has `name` and `price`, and optionally `network`, `asset`, `pay-to`, `description`,
						`mime-type`, `max-timeout`, `scheme` and `flow`, which have the same meaning as in `@PaymentRequired`, and
						`required`, which is `false` for a tool that is added after the start. Entries with the same name are several offers.

						An entry of `x402.assets[]` has `network`, `symbol`, `address` and `decimals`. Tokens that are transferred
						by EIP-3009 also have `eip712-name` and `eip712-version`; others have `transfer-method: permit2`.

						An entry of `x402.facilitator.fallbacks[]` has `url`, and optionally `networks`, `ssl-bundle` and `auth`,
						which have the same meaning as under `x402.facilitator`.

						## Renamed properties

						An application that sets an old name does not start, since a limit that is ignored guards no money.
						`spring-boot-properties-migrator` renames them temporarily.

						| Old name | New name |
						|---|---|
						"""
				+ renamed
				+ """

						## Beans

						Each of these beans replaces or extends a default.

						| Bean | Purpose |
						|---|---|
						| `Facilitator` | verifies and settles payments |
						| `FacilitatorConnectionDetails` | URL of the remote facilitator |
						| `EvmNodeConnectionDetails` | URLs of JSON-RPC nodes |
						| `FacilitatorAuthentication` | authenticates each call to the remote facilitator |
						| `FacilitatorDecorator` | wraps the facilitator that the engine uses |
						| `FacilitatorCallerResolver` | authenticates callers of the facilitator server |
						| `FacilitatorRateLimit` | limits calls to the facilitator server |
						| `PaymentStore` | stores the claims of authorizations |
						| `PaymentLedger` | stores the ledger |
						| `QuotaStore` | counts free calls |
						| `SettlementProbe` | finds the outcome of a settlement, for example on chain |
						| `PayloadCheck` | checks a payment before the facilitator verifies it |
						| `PayerScreening` | decides whose payments are taken |
						| `PaymentListener` | is notified of payment events, like `@EventListener` methods for `PaymentEvent` |
						| `CallerExpression.Parser` | reads the expressions of `freeFor` and `x402.free-for` |
						| `ProtectedRequestPolicy` | lets a priced request pass for free, or refuses it |
						| `PaymentValueResolver` | resolves a price, recipient or asset that is referenced as `@bean` |
						| `PaymentRequirementsCustomizer` | customizes offers |
						| `OfferCheck` | checks each offer at startup, which an `InvalidPricingException` ends |
						| `ResourceUrlResolver` | resolves the public URL of a request, and may delegate to `DefaultResourceUrlResolver` |
						| `PaywallPage` | renders the page that browsers get |
						| `PaymentRequiredEntryPoint` | writes the response to a refused request, and may delegate to `DefaultPaymentRequiredEntryPoint` |
						| `SpendingStore` | stores the spendings and pinned recipients of the buyer |
						| `PaymentApproval` | approves payments of the buyer above a limit |
						| `PurchaseListener` | is notified of purchases of the buyer |
						| `Signer` named `x402ClientSigner` | signs the payments of the buyer |
						| `Networks` | known networks and assets |
						""";
	}

	private static String description(JsonNode property) {
		return property.path("description").asString("").replace("|", "\\|");
	}

	private static String defaultValue(JsonNode value) {
		if (value == null) {
			return "";
		}
		if (value.isArray()) {
			return value.valueStream().map((element) -> "`" + element.asString() + "`").toList().toString();
		}
		return "`" + value.asString() + "`";
	}

}
