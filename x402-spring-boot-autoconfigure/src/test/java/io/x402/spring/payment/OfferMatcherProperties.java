/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a buyer says, the result is the seller's own offer and no more than one.
 */
class OfferMatcherProperties {

	private final OfferMatcher matcher = new OfferMatcher(Networks.load());

	@Property(seed = "1")
	void anEchoedOfferIsFoundAndIsTheSellersOwnObject(@ForAll("offerLists") List<PaymentRequirements> offers,
			@ForAll int choice) {
		PaymentRequirements chosen = offers.get(Math.floorMod(choice, offers.size()));
		List<PaymentRequirements> found = match(offers, Payments.json(chosen));
		assertThat(found).hasSize(1);
		assertThat(found.get(0)).isSameAs(chosen);
	}

	@Property(seed = "1")
	void anyMixtureOfOffersFindsOneOfTheSellersOwnObjectsOrNone(@ForAll("offerLists") List<PaymentRequirements> offers,
			@ForAll("offers") PaymentRequirements foreign, @ForAll int seed) {
		Map<String, Object> accepted = Payments.json(offers.get(0));
		Payments.json(foreign).forEach((name, value) -> {
			if (((seed >> (name.hashCode() & 31)) & 1) == 1) {
				accepted.put(name, value);
			}
		});
		List<PaymentRequirements> found = match(offers, accepted);
		assertThat(found).hasSizeLessThanOrEqualTo(1)
			.allSatisfy((offer) -> assertThat(offers).anyMatch((own) -> own == offer))
			.allSatisfy((offer) -> assertThat(fits(offer, accepted)).isTrue());
	}

	@Property(seed = "1")
	void moreExtraIsAllowed(@ForAll("offers") PaymentRequirements offer, @ForAll("values") Object value) {
		Map<String, Object> accepted = Payments.json(offer);
		Map<String, Object> extra = new HashMap<>(offer.extra());
		extra.put("added", value);
		accepted.put("extra", extra);
		assertThat(match(List.of(offer), accepted)).containsExactly(offer);
	}

	@Property(seed = "1")
	void aListInExtraHasToBeTheSame(@ForAll("values") Object first, @ForAll("values") Object second) {
		PaymentRequirements offer = Payments.offer(Map.of("list", List.of(first)));
		Map<String, Object> accepted = Payments.json(offer);
		for (List<Object> other : List.<List<Object>>of(List.of(), List.of(first, second), List.of(List.of(first)))) {
			accepted.put("extra", Map.of("list", other));
			assertThat(match(List.of(offer), accepted)).isEmpty();
		}
		accepted.put("extra", Map.of("list", List.of(second)));
		assertThat(match(List.of(offer), accepted)).hasSize(first.equals(second) ? 1 : 0);
	}

	@Property(seed = "1")
	void everyOtherChangeIsRefused(@ForAll("offers") PaymentRequirements offer,
			@ForAll("mutations") Mutation mutation) {
		Map<String, Object> accepted = Payments.json(offer);
		mutation.change().accept(accepted);
		assertThat(match(List.of(offer), accepted)).as(mutation.name()).isEmpty();
	}

	@Property(seed = "1")
	void theLetterCaseOfAddressesCountsOffEvmNetworksOnly(@ForAll("offers") PaymentRequirements offer) {
		Map<String, Object> accepted = Payments.json(offer);
		accepted.put("payTo", offer.payTo().toLowerCase(Locale.ROOT));
		accepted.put("asset", offer.asset().toUpperCase(Locale.ROOT).replace("0X", "0x"));
		boolean evm = offer.network().startsWith("eip155:");
		assertThat(match(List.of(offer), accepted)).hasSize(evm ? 1 : 0);
	}

	@Property(seed = "1")
	void aV1PaymentFindsOffersOfItsNetworkReceiverAndAmountOnly(
			@ForAll("offerLists") List<PaymentRequirements> offers) {
		List<PaymentRequirements> found = this.matcher.match(offers, Payments.paymentV1(1));
		assertThat(found).allSatisfy((offer) -> {
			assertThat(offers).anyMatch((own) -> own == offer);
			assertThat(offer.network()).isEqualTo("eip155:84532");
			assertThat(offer.payTo()).isEqualTo(Payments.SELLER);
			assertThat(offer.amount()).isEqualTo(10_000);
		});
	}

