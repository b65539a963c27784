/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.x402.spring.PaymentFlow;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.autoconfigure.TokenAmount;
import io.x402.spring.autoconfigure.store.X402StoreProperties;
import io.x402.spring.evm.EvmAddress;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.store.SpendingLimit;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the buyer, which denies what they do not allow.
 *
 * @param enabled Whether to enable paying for 402 responses. Only clients that opt in
 * pay.
 * @param privateKey Private key of the paying account, as 64 hexadecimal digits.
 * @param keystore Location of the encrypted keystore file with the key of the paying
 * account.
 * @param keystorePassword Password of the keystore file.
 * @param protocolVersions Comma-separated list of supported protocol versions.
 * @param maxValidity Maximum time for which a payment is valid, even if the seller asks
 * for more.
 * @param bodyLimit Maximum size of a WebClient request body that is kept to be sent
 * again.
 * @param sellers Sellers that may be paid.
 * @param offers Offers that may be accepted.
 * @param limits Limits of spending.
 * @param retry Retries of requests with a payment.
 * @param customize Clients that pay without opting in one by one.
 * @param store Store of spendings.
 * @param catalogueUrl Base URL of the facilitator whose catalogue the tool x402_search of
 * models searches.
 * @param signIn Whether to sign in with the paying account where a seller asks for it, to
 * use what was paid for before anything is paid.
 * @param mpp Whether to pay sellers that speak only the Machine Payments Protocol.
 * @param circleGateway Payments from deposits at Circle Gateway.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.client")
