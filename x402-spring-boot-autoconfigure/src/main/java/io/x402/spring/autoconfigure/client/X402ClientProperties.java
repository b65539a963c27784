package io.x402.spring.autoconfigure.client;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.x402.spring.PaymentFlow;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.SpendingLimit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of the buyer. Whatever it does not allow is not paid.
 *
 * @param enabled Whether there is a buyer. It pays only with clients that are told to.
 * @param privateKey Private key of the account that pays, 64 hexadecimal digits.
 * @param keystore Location of the encrypted keystore file with the key of the account
 * that pays.
 * @param keystorePassword Password of the keystore file.
 * @param allowedHosts Comma-separated list of hosts that may be paid: a name, with its
 * port if that is not the usual one, '*.example.com' for the names below a domain, or '*'
 * for all.
 * @param networks Comma-separated list of networks to pay on, as CAIP-2 identifiers or
 * well-known names.
 * @param assets Comma-separated list of tokens to pay with, as tickers or addresses; all
 * known ones of the networks if empty.
 * @param schemes Comma-separated list of payment schemes, of exact and upto.
 * @param flows Comma-separated list of payment flows to take part in.
 * @param maxAmountPerRequest Most that one request may cost, in tokens.
 * @param maxAmountPerHour Most that may be spent within an hour, in tokens.
 * @param maxAmountPerDay Most that may be spent within a day, in tokens.
 * @param maxAmountPerHost Most that may be spent on one host within a day, in tokens.
 * @param maxAmountInTotal Most that may ever be spent, in tokens.
 * @param approveAbove Amount in tokens above which a PaymentApproval bean has to approve
 * every payment.
 * @param allowPlainHttp Whether payments may travel unencrypted to other machines.
 * @param pinRecipients Whether the account that a host wants to be paid on has to stay
 * the first one.
 * @param recipients Accounts by host that are known beforehand.
 * @param maxValidity Most time for which a payment is valid, whatever the seller asks
 * for.
 * @param maxAttempts How often one payment is sent for one call, at most.
 * @param retryWait Time before a payment is sent again, if the seller does not say.
 * @param maxRetryWait Most time before a payment is sent again, whatever the seller says.
 * @param bodyLimit Most bytes of the body of a WebClient request that are kept to be sent
 * again.
 * @param protocolVersions Comma-separated list of protocol versions to speak.
 * @param customize Which clients pay without being told to one by one.
 * @param store How the account of what was spent is kept.
 */
