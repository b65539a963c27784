package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

import io.x402.spring.autoconfigure.facilitator.FacilitatorConnectionDetails;
import io.x402.spring.autoconfigure.onchain.EvmNodeConnectionDetails;
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
		properties.forEach(sorted::add);
		StringBuilder rows = new StringBuilder();
		sorted.forEach((property) -> rows.append("| `%s` | %s | %s |\n".formatted(property.get("name").asString(),
				defaultValue(property.get("defaultValue")), description(property))));
		return """
				# Configuration

				Every property of the starter. This table is generated from the configuration metadata; a test keeps the
				two equal. Environment variables follow Spring Boot's rules: `x402.pay-to` is `X402_PAY_TO`.

				| Property | Default | |
				|---|---|---|
				""" + rows + """

				An entry of `x402.routes[]` has `path` and `price`, and may have `method`, `network`, `asset`, `pay-to`,
				`description`, `mime-type`, `max-timeout` and `flow`, which mean what they mean in `@PaymentRequired`.
				Entries with the same path and methods are several offers for it.

				An entry of `x402.assets[]` has `network`, `symbol`, `address` and `decimals`, with `eip712-name` and
				`eip712-version` for tokens that are moved by EIP-3009, or `transfer-method: permit2`.

				An entry of `x402.facilitator.fallbacks[]` has `url`, and may have `networks`, `ssl-bundle` and
				`auth`, which mean what they mean under `x402.facilitator`.

				## Beans

				Each of these replaces or extends a default when you declare it.

				| Bean | What it does |
				|---|---|
				| `Facilitator` | verifies and settles |
				| `FacilitatorConnectionDetails` | tells where the remote facilitator is |
				| `EvmNodeConnectionDetails` | tells where the JSON-RPC nodes are |
				| `FacilitatorAuthentication` | proves to it, call by call, who is calling |
				| `FacilitatorCallerResolver` | authenticates callers of the facilitator server |
				| `FacilitatorRateLimit` | admits calls of the facilitator server |
				| `PaymentStore` | remembers which authorization is used for which request |
				| `PaymentLedger` | keeps the books |
				| `SettlementProbe` | finds out what became of a settlement, for example on chain |
				| `PayloadCheck` | one more check before the facilitator is asked |
				| `PaymentListener` | is told what happens, beside `@EventListener` methods for `PaymentEvent` |
				| `ProtectedRequestPolicy` | lets a priced request pass for free or refuses it |
				| `PaymentValueResolver` | finds a price, receiver or asset, named as `@bean` |
				| `PaymentRequirementsCustomizer` | changes offers before they are made |
				| `OfferCheck` | looks at every offer at startup |
				| `ResourceUrlResolver` | finds the public URL of a request |
				| `PaymentRequiredEntryPoint` | writes the answer to a request that is not served |
				| `SpendingStore` | keeps the account of the buyer, and whom it paid |
				| `PaymentApproval` | decides about payments of the buyer above a limit |
				| `PurchaseListener` | is told what the buyer does |
				| `Signer` named `x402ClientSigner` | signs the payments of the buyer |
				| `Networks` | the known networks and assets |
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
