/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettledTransfers;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What events and calls prove, whatever stands around them: an honest token is simulated,
 * and so it is known which payments it really made.
 */
class EvidenceProperties {

	private static final String TOKEN = TestChain.USDC;

	private static final String PAYER = "0x1111111111111111111111111111111111111111";

	private static final String PAY_TO = "0x2222222222222222222222222222222222222222";

	private static final String OTHER = "0x3333333333333333333333333333333333333333";

	private static final BigInteger PRICE = BigInteger.valueOf(50_000);

	private static final BigInteger END = BigInteger.valueOf(2_000_000_000);

	private static final int NONCES = 4;

	/**
	 * A payment is settled if, and only if, the token carried out its authorization; and
	 * it is void only if the token used its nonce for something else.
	 */
	@Property(tries = 3_000, seed = "1")
	void eventsNeverSettleWhatTheTokenDidNotCarryOut(@ForAll("steps") @Size(min = 1, max = 7) List<Step> steps,
			@ForAll boolean useFirst) {
		List<EventLog> logs = new ArrayList<>();
		Map<Integer, Step> uses = carryOut(steps, useFirst, logs);
		Set<Integer> transfers = new HashSet<>();
		for (int nonce = 0; nonce < NONCES; nonce++) {
			Finding finding = eip3009(nonce).read(receipt(logs), Calls.UNKNOWN);
			Step use = uses.get(nonce);
			switch (finding.kind()) {
				case SETTLED -> {
					assertThat(use).isNotNull().extracting(Step::pays).isEqualTo(true);
					assertThat(transfers.add(finding.transfer())).as("a transfer of its own").isTrue();
				}
				case VOID -> assertThat(use).isNotNull().extracting(Step::pays).isEqualTo(false);
				case NONE -> assertThat(use).isNull();
				default -> assertThat(use).isNotNull();
			}
		}
	}

	/**
	 * With all calls known, nothing is left unclear, whatever other contracts and
	 * functions are called with.
	 */
	@Property(tries = 3_000, seed = "1")
	void eventsAndCallsDecide(@ForAll("steps") @Size(min = 1, max = 7) List<Step> steps, @ForAll boolean useFirst) {
		List<EventLog> logs = new ArrayList<>();
		Map<Integer, Step> uses = carryOut(steps, useFirst, logs);
		List<ContractCall> made = new ArrayList<>();
		for (int nonce : uses.keySet()) {
			String payment = Step.PAYMENT.call(nonce).data();
			made.add(new ContractCall(OTHER, payment));
			made.add(new ContractCall(TOKEN, "0xdeadbeef" + payment.substring(10) + payment.substring(2)));
		}
		uses.forEach((nonce, use) -> made.add(use.call(nonce)));
		Calls calls = new Calls(made, true);
		for (int nonce = 0; nonce < NONCES; nonce++) {
			Step use = uses.get(nonce);
			Finding.Kind expected = (use == null) ? Finding.Kind.NONE
					: use.pays() ? Finding.Kind.SETTLED : Finding.Kind.VOID;
			assertThat(eip3009(nonce).read(receipt(logs), calls).kind()).isEqualTo(expected);
		}
	}

	/**
	 * A use is the first event, or the token is known to emit it first: as USDC does.
	 */
	@Property(seed = "1")
	void whenOnlyAuthorizationsAreUsedThenEventsAloneDecide(@ForAll("uses") @Size(min = 1, max = 4) List<Step> steps) {
		List<EventLog> logs = new ArrayList<>();
		Map<Integer, Step> uses = carryOut(steps, true, logs);
		uses.forEach((nonce, use) -> assertThat(eip3009(nonce).read(receipt(logs), Calls.UNKNOWN).kind())
			.isEqualTo(use.pays() ? Finding.Kind.SETTLED : Finding.Kind.VOID));
	}

	/**
	 * Whatever follows the parameters of a call, it settles the payment that it names.
	 */
	@Property(seed = "1")
	void callsOfProxiesSettleThePaymentTheyNameOnly(@ForAll @IntRange(max = 3) int settled,
			@ForAll @IntRange(max = 3) int asked, @ForAll boolean upto, @ForAll("garbage") String garbage) {
		ContractCall call = permit2(settled, upto).transfer();
		ContractCall padded = new ContractCall(call.to(),
				call.data() + garbage + permit2(asked, upto).payment().signature().substring(2)
						+ permit2(asked, upto).transfer().data().substring(10));
		List<EventLog> logs = List.of(transfer(PAYER, PAY_TO, PRICE));
		Finding finding = permit2(asked, upto).read(receipt(logs), Calls.outermost(padded, true));
		assertThat(finding).isEqualTo((asked == settled) ? Finding.settled(0) : Finding.NONE);
		assertThat(permit2(asked, !upto).read(receipt(logs), Calls.outermost(padded, true)).kind())
			.isNotEqualTo(Finding.Kind.SETTLED);
	}

