/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the chain says, nothing is settled but the offer, by a signature of the payer,
 * within its time.
 */
class RefusalProperties {

	private static final String PAYER = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	private static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String OTHER = "0x1111111111111111111111111111111111111111";

	private static final String TOKEN = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	private static final Networks NETWORKS = Networks.load();

	private static final long NOW = 1_800_000_000;

	@Property(seed = "1")
	void anEip3009PaymentPassesOnlyAsOffered(@ForAll SignatureCheck.Result signature, @ForAll boolean token,
			@ForAll boolean paysSeller, @ForAll @IntRange(min = -1, max = 1) int amount,
			@ForAll @IntRange(min = -9, max = 9) int start, @ForAll @IntRange(min = -9, max = 60) int end,
			@ForAll boolean network) {
		PaymentRequirements offer = offer("exact", Map.of("name", "USDC", "version", "2"));
		EvmPayload.Eip3009 payment = new EvmPayload.Eip3009("0x00", PAYER, paysSeller ? SELLER : OTHER,
				BigInteger.valueOf(100 + amount), BigInteger.valueOf(NOW + start), BigInteger.valueOf(NOW + end),
				"0x" + "01".repeat(32));
		boolean signed = signature == SignatureCheck.Result.VALID || signature == SignatureCheck.Result.COUNTERFACTUAL;
		Reason reason = refusal(offer, payment.toMap(), network, new PaymentFacts(signature, token), false);
		assertThat(reason == null)
			.isEqualTo(signed && token && paysSeller && amount == 0 && start <= 0 && end >= 6 && network);
	}

	@Property(seed = "1")
	void aPermit2PaymentPassesOnlyAsOffered(@ForAll SignatureCheck.Result signature, @ForAll boolean token,
			@ForAll boolean paysSeller, @ForAll @IntRange(min = -1, max = 1) int amount,
			@ForAll @IntRange(min = -9, max = 9) int start, @ForAll @IntRange(min = -9, max = 60) int end,
			@ForAll boolean proxy, @ForAll boolean sameToken, @ForAll boolean upto, @ForAll boolean ours,
			@ForAll boolean settling) {
		PaymentRequirements offer = offer(upto ? "upto" : "exact", Map.of("assetTransferMethod", "permit2"));
		String spender = (upto == proxy) ? EvmPayload.Permit2.UPTO_PROXY : EvmPayload.Permit2.EXACT_PROXY;
		EvmPayload.Permit2 payment = new EvmPayload.Permit2("0x00", PAYER, sameToken ? TOKEN : OTHER,
				BigInteger.valueOf(100 + amount), spender, "7", BigInteger.valueOf(NOW + end),
				paysSeller ? SELLER : OTHER, BigInteger.valueOf(NOW + start), upto ? ours ? SELLER : OTHER : null);
		boolean enough = (upto && settling) ? amount >= 0 : amount == 0;
		Reason reason = refusal(offer, payment.toMap(), true, new PaymentFacts(signature, token), settling);
		assertThat(reason == null).isEqualTo(signature == SignatureCheck.Result.VALID && token && paysSeller && enough
				&& start <= 0 && end >= 6 && proxy && sameToken && (!upto || ours));
	}

	@Property(seed = "1")
	void whatNeedsNoNodeIsRefusedForTheSameReasonWithOne(@ForAll SignatureCheck.Result signature, @ForAll boolean token,
			@ForAll boolean paysSeller, @ForAll boolean proxy) {
		PaymentRequirements offer = offer("exact", Map.of("assetTransferMethod", "permit2"));
		EvmPayload.Permit2 payment = new EvmPayload.Permit2("0x00", PAYER, TOKEN, BigInteger.valueOf(100),
				proxy ? EvmPayload.Permit2.EXACT_PROXY : OTHER, "7", BigInteger.valueOf(NOW + 60),
				paysSeller ? SELLER : OTHER, BigInteger.ZERO, null);
		Authorization authorization = authorization(offer, payment.toMap(), true);
		Reason objection = authorization.objection(BigInteger.valueOf(NOW), false);
		if (objection != null) {
			assertThat(authorization.refusal(new PaymentFacts(signature, token), BigInteger.valueOf(NOW), false))
				.isEqualTo(objection);
		}
	}

	private static Reason refusal(PaymentRequirements offer, Map<String, Object> payload, boolean network,
			PaymentFacts facts, boolean settling) {
		return authorization(offer, payload, network).refusal(facts, BigInteger.valueOf(NOW), settling);
	}

	@SuppressWarnings("unchecked")
	private static Authorization authorization(PaymentRequirements offer, Map<String, Object> payload,
			boolean network) {
		PaymentCodec codec = new PaymentCodec();
		Map<String, Object> accepted = codec.read(codec.write(offer), Map.class);
		if (!network) {
			accepted.put("network", "eip155:1");
		}
		FacilitatorRequest request = new FacilitatorRequest(new PaymentPayload.V2(2, null, accepted, payload, null),
				offer, new ResourceInfo("https://shop.test/goods", null, null));
		return Authorizations.of(request, NETWORKS, Set.of(SELLER.toLowerCase(Locale.ROOT)));
	}

	private static PaymentRequirements offer(String scheme, Map<String, Object> extra) {
		return new PaymentRequirements(scheme, "eip155:84532", BigInteger.valueOf(100), TOKEN, SELLER, 60, extra);
	}

}