public record X402ClientProperties(@DefaultValue("false") boolean enabled, @Nullable String privateKey,
		@Nullable Resource keystore, @Nullable String keystorePassword, @DefaultValue( {
				"v2", "v1" }) Set<ProtocolVersion> protocolVersions,
		@DefaultValue("10m") Duration maxValidity, @DefaultValue("1MB") DataSize bodyLimit,
		@DefaultValue Sellers sellers, @DefaultValue Offers offers, @DefaultValue AmountLimits limits,
		@DefaultValue Retry retry, @DefaultValue Customize customize, @DefaultValue Store store,
		@Nullable URI catalogueUrl, @DefaultValue("false") boolean signIn, @DefaultValue("false") boolean mpp,
		@DefaultValue CircleGateway circleGateway){

	private static final String PREFIX = "x402.client.";

	public X402ClientProperties {
		Limits.notEmpty(PREFIX + "protocol-versions", protocolVersions);
		Limits.duration(PREFIX + "max-validity", maxValidity, Duration.ofSeconds(10), Duration.ofDays(1));
		catalogue(catalogueUrl);
		Limits.size(PREFIX + "body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
	}

	private static void catalogue(@Nullable URI url) {
		if (url != null && (url.getHost() == null || !Set.of("https", "http").contains(url.getScheme()))) {
			throw new InvalidPropertyException(PREFIX + "catalogue-url", url.toString(), "must be an absolute URL",
					"Use the base URL of a facilitator, such as https://api.cdp.coinbase.com/platform/v2/x402.");
		}
	}

	@Override
	public String toString() {
		return "X402ClientProperties[enabled=" + this.enabled + ", sellers=" + this.sellers + ", limits=" + this.limits
				+ "]";
	}

	/**
	 * Sellers that may be paid.
	 *
	 * @param allowedHosts Comma-separated list of hosts that may be paid: a name, with
	 * its port if that is not the default one, '*.example.com' for all names below a
	 * domain, or '*' for all hosts.
	 * @param allowPlainHttp Whether to allow payments over plain HTTP to other machines.
	 * @param pinRecipients Whether to pay only the first known recipient of a host.
	 * @param recipients Known recipients by host.
	 */
	public record Sellers(@DefaultValue List<String> allowedHosts, @DefaultValue("false") boolean allowPlainHttp,
			@DefaultValue("true") boolean pinRecipients, @DefaultValue Map<String, String> recipients) {

		private static final Pattern HOST = Pattern.compile(
				"\\*|(?:(?:\\*\\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+])(?::([1-9][0-9]{0,4}))?");

		private static final int MAX_PORT = 65_535;

		public Sellers {
			allowedHosts.forEach((host) -> host(PREFIX + "sellers.allowed-hosts", host));
			recipients.forEach(Sellers::recipient);
			Map<String, String> accounts = new HashMap<>();
			recipients.forEach((host, account) -> {
				String other = accounts.putIfAbsent(host.toLowerCase(Locale.ROOT), account);
				if (other != null) {
					throw new InvalidPropertyException(PREFIX + "sellers.recipients[" + host + "]", account,
							"must be the only one of its host, whose letter case does not matter",
							"Remove one of the two.");
				}
			});
		}

		private static void host(String property, String host) {
			Matcher matcher = HOST.matcher(host);
			if (!matcher.matches() || (matcher.group(1) != null && Integer.parseInt(matcher.group(1)) > MAX_PORT)) {
				throw new InvalidPropertyException(property, host, "must be a host",
						"Use a name such as api.example.com, *.example.com or api.example.com:8443, without https://.");
			}
		}

		private static void recipient(String host, String account) {
			String property = PREFIX + "sellers.recipients[" + host + "]";
			host(PREFIX + "sellers.recipients", host);
			if (host.startsWith("*")) {
				throw new InvalidPropertyException(property, account, "must name one host, without *",
						"Use one entry for each host, such as api.example.com or api.example.com:8443.");
			}
			if (!EvmAddress.hasValidChecksum(account)) {
				throw new InvalidPropertyException(property, account, "must be the address of an account",
						"Correct the address.");
			}
		}

	}

	/**
	 * Offers that may be accepted.
	 *
	 * @param networks Comma-separated list of networks to pay on, as CAIP-2 identifiers
	 * or well-known names.
	 * @param assets Comma-separated list of tokens to pay with, as tickers or addresses.
	 * All known tokens of the networks are allowed if empty.
	 * @param schemes Comma-separated list of payment schemes.
	 * @param flows Comma-separated list of payment flows.
	 */
	public record Offers(@DefaultValue("base-sepolia") List<String> networks, @DefaultValue Set<String> assets,
			@DefaultValue( {
					"exact", "upto" }) Set<String> schemes,
			@DefaultValue({ "authorization", "upfront" }) Set<PaymentFlow> flows){

		public Offers {
			Limits.notEmpty(PREFIX + "offers.networks", networks);
			Limits.notEmpty(PREFIX + "offers.schemes", schemes);
			schemes.forEach(Offers::scheme);
			Limits.notEmpty(PREFIX + "offers.flows", flows);
		}

		private static void scheme(String scheme) {
			List<String> known = Schemes.known().stream().map(SchemeRules::name).toList();
			if (!known.contains(scheme)) {
				throw new InvalidPropertyException(PREFIX + "offers.schemes", scheme,
						"must be a scheme that the buyer can pay by", "Use one of " + String.join(", ", known) + ".");
			}
		}

	}

	/**
	 * Payments from deposits at Circle Gateway.
	 *
	 * @param contracts GatewayWallet contracts with deposits of the paying account, by
	 * network. Offers of Circle Gateway that name another contract are refused, and all
	 * of them if empty.
	 * @param maxValidity Maximum time for which a payment is valid, even if the seller
	 * asks for more. The seller can take the money until then.
	 * @param preferred Whether to pay from deposits where a seller accepts payments of
	 * the token too.
	 */
	public record CircleGateway(@DefaultValue Map<String, String> contracts, @DefaultValue("4d") Duration maxValidity,
			@DefaultValue("false") boolean preferred) {

		public CircleGateway {
			contracts.forEach(CircleGateway::contract);
			Limits.duration(PREFIX + "circle-gateway.max-validity", maxValidity, Duration.ofSeconds(10),
					GatewayBatch.MAX_TIMEOUT);
		}

		private static void contract(String network, String contract) {
			if (!EvmAddress.hasValidChecksum(contract)) {
				throw new InvalidPropertyException(PREFIX + "circle-gateway.contracts[" + network + "]", contract,
						"must be the address of a contract", "Use the address of GatewayWallet that Circle publishes.");
			}
		}

	}

	/**
	 * Limits of spending.
	 *
	 * @param maxAmountPerRequest Maximum amount to spend on a request, in tokens.
	 * @param maxAmountPerHour Maximum amount to spend within an hour, in tokens.
	 * @param maxAmountPerDay Maximum amount to spend within a day, in tokens.
	 * @param maxAmountPerHost Maximum amount to spend on a host within a day, in tokens.
	 * @param maxAmountInTotal Maximum amount to spend in total, in tokens.
	 * @param approveAbove Amount in tokens above which a PaymentApproval bean must
	 * approve a payment.
	 */
	public record AmountLimits(@DefaultValue("0") TokenAmount maxAmountPerRequest,
			@Nullable TokenAmount maxAmountPerHour, @DefaultValue("1") TokenAmount maxAmountPerDay,
			@Nullable TokenAmount maxAmountPerHost, @Nullable TokenAmount maxAmountInTotal,
			@Nullable TokenAmount approveAbove) {

		private static final BigDecimal MAX = BigDecimal.valueOf(1_000_000_000);

		public AmountLimits {
			amount("max-amount-per-request", maxAmountPerRequest);
			amount("max-amount-per-hour", maxAmountPerHour);
			amount("max-amount-per-day", maxAmountPerDay);
			amount("max-amount-per-host", maxAmountPerHost);
			amount("max-amount-in-total", maxAmountInTotal);
			amount("approve-above", approveAbove);
			if (maxAmountPerRequest.tokens().compareTo(maxAmountPerDay.tokens()) > 0) {
				throw new InvalidPropertyException(PREFIX + "limits.max-amount-per-request",
						maxAmountPerRequest.toString(), "must not be more than the maximum amount per day",
						"Raise " + PREFIX + "limits.max-amount-per-day, which is " + maxAmountPerDay + ".");
			}
		}

		private static void amount(String name, @Nullable TokenAmount amount) {
			if (amount != null && amount.tokens().compareTo(MAX) > 0) {
				throw new InvalidPropertyException(PREFIX + "limits." + name, amount.toString(),
						"must be between 0 and " + MAX.toPlainString() + " tokens",
						"Use a decimal number of tokens, such as $0.10.");
			}
		}

		/**
		 * Return the limits over several payments.
		 * @return the limits that are set
		 */
		List<SpendingLimit> overTime() {
			List<SpendingLimit> limits = new ArrayList<>();
			if (this.maxAmountPerHost != null) {
				limits.add(new SpendingLimit(true, Duration.ofDays(1), this.maxAmountPerHost.tokens()));
			}
			if (this.maxAmountPerHour != null) {
				limits.add(new SpendingLimit(false, Duration.ofHours(1), this.maxAmountPerHour.tokens()));
			}
			limits.add(new SpendingLimit(false, Duration.ofDays(1), this.maxAmountPerDay.tokens()));
			if (this.maxAmountInTotal != null) {
				limits.add(new SpendingLimit(false, null, this.maxAmountInTotal.tokens()));
			}
			return limits;
		}

	}

	/**
	 * Retries of requests with a payment.
	 *
	 * @param maxRetries Maximum number of times a request is retried with the same
	 * payment.
	 * @param delay Time to wait before a retry, unless the seller asks for another one.
	 * @param maxDelay Maximum time to wait before a retry, even if the seller asks for
	 * more.
	 * @param redeliveryWindow Time after its end for which a payment is still sent with
	 * the same request, to collect a response that it may have paid for. Meanwhile the
	 * request is paid again only if the seller asks for it. Set to 0 to pay again half a
	 * minute after the end.
	 */
	public record Retry(@DefaultValue("2") int maxRetries, @DefaultValue("500ms") Duration delay,
			@DefaultValue("10s") Duration maxDelay, @DefaultValue("15m") Duration redeliveryWindow) {

		public Retry {
			Limits.number(PREFIX + "retry.max-retries", maxRetries, 0);
			Limits.duration(PREFIX + "retry.delay", delay, Duration.ZERO, Duration.ofMinutes(10));
			Limits.duration(PREFIX + "retry.max-delay", maxDelay, Duration.ZERO, Duration.ofMinutes(10));
			Limits.duration(PREFIX + "retry.redelivery-window", redeliveryWindow, Duration.ZERO, Duration.ofDays(7));
		}

	}

	/**
	 * Clients that pay without opting in one by one.
	 *
	 * @param restClient Whether all RestClient instances built with Spring Boot's builder
	 * pay, including HTTP interfaces that use them.
	 * @param restTemplate Whether all RestTemplate instances built with Spring Boot's
	 * builder pay.
	 * @param webClient Whether all WebClient instances built with Spring Boot's builder
	 * pay, including HTTP interfaces that use them.
	 * @param mcp Whether all MCP clients that Spring AI configures pay for tools.
	 */
	public record Customize(@DefaultValue("false") boolean restClient, @DefaultValue("false") boolean restTemplate,
			@DefaultValue("false") boolean webClient, @DefaultValue("false") boolean mcp) {

	}

	/**
	 * Store of spendings.
	 *
	 * @param type Type of store. Several instances with one budget must share a store.
	 * @param jdbc JDBC store.
	 */
	public record Store(@DefaultValue("memory") X402StoreProperties.Type type,
			@NestedConfigurationProperty @DefaultValue X402StoreProperties.Jdbc jdbc) {

	}

}