	/**
	 * A single changed digit of the parameters makes it another payment, or none.
	 */
	@Property(seed = "1")
	void whenTermsOfACallDifferThenNothingIsSettled(@ForAll boolean upto, @ForAll @IntRange(max = 8) int word,
			@ForAll @IntRange(max = 63) int digit, @ForAll @IntRange(min = 1, max = 15) int change) {
		ContractCall call = permit2(1, upto).transfer();
		int at = 10 + (word % (upto ? 9 : 7)) * 64 + digit;
		char changed = Character.forDigit(Character.digit(call.data().charAt(at), 16) ^ change, 16);
		ContractCall other = new ContractCall(call.to(),
				call.data().substring(0, at) + changed + call.data().substring(at + 1));
		List<EventLog> logs = List.of(transfer(PAYER, PAY_TO, PRICE));
		assertThat(permit2(1, upto).read(receipt(logs), Calls.outermost(other, true)).kind())
			.isNotEqualTo(Finding.Kind.SETTLED);
	}

	@Property(seed = "1")
	void whenCallIsCutThenNothingIsSettled(@ForAll boolean upto, @ForAll @IntRange(max = 500) int length) {
		ContractCall call = permit2(1, upto).transfer();
		ContractCall cut = new ContractCall(call.to(), call.data().substring(0, 2 + length));
		assertThat(permit2(1, upto).read(receipt(List.of(transfer(PAYER, PAY_TO, PRICE))), Calls.outermost(cut, true))
			.isSettled()).isFalse();
	}

	/**
	 * Calls of one transaction each have a transfer of their own.
	 */
	@Property(seed = "1")
	void whenOneTransactionSettlesSeveralThenEachHasItsTransfer(
			@ForAll @Size(min = 1, max = 4) Set<@IntRange(max = 3) Integer> nonces) {
		List<Integer> order = List.copyOf(nonces);
		Calls calls = new Calls(order.stream().map((nonce) -> permit2(nonce, false).transfer()).toList(), true);
		List<EventLog> logs = order.stream().map((nonce) -> transfer(PAYER, PAY_TO, PRICE)).toList();
		for (int i = 0; i < order.size(); i++) {
			assertThat(permit2(order.get(i), false).read(receipt(logs), calls)).isEqualTo(Finding.settled(i));
		}
		assertThat(permit2(order.get(0), false).read(receipt(logs.subList(1, logs.size())), calls).transfer())
			.isLessThan(logs.size() - 1);
	}

	@Property(seed = "1")
	void theFirstBlockWithAUsedNonceIsFound(@ForAll @IntRange(max = 20_000) int oldest,
			@ForAll @IntRange(min = 1, max = 20_000) int length, @ForAll @IntRange(max = 20_000) int after) {
		long head = oldest + length;
		long usedAt = oldest + (after % (length + 1));
		int[] asked = new int[1];
		Long found = new UseSearch((block) -> {
			asked[0]++;
			assertThat(block).isBetween((long) oldest, head);
			return block >= usedAt;
		}).find(oldest, head);
		assertThat(found).isEqualTo((usedAt == oldest) ? null : (Long) usedAt);
		assertThat(asked[0]).isLessThan(32);
	}

	@Property(seed = "1")
	void aTransferBacksOnePaymentOnly(@ForAll @Size(max = 30) List<@IntRange(max = 35) Integer> takes) {
		SettledTransfers transfers = new SettledTransfers();
		Map<String, Integer> whole = new HashMap<>();
		Map<String, Integer> single = new HashMap<>();
		for (int take : takes) {
			int payment = take % 3;
			String transaction = "0x" + (take / 3) % 3;
			Integer transfer = ((take / 9) % 4 == 3) ? null : (take / 9) % 4;
			if (transfers.take("eip155:1", transaction, transfer, payment, 0)) {
				Map<String, Integer> map = (transfer == null) ? whole : single;
				assertThat(map.put(transaction + "/" + transfer, payment)).isIn(null, payment);
			}
		}
		single.forEach((key, payment) -> assertThat(whole.get(key.substring(0, 3) + "/null")).isIn(null, payment));
	}

	@Provide
	Arbitrary<List<Step>> steps() {
		return Arbitraries.of(Step.values()).list();
	}

	@Provide
	Arbitrary<List<Step>> uses() {
		return Arbitraries.of(Step.PAYMENT, Step.NOTHING_TO_ONESELF, Step.OTHER_AMOUNT_TO_OTHER).list();
	}

