/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.util.Set;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;

/**
 * For whom a public type is. {@code docs/architecture.md} has the same in words.
 */
enum Readers {

	/** Sellers, buyers, operators. */
	USERS,

	/** Those who build a transport, a store or a facilitator. */
	BUILDERS,

	/** Nobody but our own packages, between which Java has no visibility. */
	OUR_ROOMS;

	/** Rooms whose public types are for builders. */
	private static final Set<String> ROOMS_OF_BUILDERS = Set.of("access", "mcp", "payment", "pricing", "store",
			"store.jdbc", "store.redis", "time", "web");

	/**
	 * What sellers and buyers implement, read or build, although it is in such a room.
	 */
	static final Set<String> FOR_USERS = Set.of("access.Passes", "payment.PaymentEvent", "payment.PaymentListener",
			"payment.PaymentOffers", "payment.PaymentRefusal", "pricing.InvalidPricingException", "pricing.OfferCheck",
			"pricing.PaymentChallenge", "pricing.PaymentRequirementsCustomizer", "pricing.PaymentValueResolver",
			"pricing.PricedHandler", "pricing.PricingCatalog", "pricing.PricingRequest", "store.LedgerEntry",
			"store.LedgerEvent", "store.LedgerExport", "store.LedgerQuery", "store.PaymentLedger");

	/** What builders need of other rooms. */
	static final Set<String> FOR_BUILDERS = Set.of("client.PaidCall", "facilitator.CatalogueListing",
			"facilitator.FacilitatorCondition", "facilitator.FacilitatorException", "facilitator.FailoverFacilitator",
			"facilitator.MonitoredFacilitator", "facilitator.ReceiptJudge", "facilitator.SettleCalls",
			"facilitator.SettledTransfers", "facilitator.SupportedCache", "facilitator.SupportedKinds",
			"facilitator.http.HttpFacilitator", "protocol.AuthorizationKey", "protocol.PaymentIdentifier",
			"protocol.PaymentRequirementsV1", "protocol.VerifyResponse");

	/** May only shrink. */
	static final Set<String> FOR_OUR_ROOMS = Set.of("access.ListedPayers", "autoconfigure.Limits",
			"autoconfigure.onchain.Signers", "autoconfigure.store.X402DataSourceScriptDatabaseInitializer",
			"autoconfigure.store.X402FreeQuotaProperties", "autoconfigure.store.X402LedgerProperties",
			"autoconfigure.web.CsrfHeaders", "autoconfigure.web.SellerAssembly", "autoconfigure.web.WebStack",
			"autoconfigure.web.X402CreditProperties", "client.PayingFetchTool", "discovery.DiscoveryDocuments",
			"discovery.ListingCheck", "discovery.ListingFinding", "discovery.MappingDescriber", "evm.AccountSignature",
			"evm.BoundNonce", "evm.EvmAddress", "evm.PaymentDigest", "evm.PersonalMessage", "evm.TransferCheck",
			"evm.onchain.Chains", "evm.onchain.GasBalances", "evm.onchain.OnChainFacilitator",
			"evm.onchain.OnChainSettlementProbe", "evm.onchain.ReceiptCheckingFacilitator",
			"evm.onchain.TransferFacilitator", "facilitator.EvmPayloadCheck", "mcp.McpPayments", "money.Spelling",
			"observation.Observations", "protocol.AcceptedOffer", "protocol.AtomicAmount", "protocol.GasSponsorship",
			"protocol.GatewayBatch", "protocol.HmacSha256", "protocol.JsonValues", "protocol.PayloadDigest",
			"protocol.SchemePayload", "protocol.SchemeRules", "protocol.Schemes", "protocol.Sha256",
			"protocol.SignInPayload", "protocol.TransferPayload", "protocol.TransferQuote", "protocol.TransferQuotes",
			"server.FacilitatorServer", "server.FacilitatorServerController", "server.ServerResponse", "signin.SignIn",
			"signin.SignInRequest", "signin.SignInResult", "signin.SignInSettings", "signin.SignedIn",
			"web.mpp.MachinePayments", "web.paywall.PageResource", "web.paywall.PaywallColor",
			"web.paywall.PaywallSettings", "web.paywall.WalletPage", "web.reactive.ReactivePayments",
			"web.servlet.MvcPayments", "web.servlet.PaymentFilters");

	static boolean isPublic(JavaClass type) {
		return type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass();
	}

	static Readers of(JavaClass type) {
		String name = House.shortName(type);
		if (FOR_OUR_ROOMS.contains(name)) {
			return OUR_ROOMS;
		}
		boolean inRoomOfBuilders = ROOMS_OF_BUILDERS.contains(House.room(type)) && !FOR_USERS.contains(name);
		return (inRoomOfBuilders || FOR_BUILDERS.contains(name)) ? BUILDERS : USERS;
	}

}
