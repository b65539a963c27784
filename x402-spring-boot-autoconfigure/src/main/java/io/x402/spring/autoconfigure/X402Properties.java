/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.Asset;
import io.x402.spring.money.TransferMethod;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.payment.StoredContentCipher;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.web.RedeliverySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.RequestMethod;

/**
 * Configuration properties for x402 payments.
 *
 * @param enabled Whether to sell priced handlers. When disabled, they respond with 503
 * and nothing becomes free.
 * @param payTo Address of the recipient. Required as soon as a priced handler does not
 * name its own.
 * @param network Comma-separated list of networks to be paid on, as CAIP-2 identifiers or
 * well-known names. Each network makes an offer.
 * @param baseUrl Public origin of the application, optionally with a path that a proxy
 * strips. Required for networks with real money.
 * @param maxTimeout Time for which an authorization must be valid. Must cover the handler
 * and the settlement.
 * @param protocolVersions Comma-separated list of supported protocol versions.
 * @param headerLimit Maximum size of the PAYMENT-REQUIRED header.
 * @param malformedPaymentStatus HTTP status of the response to a malformed payment,
 * either 402 or 400.
 * @param freeFor Callers who do not pay, as an expression of Spring Security such as
 * hasAuthority('CUSTOMER'). Applies to prices that set no expression of their own.
 * @param routes Prices of handlers that cannot be annotated.
 * @param assets Additional tokens.
 * @param settlement Settlement of payments.
 * @param validation Local validation of payments, before the facilitator verifies them.
 * @param redelivery Redelivery of paid responses.
 * @since 0.1.0
 */
