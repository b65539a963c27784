/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.x402.spring.evm.EvmAddress;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.money.TransferMethod;
import io.x402.spring.protocol.AtomicAmount;
import io.x402.spring.protocol.GatewayBatch;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;

import org.springframework.lang.Contract;

/**
 * Chooses among the offers of a challenge: one in which nothing is charged when the
 * seller fails, that is settled by the token itself, and of these the cheapest. Offers
 * that are paid from deposits come after those for the same price, or before all others
 * in the same flow if the buyer prefers them. The order of the seller decides between
 * equals only.
 */
final class OfferSelector {

	private static final Comparator<PayableOffer> PREFERENCE = Comparator.comparing(PayableOffer::isUpfront)
		.thenComparing(PayableOffer::isMetered)
		.thenComparing(PayableOffer::isPermit2)
		.thenComparing(PayableOffer::price)
		.thenComparing(PayableOffer::isThroughGateway);

	private static final Comparator<PayableOffer> DEPOSITS_FIRST = Comparator.comparing(PayableOffer::isUpfront)
		.thenComparing((offer) -> !offer.isThroughGateway())
		.thenComparing(PREFERENCE);

	private static final String ZERO_ADDRESS = "0x0000000000000000000000000000000000000000";

	private final Networks networks;

	private final SpendingPolicy.Offers allowed;

	private final BigDecimal maxAmount;

	private final GatewayDeposits deposits;

	OfferSelector(Networks networks, SpendingPolicy policy, GatewayDeposits deposits) {
		this.networks = networks;
		this.deposits = deposits;
		this.allowed = policy.offers();
		this.maxAmount = policy.maxAmountPerRequest();
	}

	/**
	 * Choose an offer.
	 * @param challenge what is asked for
	 * @return the offer
	 * @throws PaymentRefusedException if no offer can and may be paid; the reason is that
	 * of the offer that came closest
	 */
	PayableOffer select(Challenge challenge) {
		return select(challenge, null);
	}

	/**
	 * Choose an offer of the second document of a seller.
	 * @param challenge what is asked for
	 * @param refusal why the first document was not paid, or {@code null}
	 * @return the offer
	 */
	PayableOffer select(Challenge challenge, @Nullable PaymentRefusedException refusal) {
		List<PayableOffer> payable = new ArrayList<>();
		PaymentRefusedException closest = refusal;
		for (Map<String, Object> announced : challenge.accepts()) {
			try {
				payable.add(payable(challenge, announced));
			}
			catch (PaymentRefusedException ex) {
				closest = (closest == null || ex.reason().compareTo(closest.reason()) > 0) ? ex : closest;
			}
		}
		if (payable.isEmpty()) {
			throw (closest != null) ? closest
					: new PaymentRefusedException(RefusalReason.UNREADABLE_CHALLENGE, null, null);
		}
		return Collections.min(payable, this.deposits.preferred() ? DEPOSITS_FIRST : PREFERENCE);
	}

	private PayableOffer payable(Challenge challenge, Map<String, Object> announced) {
		ProtocolVersion version = challenge.version();
		PaymentRequirements offer = read(version, announced);
		require(offer != null && EvmAddress.isValid(offer.payTo()) && !offer.payTo().equals(ZERO_ADDRESS),
				RefusalReason.UNREADABLE_OFFER, null);
		PurchaseTerms terms = new PurchaseTerms(version, offer.scheme(), offer.network(), offer.asset(), null, null,
				offer.payTo());
		require(Schemes.of(offer).isUnderstood() && this.allowed.schemes().contains(offer.scheme()),
				RefusalReason.SCHEME_NOT_ALLOWED, terms);
		Network network = this.networks.byId(offer.network());
		require(network != null && network.isEvm() && this.allowed.networks().contains(network.id()),
				RefusalReason.NETWORK_NOT_ALLOWED, terms);
		Asset asset = network.assetAt(offer.asset());
		require(asset != null && this.allowed.allows(asset), RefusalReason.ASSET_NOT_ALLOWED, terms);
		PayableOffer payable = PayableOffer.of(challenge, announced, toSign(offer, asset, terms), network, asset);
		requireFlow(offer, payable.terms());
		if (payable.price().compareTo(this.maxAmount) > 0) {
			throw new PaymentRefusedException(RefusalReason.AMOUNT_ABOVE_LIMIT, payable.terms(),
					this.maxAmount.toPlainString() + " per request");
		}
		return payable;
	}