	@Provide
	Arbitrary<String> garbage() {
		return Arbitraries.strings().withChars("0123456789abcdef").ofMaxLength(200).map((text) -> text);
	}

	private static Map<Integer, Step> carryOut(List<Step> steps, boolean useFirst, List<EventLog> logs) {
		Map<Integer, Step> uses = new HashMap<>();
		for (Step step : steps) {
			if (!step.authorized) {
				logs.add(transfer(PAYER, step.to, step.amount));
			}
			else if (uses.size() < NONCES) {
				int nonce = uses.size();
				uses.put(nonce, step);
				EventLog used = log(Eip3009Events.USED, Hex.topic(PAYER), nonce(nonce));
				EventLog moved = transfer(PAYER, step.to, step.amount);
				logs.addAll(useFirst ? List.of(used, moved) : List.of(moved, used));
			}
		}
		return uses;
	}

	private static Eip3009Authorization eip3009(int nonce) {
		PaymentRequirements offer = ChainBuyer.offer(PAY_TO);
		return (Eip3009Authorization) of(offer,
				new EvmPayload.Eip3009("0x" + "ab".repeat(65), PAYER, PAY_TO, PRICE, BigInteger.ZERO, END, nonce(nonce))
					.toMap());
	}

	private static Permit2Authorization permit2(int nonce, boolean upto) {
		PaymentRequirements offer = upto ? ChainBuyer.uptoOffer(PAY_TO, OTHER) : ChainBuyer.permit2Offer(PAY_TO);
		return (Permit2Authorization) of(offer,
				new EvmPayload.Permit2("0x" + ("a" + nonce).repeat(65), PAYER, TOKEN, PRICE,
						upto ? EvmPayload.Permit2.UPTO_PROXY : EvmPayload.Permit2.EXACT_PROXY,
						Integer.toString(1000 + nonce), END, PAY_TO, BigInteger.ONE, upto ? OTHER : null)
					.toMap());
	}

	private static Authorization of(PaymentRequirements offer, Map<String, Object> payload) {
		return Authorizations.of(
				new FacilitatorRequest(
						new PaymentPayload.V2(2, null, Map.of("scheme", offer.scheme(), "network", offer.network()),
								payload, null),
						offer, new ResourceInfo("https://shop.example.test/weather", null, null)),
				Networks.load(), Set.of());
	}

	private static TransactionReceipt receipt(List<EventLog> logs) {
		return new TransactionReceipt("0x" + "ee".repeat(32), "0x" + "ff".repeat(20), true, 7, "0x" + "bb".repeat(32),
				logs);
	}

	private static EventLog transfer(String from, String to, BigInteger amount) {
		return new EventLog(TOKEN, List.of(Token.TRANSFER, Hex.topic(from), Hex.topic(to)),
				"0x" + "%064x".formatted(amount), "0x" + "ee".repeat(32));
	}

	private static EventLog log(String... topics) {
		return new EventLog(TOKEN, List.of(topics), "0x", "0x" + "ee".repeat(32));
	}

	private static String nonce(int nonce) {
		return "0x" + "%064x".formatted(nonce + 1);
	}

	/**
	 * What a transaction can have the token do.
	 */
	enum Step {

		PAYMENT(true, PAY_TO, PRICE),

		NOTHING_TO_ONESELF(true, PAYER, BigInteger.ZERO),

		NOTHING_TO_SELLER(true, PAY_TO, BigInteger.ZERO),

		OTHER_AMOUNT_TO_OTHER(true, OTHER, BigInteger.TEN),

		PRICE_TO_OTHER(true, OTHER, PRICE),

		PLAIN_PRICE(false, PAY_TO, PRICE),

		PLAIN_OTHER(false, OTHER, PRICE),

		PLAIN_NOTHING(false, PAYER, BigInteger.ZERO);

		private final boolean authorized;

		private final String to;

		private final BigInteger amount;

		Step(boolean authorized, String to, BigInteger amount) {
			this.authorized = authorized;
			this.to = to;
			this.amount = amount;
		}

		boolean pays() {
			return this.authorized && this.to.equals(PAY_TO) && this.amount.equals(PRICE);
		}

		ContractCall call(int nonce) {
			return new ContractCall(TOKEN,
					Abi.encode(Eip3009Call.TRANSFER_BYTES, Abi.address(PAYER), Abi.address(this.to),
							Abi.uint(this.amount), Abi.uint(BigInteger.ZERO), Abi.uint(END),
							Abi.bytes32(nonceOf(nonce)), Abi.bytes("0x00")));
		}

		private static String nonceOf(int nonce) {
			return "0x" + "%064x".formatted(nonce + 1);
		}

	}

}