@ConfigurationProperties("x402.client")
public record X402ClientProperties(@DefaultValue("false") boolean enabled, @Nullable String privateKey,
		@Nullable Resource keystore, @Nullable String keystorePassword, @DefaultValue List<String> allowedHosts,
		@DefaultValue("base-sepolia") List<String> networks, @DefaultValue Set<String> assets, @DefaultValue( {
				"exact", "upto" }) Set<String> schemes,
		@DefaultValue({ "authorization", "upfront" }) Set<PaymentFlow> flows,
		@DefaultValue("0") BigDecimal maxAmountPerRequest, @Nullable BigDecimal maxAmountPerHour,
		@DefaultValue("1") BigDecimal maxAmountPerDay, @Nullable BigDecimal maxAmountPerHost,
		@Nullable BigDecimal maxAmountInTotal, @Nullable BigDecimal approveAbove,
		@DefaultValue("false") boolean allowPlainHttp, @DefaultValue("true") boolean pinRecipients,
		@DefaultValue Map<String, String> recipients, @DefaultValue("10m") Duration maxValidity,
		@DefaultValue("3") int maxAttempts, @DefaultValue("500ms") Duration retryWait,
		@DefaultValue("10s") Duration maxRetryWait, @DefaultValue("1MB") DataSize bodyLimit,
		@DefaultValue({ "v2", "v1" }) Set<ProtocolVersion> protocolVersions, @DefaultValue Customize customize,
		@DefaultValue Store store){

	private static final Pattern HOST = Pattern
		.compile("\\*|(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?|\\[[0-9a-fA-F:]+](:[0-9]{1,5})?");

	private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);

	public X402ClientProperties {
		amount("x402.client.max-amount-per-request", maxAmountPerRequest);
		amount("x402.client.max-amount-per-hour", maxAmountPerHour);
		amount("x402.client.max-amount-per-day", maxAmountPerDay);
		amount("x402.client.max-amount-per-host", maxAmountPerHost);
		amount("x402.client.max-amount-in-total", maxAmountInTotal);
		amount("x402.client.approve-above", approveAbove);
		if (maxAmountPerRequest.compareTo(maxAmountPerDay) > 0) {
			throw new InvalidPropertyException("x402.client.max-amount-per-request",
					maxAmountPerRequest.toPlainString(), "one request may cost more than may be spent within a day",
					"Raise x402.client.max-amount-per-day, which is " + maxAmountPerDay.toPlainString() + ".");
		}
		allowedHosts.forEach((host) -> host("x402.client.allowed-hosts", host));
		recipients.forEach(X402ClientProperties::recipient);
		Limits.notEmpty("x402.client.networks", networks);
		Limits.notEmpty("x402.client.schemes", schemes);
		Limits.notEmpty("x402.client.flows", flows);
		Limits.notEmpty("x402.client.protocol-versions", protocolVersions);
		Limits.duration("x402.client.max-validity", maxValidity, Duration.ofSeconds(10), Duration.ofDays(1));
		Limits.number("x402.client.max-attempts", maxAttempts, 1);
		Limits.duration("x402.client.retry-wait", retryWait, Duration.ZERO, Duration.ofMinutes(10));
		Limits.duration("x402.client.max-retry-wait", maxRetryWait, Duration.ZERO, Duration.ofMinutes(10));
		Limits.size("x402.client.body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
	}

	/**
	 * Return the budgets over several payments.
	 * @return the budgets that are set
	 */
	List<SpendingLimit> limits() {
		List<SpendingLimit> limits = new ArrayList<>();
		if (this.maxAmountPerHost != null) {
			limits.add(new SpendingLimit(true, Duration.ofDays(1), this.maxAmountPerHost));
		}
		if (this.maxAmountPerHour != null) {
			limits.add(new SpendingLimit(false, Duration.ofHours(1), this.maxAmountPerHour));
		}
		limits.add(new SpendingLimit(false, Duration.ofDays(1), this.maxAmountPerDay));
		if (this.maxAmountInTotal != null) {
			limits.add(new SpendingLimit(false, null, this.maxAmountInTotal));
		}
		return limits;
	}

	private static void amount(String property, @Nullable BigDecimal amount) {
		if (amount != null && (amount.signum() < 0 || amount.compareTo(MOST) > 0)) {
			throw new InvalidPropertyException(property, amount.toString(),
					"it has to be between 0 and " + MOST.toPlainString() + " tokens",
					"Write a decimal number of tokens, such as 0.10.");
		}
	}

	private static void host(String property, String host) {
		if (!HOST.matcher(host).matches()) {
			throw new InvalidPropertyException(property, host, "it is not a host",
					"Write a name such as api.example.com, *.example.com or api.example.com:8443, without https://.");
		}
	}

	private static void recipient(String host, String account) {
		host("x402.client.recipients", host);
		if (!EvmAddress.hasValidChecksum(account)) {
			throw new InvalidPropertyException("x402.client.recipients[" + host + "]", account,
					"it is not the address of an account", "Correct the address.");
		}
	}

	@Override
	public String toString() {
		return "X402ClientProperties[enabled=" + this.enabled + ", allowedHosts=" + this.allowedHosts
				+ ", maxAmountPerRequest=" + this.maxAmountPerRequest + ", maxAmountPerDay=" + this.maxAmountPerDay
				+ "]";
	}

	/**
	 * Which clients pay without being told to one by one.
	 *
	 * @param restClient Whether every RestClient pays that is built with Spring Boot's
	 * builder, HTTP interfaces on top of it included.
	 * @param restTemplate Whether every RestTemplate pays that is built with Spring
	 * Boot's builder.
	 * @param webClient Whether every WebClient pays that is built with Spring Boot's
	 * builder, HTTP interfaces on top of it included.
	 */
	public record Customize(@DefaultValue("false") boolean restClient, @DefaultValue("false") boolean restTemplate,
			@DefaultValue("false") boolean webClient) {

	}

	/**
	 * How the account of what was spent is kept.
	 *
	 * @param type Kind of store. Several instances with one budget have to share one.
	 * @param jdbc The store in a database.
	 */
	public record Store(@DefaultValue("memory") StoreType type, @DefaultValue Jdbc jdbc) {

	}

	/**
	 * Kind of store.
	 */
	public enum StoreType {

		/** The memory of this process. Nothing was spent after a restart. */
		MEMORY,

		/** A database. */
		JDBC,

		/** Redis. */
		REDIS

	}

	/**
	 * The store in a database.
	 *
	 * @param initializeSchema When to create the tables.
	 * @param schema Script that creates the tables. The placeholder stands for the
	 * database.
	 * @param platform Name of the database in that script, detected by default.
	 * @param timeout Time limit for an answer of the database.
	 */
	public record Jdbc(@DefaultValue("embedded") X402Properties.InitializeSchema initializeSchema,
			@DefaultValue("classpath:io/x402/spring/store/jdbc/spending-@@platform@@.sql") String schema,
			@Nullable String platform, @DefaultValue("5s") Duration timeout) {

	}

}