	private @Nullable PaymentRequirements read(ProtocolVersion version, Map<String, Object> announced) {
		boolean v1 = version == ProtocolVersion.V1;
		BigInteger amount = amount(announced.get(v1 ? "maxAmountRequired" : "amount"));
		if (!(announced.get("scheme") instanceof String scheme) || !(announced.get("network") instanceof String network)
				|| !(announced.get("asset") instanceof String asset)
				|| !(announced.get("payTo") instanceof String payTo) || amount == null) {
			return null;
		}
		int timeout = seconds(announced.get("maxTimeoutSeconds"));
		Map<String, Object> extra = extra(announced.get("extra"));
		return (timeout > 0 && extra != null)
				? new PaymentRequirements(scheme, v1 ? idOf(network) : network, amount, asset, payTo, timeout, extra)
				: null;
	}

	/** A price is a string of digits; a number may be meant in another unit. */
	private static @Nullable BigInteger amount(@Nullable Object announced) {
		return (announced instanceof String digits) ? AtomicAmount.parse(digits) : null;
	}

	/**
	 * Return a positive number of seconds. More than anybody would sign for is as good as
	 * any.
	 */
	private static int seconds(@Nullable Object announced) {
		if (!(announced instanceof Number number) || !isInteger(number)) {
			return 0;
		}
		return new BigInteger(number.toString()).min(BigInteger.valueOf(Integer.MAX_VALUE))
			.max(BigInteger.ZERO)
			.intValueExact();
	}

	private static boolean isInteger(Number number) {
		return number instanceof Integer || number instanceof Long || number instanceof BigInteger;
	}

	private static @Nullable Map<String, Object> extra(@Nullable Object announced) {
		Map<String, Object> extra = (announced != null) ? SellerJson.object(announced) : new LinkedHashMap<>();
		if (extra != null) {
			extra.values().removeIf(Objects::isNull);
		}
		return extra;
	}

	private String idOf(String v1Name) {
		return this.networks.all()
			.stream()
			.filter((network) -> v1Name.equals(network.v1Name()))
			.map(Network::id)
			.findFirst()
			.orElse(v1Name);
	}

	/**
	 * Return what is signed. Token, domain and way of transfer are those of the registry,
	 * or the domain is that of deposits; an offer that tells others is not for this
	 * token.
	 */
	private PaymentRequirements toSign(PaymentRequirements offer, Asset asset, PurchaseTerms terms) {
		if (GatewayBatch.isUsedBy(offer)) {
			Map<String, Object> domain = this.deposits.extra(offer, asset);
			require(domain != null, RefusalReason.ASSET_MISMATCH, terms);
			return toSign(offer, asset, domain);
		}
		String method = offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD);
		boolean permit2 = Schemes.of(offer).isPaidByPermit2(offer);
		require(permit2 || method == null || method.equals("eip3009"), RefusalReason.SCHEME_NOT_ALLOWED, terms);
		require(permit2 || asset.transferMethod() == TransferMethod.EIP3009, RefusalReason.ASSET_MISMATCH, terms);
		require(isSame(offer, "name", asset.eip712Name()) && isSame(offer, "version", asset.eip712Version()),
				RefusalReason.ASSET_MISMATCH, terms);
		Map<String, Object> extra = new LinkedHashMap<>(asset.offerExtra());
		if (permit2) {
			extra.put(PaymentRequirements.ASSET_TRANSFER_METHOD, PaymentRequirements.PERMIT2);
		}
		String facilitator = offer.extraText(PaymentRequirements.FACILITATOR_ADDRESS);
		require(Schemes.of(offer).isComplete(offer), RefusalReason.SCHEME_NOT_ALLOWED, terms);
		if (Schemes.of(offer).isMetered() && facilitator != null) {
			require(EvmAddress.isValid(facilitator), RefusalReason.SCHEME_NOT_ALLOWED, terms);
			extra.put(PaymentRequirements.FACILITATOR_ADDRESS, facilitator);
		}
		return toSign(offer, asset, extra);
	}

	private static PaymentRequirements toSign(PaymentRequirements offer, Asset asset, Map<String, Object> extra) {
		return new PaymentRequirements(offer.scheme(), offer.network(), offer.amount(), asset.address(), offer.payTo(),
				offer.maxTimeoutSeconds(), extra);
	}

	private static boolean isSame(PaymentRequirements offer, String key, @Nullable String known) {
		Object announced = offer.extra().get(key);
		return announced == null || known == null || announced.equals(known);
	}

	private void requireFlow(PaymentRequirements offer, PurchaseTerms terms) {
		Object flow = offer.extra().getOrDefault(PaymentRequirements.PAYMENT_FLOW, PayableOffer.AUTHORIZATION);
		require(flow instanceof String name && this.allowed.flows().contains(name), RefusalReason.FLOW_NOT_ALLOWED,
				terms);
	}

	@Contract("false, _, _ -> fail")
	private static void require(boolean condition, RefusalReason reason, @Nullable PurchaseTerms terms) {
		if (!condition) {
			throw new PaymentRefusedException(reason, terms, null);
		}
	}

}