@ConfigurationProperties("x402")
public record X402Properties(@DefaultValue("true") boolean enabled, @Nullable String payTo,
		@DefaultValue(X402Properties.DEFAULT_NETWORK) List<String> network, @Nullable String baseUrl,
		@DefaultValue("300s") Duration maxTimeout, @DefaultValue( {
				"v2", "v1" }) Set<ProtocolVersion> protocolVersions,
		@DefaultValue("6KB") DataSize headerLimit, @DefaultValue("402") int malformedPaymentStatus,
		@DefaultValue("") String freeFor, @DefaultValue List<Route> routes, @DefaultValue List<CustomAsset> assets,
		@DefaultValue Settlement settlement, @DefaultValue Validation validation, @DefaultValue Redelivery redelivery){

	static final String DEFAULT_NETWORK = "base-sepolia";

	public X402Properties

	{
		Limits.notEmpty("x402.network", network);
		baseUrl = BaseUrl.of(baseUrl);
		Limits.notEmpty("x402.protocol-versions", protocolVersions);
		Limits.duration("x402.max-timeout", maxTimeout, Duration.ofSeconds(10), Duration.ofDays(1));
		Limits.size("x402.header-limit", headerLimit, DataSize.ofKilobytes(1), DataSize.ofMegabytes(1));
		if (malformedPaymentStatus != 402 && malformedPaymentStatus != 400) {
			throw new InvalidPropertyException("x402.malformed-payment-status",
					Integer.toString(malformedPaymentStatus), "must be 402 or 400",
					"Choose 402, from which buyers recover, or 400.");
		}
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
	 * @param method Comma-separated list of HTTP methods. Matches all methods if empty.
	 * GET includes HEAD.
	 * @param price Price, such as $0.05 or '0.05 USDC'.
	 * @param network Comma-separated list of networks to be paid on.
	 * @param asset Asset to be paid in, as a ticker or an address.
	 * @param payTo Address of the recipient.
	 * @param description Description of the resource for the buyer.
	 * @param mimeType Media type of a successful response.
	 * @param maxTimeout Time for which an authorization must be valid.
	 * @param scheme Payment scheme, which determines how the charged amount follows from
	 * the price.
	 * @param flow Payment flow, which determines whether a handler runs before or after
	 * the settlement.
	 * @param discoverable Whether catalogues may list the resource.
	 * @param freeQuota Calls that each client has free, such as '3 per 1d', or 'none'. By
	 * default, those of x402.free-quota.limit.
	 * @param freeFor Callers who do not pay, as an expression of Spring Security.
	 * @param pass Pass that is sold with the response.
	 * @param topUp Amount of a top-up that buyers can pay in place of the price, such as
	 * $5, or 'none'. By default, it is that of x402.credits.top-up.
	 */
	public record Route(String path, @DefaultValue Set<RequestMethod> method, String price,
			@DefaultValue List<String> network, @DefaultValue("") String asset, @DefaultValue("") String payTo,
			@DefaultValue("") String description, @DefaultValue("") String mimeType, @Nullable Duration maxTimeout,
			@DefaultValue("exact") PaymentScheme scheme, @Nullable PaymentFlow flow,
			@DefaultValue("true") boolean discoverable, @DefaultValue("") String freeQuota,
			@DefaultValue("") String freeFor, @DefaultValue Pass pass, @DefaultValue("") String topUp) {

	}

	/**
	 * Pass that is sold with a response.
	 *
	 * @param duration Time from the delivery of the pass to its end. A pass does not
	 * expire by default.
	 * @param uses Number of calls, the paid one included. 0 for any number.
	 * @param scope Name of the handlers and routes that one pass opens. By default, it
	 * opens the route only.
	 * @param sameUser Whether only the user who bought a pass can use it.
	 */
	public record Pass(@Nullable Duration duration, @DefaultValue("0") int uses, @DefaultValue("") String scope,
			@DefaultValue("false") boolean sameUser) {

	}

	/**
	 * Token.
	 *
	 * @param network Network of the token, as a CAIP-2 identifier or a well-known name.
	 * @param symbol Ticker of the token.
	 * @param address Contract address or mint of the token.
	 * @param decimals Number of decimals of the token.
	 * @param eip712Name Name in the EIP-712 domain of the token.
	 * @param eip712Version Version in the EIP-712 domain of the token.
	 * @param transferMethod Method by which the token is transferred.
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
	 * Settlement of payments.
	 *
	 * @param flow Payment flow, which determines whether a handler runs before or after
	 * the settlement.
	 * @param holdLimit Maximum size of the part of a response that is held back until the
	 * payment is settled.
	 * @param maxRepeatWait Maximum time a repeated request waits for the request that
	 * uses the same payment.
	 * @param maxConcurrentWaits Maximum number of repeated requests that wait at the same
	 * time.
	 * @param maxConcurrentWaitsPerPayment Maximum number of repeated requests that wait
	 * for one payment at the same time.
	 * @param maxUnchargedRuns Maximum number of times a handler runs for one payment that
	 * is not charged, such as when the handler fails.
	 * @param verifyUpfront Whether to verify payments before they are settled upfront.
	 * @param verification Who verifies payments before a handler runs. With 'local', the
	 * facilitator does not verify payments of payers whose last payment was settled. With
	 * 'parallel', it verifies payments of safe requests while their handlers run.
	 */
	public record Settlement(@DefaultValue("authorization") PaymentFlow flow, @DefaultValue("64KB") DataSize holdLimit,
			@DefaultValue("2s") Duration maxRepeatWait, @DefaultValue("16") int maxConcurrentWaits,
			@DefaultValue("4") int maxConcurrentWaitsPerPayment, @DefaultValue("3") int maxUnchargedRuns,
			@DefaultValue("true") boolean verifyUpfront, @DefaultValue("facilitator") Verification verification) {

		private static final String PREFIX = "x402.settlement.";

		public Settlement {
			Limits.size(PREFIX + "hold-limit", holdLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
			Limits.duration(PREFIX + "max-repeat-wait", maxRepeatWait, Duration.ZERO, Duration.ofMinutes(1));
			Limits.number(PREFIX + "max-concurrent-waits", maxConcurrentWaits, 0);
			Limits.number(PREFIX + "max-concurrent-waits-per-payment", maxConcurrentWaitsPerPayment, 0);
			Limits.number(PREFIX + "max-uncharged-runs", maxUnchargedRuns, 1);
		}

	}

	/**
	 * Local validation of payments, before the facilitator verifies them.
	 *
	 * @param minValidity Minimum time for which an authorization must remain valid.
	 * @param maxValidity Maximum time for which an authorization may be valid.
	 * @param bodyLimit Maximum size of the part of a request body by which requests with
	 * the same payment are distinguished.
	 * @param signatures Whether to verify signatures locally. Signatures of contract
	 * wallets are always verified by the facilitator.
	 * @param maxInvalid Maximum number of payments per minute whose signature only the
	 * facilitator can verify and that it finds invalid, 0 for no limit. Does not apply to
	 * payers of valid payments.
	 * @param maxInvalidPerPayer Maximum number of payments of one payer per minute that
	 * the facilitator finds invalid, 0 for no limit. Ten times as many for a payer of
	 * valid payments.
	 * @param maxInvalidPerClient Maximum number of payments of one client per minute
	 * whose signature only the facilitator can verify and that it finds invalid, 0 for no
	 * limit. Ten times as many for payers of valid payments.
	 * @param warmUp Whether to rehearse a payment in the background once the application
	 * is ready, so that the first buyer does not wait for the classes that payments need.
	 * No network call is made and no money moves.
	 */
	public record Validation(@DefaultValue("6s") Duration minValidity, @DefaultValue("24h") Duration maxValidity,
			@DefaultValue("64KB") DataSize bodyLimit, @DefaultValue("true") boolean signatures,
			@DefaultValue("600") int maxInvalid, @DefaultValue("60") int maxInvalidPerPayer,
			@DefaultValue("60") int maxInvalidPerClient, @DefaultValue("true") boolean warmUp) {

		private static final String PREFIX = "x402.validation.";

		public Validation {
			Limits.size(PREFIX + "body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofGigabytes(1));
			Limits.number(PREFIX + "max-invalid", maxInvalid, 0);
			Limits.number(PREFIX + "max-invalid-per-payer", maxInvalidPerPayer, 0);
			Limits.number(PREFIX + "max-invalid-per-client", maxInvalidPerClient, 0);
		}

		/**
		 * Require that authorizations of some time can be valid.
		 * @param maxTimeout time for which offers ask an authorization to be valid
		 * @throws InvalidPropertyException if none can
		 */
		void requireConsistency(Duration maxTimeout) {
			Limits.duration(PREFIX + "min-validity", this.minValidity, Duration.ZERO, maxTimeout.minusSeconds(1));
			Limits.duration(PREFIX + "max-validity", this.maxValidity, maxTimeout, Duration.ofDays(366));
		}

	}

	/**
	 * Redelivery of paid responses.
	 *
	 * @param window Time after settlement for which the same payment gets the same
	 * response again. Set to 0 to disable redelivery.
	 * @param bodyLimit Maximum size of a stored response body. Larger ones are produced
	 * by another run of the handler if the method is safe.
	 * @param maxMemory Maximum memory for stored responses in the in-memory store, and
	 * the same amount for bodies that are being written.
	 * @param maxReruns Maximum number of times a handler runs again for a payment whose
	 * response was not stored.
	 * @param headers Comma-separated list of response headers to store in addition to
	 * Content-Type and Location.
	 * @param identityHeaders Comma-separated list of request headers that a response may
	 * depend on. A payment is not valid for another request that differs in one of them.
	 * @param encryptionKey Base64 of 16, 24 or 32 random bytes that encrypt stored
	 * responses and payments. All instances must use the same key.
	 * @param paymentIdentifier Support for payment identifiers of buyers.
	 */
	public record Redelivery(@DefaultValue("15m") Duration window, @DefaultValue("2MB") DataSize bodyLimit,
			@DefaultValue("64MB") DataSize maxMemory, @DefaultValue("3") int maxReruns, @DefaultValue( {
					"Content-Disposition", "Content-Encoding", "Content-Language", "Cache-Control", "ETag",
					"Last-Modified", "Link", "Content-Range" }) List<String> headers,
			@DefaultValue({ "Accept", "Accept-Language", "Authorization", "Content-Type", "Cookie",
					"Range" }) List<String> identityHeaders,
			@Nullable String encryptionKey, @DefaultValue("off") PaymentIdentifiers paymentIdentifier){

		private static final String PREFIX = "x402.redelivery.";

		public Redelivery

		{
			Limits.duration(PREFIX + "window", window, Duration.ZERO, Duration.ofDays(30));
			Limits.size(PREFIX + "body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofMegabytes(64));
			Limits.size(PREFIX + "max-memory", maxMemory, DataSize.ofBytes(0), DataSize.ofGigabytes(64));
			Limits.number(PREFIX + "max-reruns", maxReruns, 0);
		}

		/**
		 * Return what encrypts stored content.
		 * @return the cipher, which does nothing without a key
		 * @throws InvalidPropertyException if the key is none
		 */
		public StoredContentCipher cipher() {
			if (this.encryptionKey == null || this.encryptionKey.isBlank()) {
				return StoredContentCipher.none();
			}
			try {
				return StoredContentCipher.withKey(Base64.getDecoder().decode(this.encryptionKey));
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidPropertyException(PREFIX + "encryption-key", null,
						"must be base64 of 16, 24 or 32 bytes", "Generate one with: openssl rand -base64 32");
			}
		}

		/**
		 * Return the extensions that offers declare.
		 * @return the extensions by name
		 */
		public Map<String, Object> extensions() {
			return (this.paymentIdentifier != PaymentIdentifiers.OFF)
					? PaymentIdentifier.declaration(this.paymentIdentifier == PaymentIdentifiers.REQUIRED) : Map.of();
		}

		/**
		 * Return which responses are stored.
		 * @return the settings
		 */
		public RedeliverySettings toSettings() {
			return new RedeliverySettings(!this.window.isZero(), (int) this.bodyLimit.toBytes(),
					this.maxMemory.toBytes(), this.headers, this.identityHeaders);
		}

		@Override
		public String toString() {
			return "X402Properties.Redelivery[window=" + this.window + "]";
		}

	}

}
