package io.x402.spring.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.Asset;
import io.x402.spring.money.TransferMethod;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.RequestMethod;

/**
 * Configuration of x402 payments.
 *
 * @param enabled Whether priced handlers are sold. When disabled they answer 503; nothing
 * becomes free.
 * @param payTo Address that is paid. Required as soon as a handler is paid and names no
 * receiver of its own.
 * @param network Comma-separated list of networks to be paid on, as CAIP-2 identifiers or
 * well-known names. One offer is made for each.
 * @param baseUrl Public origin of the application, optionally with a path that a proxy
 * strips. Required for networks with real money.
 * @param maxTimeout Time for which the authorization of a buyer has to be valid. Has to
 * cover the handler and the settlement.
 * @param protocolVersions Comma-separated list of protocol versions to speak.
 * @param headerBudget Most bytes that the PAYMENT-REQUIRED header may take.
 * @param malformedPaymentStatus HTTP status for a payment that cannot be read, 402 or
 * 400.
 * @param routes Prices of handlers that cannot be annotated.
 * @param assets Tokens that are not known to the library.
 * @param facilitator Who verifies and settles payments.
 * @param settlement How payments are settled.
 * @param validation How payments are checked before the facilitator is asked.
 * @param store How used authorizations are remembered.
 */
@ConfigurationProperties("x402")
public record X402Properties(@DefaultValue("true") boolean enabled, @Nullable String payTo,
		@DefaultValue("base-sepolia") List<String> network, @Nullable String baseUrl,
		@DefaultValue("300s") Duration maxTimeout, @DefaultValue( {
				"v2", "v1" }) Set<ProtocolVersion> protocolVersions,
		@DefaultValue("6KB") DataSize headerBudget, @DefaultValue("402") int malformedPaymentStatus,
		@DefaultValue List<Route> routes, @DefaultValue List<CustomAsset> assets, @DefaultValue Facilitator facilitator,
		@DefaultValue Settlement settlement, @DefaultValue Validation validation, @DefaultValue Store store){

	public X402Properties

	{
		Limits.notEmpty("x402.network", network);
		Limits.notEmpty("x402.protocol-versions", protocolVersions);
		Limits.duration("x402.max-timeout", maxTimeout, Duration.ofSeconds(10), Duration.ofDays(1));
		Limits.size("x402.header-budget", headerBudget, DataSize.ofKilobytes(1), DataSize.ofMegabytes(1));
		if (malformedPaymentStatus != 402 && malformedPaymentStatus != 400) {
			throw new InvalidPropertyException("x402.malformed-payment-status",
					Integer.toString(malformedPaymentStatus), "buyers understand 402 and 400 only",
					"Choose 402, from which buyers recover, or 400.");
		}
		Limits.duration("x402.validation.margin", validation.margin(), Duration.ZERO, maxTimeout.minusSeconds(1));
		Limits.duration("x402.validation.max-validity", validation.maxValidity(), maxTimeout, Duration.ofDays(366));
		for (int i = 0; i < routes.size(); i++) {
			Limits.required("x402.routes[" + i + "].path", routes.get(i).path());
			Limits.required("x402.routes[" + i + "].price", routes.get(i).price());
		}
		for (int i = 0; i < assets.size(); i++) {
			Limits.required("x402.assets[" + i + "].network", assets.get(i).network());
			Limits.required("x402.assets[" + i + "].symbol", assets.get(i).symbol());
			Limits.required("x402.assets[" + i + "].address", assets.get(i).address());
			Limits.required("x402.assets[" + i + "].decimals", assets.get(i).decimals());
		}
	}

	/**
	 * Price of a path. Entries with the same path and methods are several offers for it.
	 *
	 * @param path Path pattern of Spring MVC, within the application.
	 * @param method Comma-separated list of HTTP methods, all if empty. GET includes
	 * HEAD.
	 * @param price Price, such as $0.05 or '0.05 USDC'.
	 * @param network Comma-separated list of networks to be paid on.
	 * @param asset Asset to be paid in, a ticker or an address.
	 * @param payTo Address that is paid.
	 * @param description What the buyer gets.
	 * @param mimeType Media type of a successful answer.
	 * @param maxTimeout Time for which the authorization of a buyer has to be valid.
	 * @param scheme How the amount that is charged follows from the price.
	 * @param flow When money moves in relation to the handler.
	 */
	public record Route(String path, @DefaultValue Set<RequestMethod> method, String price,
			@DefaultValue List<String> network, @DefaultValue("") String asset, @DefaultValue("") String payTo,
			@DefaultValue("") String description, @DefaultValue("") String mimeType, @Nullable Duration maxTimeout,
			@DefaultValue("exact") PaymentScheme scheme, @Nullable PaymentFlow flow) {

	}

	/**
	 * A token.
	 *
	 * @param network Network of the token, as CAIP-2 identifier or well-known name.
	 * @param symbol Ticker of the token.
	 * @param address Contract address or mint of the token.
	 * @param decimals Number of decimals of one token.
	 * @param eip712Name Name in the EIP-712 domain of the token.
	 * @param eip712Version Version in the EIP-712 domain of the token.
	 * @param transferMethod How the token is moved.
	 */
	public record CustomAsset(String network, String symbol, String address, Integer decimals,
			@Nullable String eip712Name, @Nullable String eip712Version,
			@DefaultValue("eip3009") TransferMethod transferMethod) {

		/**
		 * Return the asset.
		 * @return the asset
		 * @throws io.x402.spring.money.InvalidPriceException if it cannot be one
		 */
		public Asset toAsset() {
			return new Asset(this.symbol, this.address, this.decimals, this.eip712Name, this.eip712Version,
					this.transferMethod);
		}

	}

	/**
	 * Who verifies and settles payments.
	 *
	 * @param type Kind of facilitator.
	 * @param url Base URL of a remote facilitator. Has to be https except on loopback.
	 * @param networks Comma-separated list of networks that this facilitator is used for,
	 * all if empty. The others are left to the fallbacks.
	 * @param connectTimeout Time limit for connecting to the facilitator.
	 * @param verifyTimeout Time limit for verifying a payment, retries included.
	 * @param settleTimeout Time limit for settling a payment. Has to cover a slow
	 * confirmation on chain.
	 * @param supportedTimeout Time limit for asking what the facilitator supports,
	 * retries included.
	 * @param supportedTtl Time for which the answer to that is used without asking again.
	 * @param checkSupported Whether to ask the facilitator, when an offer is made for the
	 * first time, if it supports it, and to warn if it does not.
	 * @param verifyOnStartup Whether the application starts only if the facilitator
	 * answers and supports all offers. Without, that is a problem of health.
	 * @param sslBundle Name of the SSL bundle for calls to the facilitator.
	 * @param auth How to authenticate to the facilitator.
	 * @param protection How the application is protected from a slow facilitator.
	 * @param limits What the facilitator is known not to take.
	 * @param fallbacks Remote facilitators that are used while those before them cannot
	 * be.
	 * @param simulated The simulated facilitator.
	 */
	public record Facilitator(@DefaultValue("http") FacilitatorType type,
			@DefaultValue("https://www.x402.org/facilitator") String url, @DefaultValue List<String> networks,
			@DefaultValue("2s") Duration connectTimeout, @DefaultValue("10s") Duration verifyTimeout,
			@DefaultValue("90s") Duration settleTimeout, @DefaultValue("10s") Duration supportedTimeout,
			@DefaultValue("10m") Duration supportedTtl, @DefaultValue("true") boolean checkSupported,
			@DefaultValue("false") boolean verifyOnStartup, @Nullable String sslBundle, @DefaultValue Auth auth,
			@DefaultValue Protection protection, @DefaultValue OfferLimits limits,
			@DefaultValue List<Fallback> fallbacks, @DefaultValue Simulated simulated) {

		public Facilitator {
			Duration least = Duration.ofMillis(100);
			Duration most = Duration.ofMinutes(10);
			Limits.duration("x402.facilitator.connect-timeout", connectTimeout, least, most);
			Limits.duration("x402.facilitator.verify-timeout", verifyTimeout, least, most);
			Limits.duration("x402.facilitator.settle-timeout", settleTimeout, least, most);
			Limits.duration("x402.facilitator.supported-timeout", supportedTimeout, least, most);
			Limits.duration("x402.facilitator.supported-ttl", supportedTtl, Duration.ofSeconds(1), Duration.ofDays(7));
			for (int i = 0; i < fallbacks.size(); i++) {
				Limits.required("x402.facilitator.fallbacks[" + i + "].url", fallbacks.get(i).url());
			}
		}

	}

	/**
	 * How to authenticate to a facilitator. One of bearer token, basic and Coinbase at
	 * most.
	 *
	 * @param headers Headers of every call to the facilitator.
	 * @param bearerToken Token that is sent as bearer.
	 * @param basic User name and password.
	 * @param coinbase API key of the Coinbase Developer Platform.
	 */
	public record Auth(@DefaultValue Map<String, String> headers, @Nullable String bearerToken, @Nullable Basic basic,
			@Nullable Coinbase coinbase) {

		@Override
		public String toString() {
			return "Auth[headers=" + this.headers.keySet() + "]";
		}

	}

	/**
	 * User name and password.
	 *
	 * @param username User name, without colon.
	 * @param password Password.
	 */
	public record Basic(String username, String password) {

		@Override
		public String toString() {
			return "Basic[]";
		}

	}

	/**
	 * API key of the Coinbase Developer Platform.
	 *
	 * @param keyId Identifier of the API key.
	 * @param keySecret Secret of the API key, base64 of an Ed25519 key or PEM of an EC
	 * key.
	 */
	public record Coinbase(String keyId, String keySecret) {

		@Override
		public String toString() {
			return "Coinbase[]";
		}

	}

	/**
	 * How the application is protected from a remote facilitator that is slow or down.
	 *
	 * @param maxRetries Most repetitions of a verification that failed in passing.
	 * Settlements are never repeated.
	 * @param maxConcurrentSettlements Most settlements that are under way at the same
	 * time. Further ones are refused at once, and nothing is charged.
	 * @param maxConcurrentVerifications Maximum number of verifications that are under
	 * way at the same time. Further ones are refused at once, and nothing is charged.
	 * @param failuresUntilDown Number of failures in a row after which a facilitator
	 * counts as down.
	 * @param pause Time for which it is not called then, unless a look in the background
	 * finds that it answers again.
	 */
	public record Protection(@DefaultValue("2") int maxRetries, @DefaultValue("100") int maxConcurrentSettlements,
			@DefaultValue("50") int maxConcurrentVerifications, @DefaultValue("5") int failuresUntilDown,
			@DefaultValue("10s") Duration pause) {

		public Protection {
			Limits.number("x402.facilitator.protection.max-retries", maxRetries, 0);
			Limits.number("x402.facilitator.protection.max-concurrent-settlements", maxConcurrentSettlements, 1);
			Limits.number("x402.facilitator.protection.max-concurrent-verifications", maxConcurrentVerifications, 1);
			Limits.number("x402.facilitator.protection.failures-until-down", failuresUntilDown, 1);
			Limits.duration("x402.facilitator.protection.pause", pause, Duration.ofMillis(100), Duration.ofMinutes(10));
		}

	}

	/**
	 * What a facilitator is known not to take.
	 *
	 * @param maxDescriptionLength Most characters of a description.
	 * @param leastAmount Least price in tokens. By default what is known of the
	 * facilitator.
	 */
	public record OfferLimits(@DefaultValue("500") int maxDescriptionLength, @Nullable BigDecimal leastAmount) {

		public OfferLimits {
			Limits.number("x402.facilitator.limits.max-description-length", maxDescriptionLength, 1);
			if (leastAmount != null && leastAmount.signum() < 0) {
				throw new InvalidPropertyException("x402.facilitator.limits.least-amount", leastAmount.toPlainString(),
						"it must not be negative", "Write a decimal number of tokens, such as 0.001.");
			}
		}

	}

	/**
	 * A facilitator that is used while those before it cannot be.
	 *
	 * @param url Base URL of the facilitator. Has to be https except on loopback.
	 * @param networks Comma-separated list of networks that it is used for, all if empty.
	 * @param sslBundle Name of the SSL bundle for calls to it.
	 * @param auth How to authenticate to it.
	 */
	public record Fallback(String url, @DefaultValue List<String> networks, @Nullable String sslBundle,
			@DefaultValue Auth auth) {

	}

	/**
	 * The simulated facilitator.
	 *
	 * @param balance Play money that every account owns of every asset at first, in
	 * tokens.
	 */
	public record Simulated(@DefaultValue("1000") long balance) {

		public Simulated {
			Limits.number("x402.facilitator.simulated.balance", balance, 0);
		}

	}

	/**
	 * Kind of facilitator.
	 */
	public enum FacilitatorType {

		/** A remote facilitator over HTTP. */
		HTTP,

		/** This application itself, with its own keys and nodes. */
		ONCHAIN,

		/** A simulated one in this process, for test networks; no money moves. */
		SIMULATED

	}

	/**
	 * How payments are settled.
	 *
	 * @param flow When money moves in relation to the handler.
	 * @param holdLimit Most bytes of an answer that are held back before it is settled.
	 * @param repeatWait Time that a repetition waits for the request that uses the same
	 * payment.
	 * @param maxUnchargedRuns Maximum number of times a handler runs for one payment that
	 * is not charged, such as when it fails.
	 * @param verifyUpfront Whether payments are verified before they are settled upfront.
	 * @param maxWaits Maximum number of repetitions that wait for other requests with the
	 * same payment.
	 * @param maxWaitsPerPayment Maximum number of repetitions of one payment that wait.
	 */
	public record Settlement(@DefaultValue("authorization") PaymentFlow flow, @DefaultValue("64KB") DataSize holdLimit,
			@DefaultValue("2s") Duration repeatWait, @DefaultValue("3") int maxUnchargedRuns,
			@DefaultValue("true") boolean verifyUpfront, @DefaultValue("16") int maxWaits,
			@DefaultValue("4") int maxWaitsPerPayment) {

		public Settlement {
			Limits.size("x402.settlement.hold-limit", holdLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
			Limits.duration("x402.settlement.repeat-wait", repeatWait, Duration.ZERO, Duration.ofMinutes(1));
			Limits.number("x402.settlement.max-uncharged-runs", maxUnchargedRuns, 1);
			Limits.number("x402.settlement.max-waits", maxWaits, 0);
			Limits.number("x402.settlement.max-waits-per-payment", maxWaitsPerPayment, 0);
		}

	}

	/**
	 * How payments are checked before the facilitator is asked.
	 *
	 * @param margin Least time for which an authorization has to stay valid.
	 * @param maxValidity Most time for which an authorization may be valid.
	 * @param bodyLimit Most bytes of a request body that count when requests are told
	 * apart.
	 * @param signatures Whether signatures are checked here, so that what the payers
	 * themselves have signed is told from what only the facilitator can check.
	 * @param maxInvalid Maximum number of payments whose signature only the facilitator
	 * can check, as those of contract wallets, and that it finds invalid within a minute,
	 * 0 for no limit. Payers of valid payments are not subject to it.
	 * @param maxInvalidPerPayer Maximum number of payments of one payer that the
	 * facilitator finds invalid within a minute, 0 for no limit. Ten times as many for a
	 * payer of valid payments.
	 */
	public record Validation(@DefaultValue("6s") Duration margin, @DefaultValue("24h") Duration maxValidity,
			@DefaultValue("64KB") DataSize bodyLimit, @DefaultValue("true") boolean signatures,
			@DefaultValue("600") int maxInvalid, @DefaultValue("60") int maxInvalidPerPayer) {

		public Validation {
			Limits.number("x402.validation.max-invalid-per-payer", maxInvalidPerPayer, 0);
			Limits.number("x402.validation.max-invalid", maxInvalid, 0);
			Limits.size("x402.validation.body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
		}

	}

	/**
	 * How used authorizations are remembered.
	 *
	 * @param type Kind of store. Several instances have to share one.
	 * @param capacity Most claims that are kept in memory. A full store refuses payments.
	 * @param retention Time for which a claim is kept after its authorization has
	 * expired.
	 * @param lease Time after which the unfinished claims of an instance that has died
	 * become free. Every instance renews its own more often.
	 * @param jdbc The store in a database.
	 */
	public record Store(@DefaultValue("memory") StoreType type, @DefaultValue("100000") int capacity,
			@DefaultValue("15m") Duration retention, @DefaultValue("30s") Duration lease, @DefaultValue Jdbc jdbc) {

		public Store {
			Limits.number("x402.store.capacity", capacity, 1);
			Limits.duration("x402.store.retention", retention, Duration.ZERO, Duration.ofDays(366));
			Limits.duration("x402.store.lease", lease, Duration.ofMillis(10), Duration.ofHours(1));
		}

	}

	/**
	 * Kind of store.
	 */
	public enum StoreType {

		/** The memory of this process, for a single instance. */
		MEMORY,

		/** A database. */
		JDBC,

		/** Redis. */
		REDIS

	}

	/**
	 * The store in a database.
	 *
	 * @param initializeSchema When to create the table.
	 * @param schema Script that creates the table. The placeholder stands for the
	 * database.
	 * @param platform Name of the database in that script, detected by default.
	 * @param timeout Time limit for an answer of the database.
	 */
	public record Jdbc(@DefaultValue("embedded") InitializeSchema initializeSchema,
			@DefaultValue("classpath:io/x402/spring/store/jdbc/schema-@@platform@@.sql") String schema,
			@Nullable String platform, @DefaultValue("5s") Duration timeout) {

	}

	/**
	 * When to create the table.
	 */
	public enum InitializeSchema {

		/** In every database. */
		ALWAYS,

		/** Only in an embedded database. */
		EMBEDDED,

		/** Never. */
		NEVER

	}

}
