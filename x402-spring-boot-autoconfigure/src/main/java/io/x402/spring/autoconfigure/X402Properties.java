/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
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
 * @param routes Prices of handlers that cannot be annotated.
 * @param assets Additional tokens.
 * @since 0.1.0
 */
@ConfigurationProperties("x402")
public record X402Properties(@DefaultValue("true") boolean enabled, @Nullable String payTo,
		@DefaultValue("base-sepolia") List<String> network, @Nullable String baseUrl,
		@DefaultValue("300s") Duration maxTimeout, @DefaultValue( {
				"v2", "v1" }) Set<ProtocolVersion> protocolVersions,
		@DefaultValue("6KB") DataSize headerLimit, @DefaultValue("402") int malformedPaymentStatus,
		@DefaultValue List<Route> routes, @DefaultValue List<CustomAsset> assets){

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
	 */
	public record Route(String path, @DefaultValue Set<RequestMethod> method, String price,
			@DefaultValue List<String> network, @DefaultValue("") String asset, @DefaultValue("") String payTo,
			@DefaultValue("") String description, @DefaultValue("") String mimeType, @Nullable Duration maxTimeout,
			@DefaultValue("exact") PaymentScheme scheme, @Nullable PaymentFlow flow) {

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

}