	@Property(seed = "1")
	void aV1PaymentOfAnotherSchemeOrNetworkFindsNothing(@ForAll("offerLists") List<PaymentRequirements> offers) {
		Map<String, Object> payload = Payments.authorization(1);
		for (String network : List.of("avalanche", "eip155:84532", "", "BASE-SEPOLIA", "solana")) {
			assertThat(this.matcher.match(offers, new PaymentPayload.V1(1, "exact", network, payload))).isEmpty();
		}
		assertThat(this.matcher.match(offers, new PaymentPayload.V1(1, "upto", "base-sepolia", payload))).isEmpty();
	}

	private List<PaymentRequirements> match(List<PaymentRequirements> offers, Map<String, Object> accepted) {
		return this.matcher.match(offers, new PaymentPayload.V2(2, null, accepted, Map.of(), null));
	}

	/**
	 * An independent and weaker statement of what fits.
	 */
	private static boolean fits(PaymentRequirements offer, Map<String, Object> accepted) {
		Map<?, ?> extra = (accepted.get("extra") instanceof Map<?, ?> map) ? map : Map.of();
		return offer.network().equals(accepted.get("network"))
				&& offer.amount().toString().equals(accepted.get("amount"))
				&& offer.payTo().equalsIgnoreCase((String) accepted.get("payTo"))
				&& offer.asset().equalsIgnoreCase((String) accepted.get("asset"))
				&& extra.keySet().containsAll(offer.extra().keySet());
	}

	@Provide
	Arbitrary<List<PaymentRequirements>> offerLists() {
		return offers().list().ofMinSize(1).ofMaxSize(6).map((list) -> new ArrayList<>(new LinkedHashSet<>(list)));
	}

	@Provide
	Arbitrary<PaymentRequirements> offers() {
		return Combinators
			.combine(Arbitraries.of(Payments.NETWORK, "eip155:8453", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"),
					Arbitraries.of(10_000L, 9_999L, 1L), Arbitraries.of(Payments.ASSET, Payments.PAYER),
					Arbitraries.of(Payments.SELLER, Payments.PAYER), extras())
			.as(Payments::offer);
	}

	private static Arbitrary<Map<String, Object>> extras() {
		return Arbitraries.maps(Arbitraries.of("name", "version", "paymentFlow", "nested"), values()).ofMaxSize(3);
	}

	@Provide
	static Arbitrary<Object> values() {
		return Arbitraries.of("USDC", "2", 2, true, List.of("a", 1), Map.of("a", "b"), Map.of("a", "b", "c", 3));
	}

	@Provide
	Arbitrary<Mutation> mutations() {
		List<Mutation> mutations = new ArrayList<>();
		for (String name : List.of("scheme", "network", "amount", "asset", "payTo", "maxTimeoutSeconds")) {
			mutations.add(new Mutation("without " + name, (accepted) -> accepted.remove(name)));
			for (Object value : Arrays.<Object>asList("", "other", "*", "9998", 10_000, 9_998, true, List.of(),
					Map.of(), List.of(10_000), 60.5, "60", "0x0000000000000000000000000000000000000000")) {
				mutations.add(new Mutation(name + "=" + value, (accepted) -> accepted.put(name, value)));
			}
			mutations.add(new Mutation("text of " + name + " with blank",
					(accepted) -> accepted.put(name, accepted.get(name) + " ")));
			mutations
				.add(new Mutation("list of " + name, (accepted) -> accepted.put(name, List.of(accepted.get(name)))));
		}
		for (String name : List.of("amountMin", "resource", "description", "maxAmountRequired", "Amount", "")) {
			mutations.add(new Mutation("additional " + name, (accepted) -> accepted.put(name, "1")));
		}
		for (Object extra : List.of("", "x", 1, true, List.of(), List.of("name"))) {
			mutations.add(new Mutation("extra=" + extra, (accepted) -> accepted.put("extra", extra)));
		}
		mutations.add(new Mutation("amount one less",
				(accepted) -> accepted.merge("amount", -1, OfferMatcherProperties::add)));
		mutations.add(new Mutation("amount one more",
				(accepted) -> accepted.merge("amount", 1, OfferMatcherProperties::add)));
		mutations
			.add(new Mutation("amount with zero", (accepted) -> accepted.put("amount", "0" + accepted.get("amount"))));
		mutations.add(new Mutation("nothing", Map::clear));
		return Arbitraries.of(mutations);
	}

	private static Object add(Object amount, Object difference) {
		return Long.toString(Long.parseLong((String) amount) + (Integer) difference);
	}

	/**
	 * One change of what the buyer says.
	 */
	record Mutation(String name, Consumer<Map<String, Object>> change) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
