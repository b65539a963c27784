/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.x402.spring.evm.BoundNonce;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Machine Payments Protocol over HTTP, beside x402 on the same handlers.
 */
abstract class AbstractMachinePaymentTests extends AbstractMachineClientTests {

	static final String SECRET = "x402.mpp.secret=0123456789abcdef0123456789abcdef";

	@Test
	void whenChallengeIsAnsweredThenIsChargedOnceAndGetsReceipt() throws Exception {
		HttpResponse<String> unpaid = get("/goods?a=1", "Accept-Payment", "evm/charge");
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(unpaid.headers().firstValue("Cache-Control")).contains("no-store");
		assertThat(unpaid.headers().firstValue("Content-Type")).contains("application/problem+json");
		Map<String, Object> challenge = challenge(unpaid);
		assertThat(challenge).containsEntry("method", "evm")
			.containsEntry("intent", "charge")
			.containsEntry("realm", "localhost:" + this.port)
			.containsEntry("description", "Some \"goods\"");
		assertThat(MachineBuyer.json(challenge.get("request"))).isEqualTo(
				Map.of("amount", "50000", "currency", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "methodDetails",
						Map.of("chainId", 84532, "credentialTypes", List.of("authorization"), "decimals", 6),
						"recipient", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"));
		assertThat(MachineBuyer.object(unpaid.body()))
			.containsEntry("type", "https://paymentauth.org/problems/payment-required")
			.containsEntry("title", "Payment Required")
			.containsEntry("status", 402)
			.containsEntry("challengeId", challenge.get("id"))
			.containsEntry("code", "payment_required")
			.containsKey("accepts");
		String credential = this.buyer.pay(challenge);
		HttpResponse<String> paid = get("/goods?a=1", "Authorization", credential);
		assertThat(paid.statusCode()).as(paid.body()).isEqualTo(200);
		assertThat(paid.body()).isEqualTo("goods 1");
		assertThat(paid.headers().firstValue("Cache-Control").orElseThrow()).contains("private");
		assertThat(String.join(",", paid.headers().allValues("Vary"))).contains("Authorization");
		Map<String, Object> receipt = MachineBuyer.json(paid.headers().firstValue("Payment-Receipt").orElseThrow());
		assertThat(receipt).containsEntry("method", "evm")
			.containsEntry("status", "success")
			.containsOnlyKeys("method", "reference", "status", "timestamp");
		assertThat((String) receipt.get("reference")).startsWith("0x");
		assertSettled(1);
		assertThat(this.facilitator.settlements()).last()
			.satisfies((request) -> assertThat(request.payer()).isEqualTo(this.buyer.address()));
		HttpResponse<String> again = get("/goods?a=1", "Authorization", credential);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo("goods 1");
		assertThat(MachineBuyer.json(again.headers().firstValue("Payment-Receipt").orElseThrow()))
			.containsEntry("reference", receipt.get("reference"));
		assertSettled(1);
		assertThat(this.shop.runs).hasValue(this.runsBefore + 1);
	}

	@Test
	void whenBuyerSpeaksX402ThenTheSameHandlerIsPaid() throws Exception {
		HttpResponse<String> unpaid = get("/goods?a=1");
		assertThat(unpaid.headers().firstValue("Content-Type")).contains("application/json");
		assertThat(MachineBuyer.challenges(unpaid)).hasSize(1);
		HttpResponse<String> paid = get("/goods?a=1", "PAYMENT-SIGNATURE",
				new Buyer().pay(Buyer.offers(unpaid.headers()).get(0)));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(paid.headers().firstValue("Payment-Receipt")).isPresent();
		assertSettled(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2000, 3000, 3500, 3700 })
	void whenUrlIsLongThenChallengesHaveWhatTheOffersLeave(int length) throws Exception {
		HttpResponse<String> unpaid = get("/goods?a=" + "b".repeat(length));
		assertThat(unpaid.statusCode()).isEqualTo(402);
		int size = unpaid.headers().firstValue("PAYMENT-REQUIRED").orElseThrow().length()
				+ String.join("", unpaid.headers().allValues("WWW-Authenticate")).length();
		assertThat(size).isLessThanOrEqualTo(6 * 1024);
	}

	@Test
	void whenChallengesAreMadeAtTheSameTimeThenTheyAreDifferent() throws Exception {
		Map<String, Object> one = challenge(get("/goods?a=1"));
		Map<String, Object> other = challenge(get("/goods?a=1"));
		assertThat(one.get("id")).isNotEqualTo(other.get("id"));
		assertThat(get("/goods?a=1", "Authorization", this.buyer.pay(one)).statusCode()).isEqualTo(200);
		assertThat(get("/goods?a=1", "Authorization", this.buyer.pay(other)).statusCode()).isEqualTo(200);
		assertSettled(2);
	}

	@ParameterizedTest
	@MethodSource("tampered")
	void whenCredentialIsTamperedWithThenIsRefusedUncharged(Tampering tampering) throws Exception {
		Map<String, Object> challenge = challenge(get("/goods?a=1"));
		assertRefused(get("/goods?a=1", "Authorization", this.buyer.pay(challenge, tampering.change)), tampering.code);
	}

	static Stream<Tampering> tampered() {
		return Stream.of(challenge("id", "6XPC_q7LHdOM9Uj3hpsKbv4USpj2WTvFaWn3g3sMp8M"),
				challenge("realm", "evil.example"), challenge("method", "tempo"), challenge("intent", "session"),
				challenge("expires", "2036-11-28T01:09:31Z"), challenge("digest", "sha-256=AAAA"),
				challenge("header", "Payment-Authorization"), challenge("opaque", "e30"), challenge("opaque", null),
				challenge("request", MachineBuyer.encode(Map.of("amount", "1"))), cheaper(),
				new Tampering("no challenge", "malformed_payment", (all) -> all.remove("challenge")),
				new Tampering("no payload", "malformed_payment", (all) -> all.remove("payload")),
				new Tampering("other source", "malformed_payment",
						(all) -> all.put("source", "did:pkh:eip155:84532:0x0000000000000000000000000000000000000001")),
				payload("nonce", "0x" + "ab".repeat(32), "invalid_challenge"),
				payload("validBefore", "99999999999", "invalid_challenge"),
				payload("type", "permit2", "unsupported_payload_type"), payload("nonce", 7, "malformed_payment"),
				payload("from", "0x1", "malformed_payment"),
				payload("value", "1", "invalid_exact_evm_payload_authorization_value_mismatch"),
				payload("to", "0x0000000000000000000000000000000000000001", "invalid_exact_evm_recipient_mismatch"),
				payload("validBefore", "1700000000", "invalid_exact_evm_payload_authorization_valid_before"));
	}

	private static Tampering challenge(String member, String value) {
		return new Tampering(member, "invalid_challenge", (all) -> {
			Map<String, Object> challenge = MachineBuyer.member(all, "challenge");
			if (value != null) {
				challenge.put(member, value);
			}
			else {
				challenge.remove(member);
			}
		});
	}

	/**
	 * The whole challenge and its authorization for another amount, but without the
	 * secret.
	 */
	private static Tampering cheaper() {
		return new Tampering("cheaper", "invalid_challenge", (all) -> {
			Map<String, Object> challenge = MachineBuyer.member(all, "challenge");
			Map<String, Object> request = MachineBuyer.json(challenge.get("request"));
			request.put("amount", "1");
			challenge.put("request", MachineBuyer.encode(request));
			all.putAll(new MachineBuyer("3".repeat(64)).credential(challenge,
					BoundNonce.of("" + challenge.get("id") + challenge.get("realm")),
					Instant.parse((String) challenge.get("expires"))));
		});
	}

	private static Tampering payload(String member, Object value, String code) {
		return new Tampering(member, code, (all) -> MachineBuyer.member(all, "payload").put(member, value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cheap", "/goods?a=2", "/goods" })
	void whenChallengeIsOfAnotherRequestThenIsRefusedUncharged(String path) throws Exception {
		Map<String, Object> challenge = challenge(get("/goods?a=1"));
		assertRefused(get(path, "Authorization", this.buyer.pay(challenge)), "invalid_challenge");
		assertThat(get("/goods?a=1", "Authorization", this.buyer.pay(challenge)).statusCode()).isEqualTo(200);
	}

	@Test
	void whenChallengeIsOfAnotherMethodThenIsRefusedUncharged() throws Exception {
		Map<String, Object> challenge = challenge(send("POST", "/goods?a=1", "x"));
		assertRefused(get("/goods?a=1", "Authorization", this.buyer.pay(challenge)), "invalid_challenge");
	}

	@Test
	void whenCredentialIsUsedForAnotherBodyThenIsRefusedUncharged() throws Exception {
		Map<String, Object> challenge = challenge(send("POST", "/goods?a=1", "one"));
		String credential = this.buyer.pay(challenge);
		HttpResponse<String> paid = send("POST", "/goods?a=1", "one", "Authorization", credential);
		assertThat(paid.body()).isEqualTo("goods one");
		HttpResponse<String> other = send("POST", "/goods?a=1", "two", "Authorization", credential);
		assertThat(other.statusCode()).isEqualTo(409);
		assertThat(MachineBuyer.object(other.body())).containsEntry("code", "payment_already_bound")
			.containsEntry("type", "about:blank")
			.containsEntry("title", "Conflict")
			.containsEntry("status", 409);
		assertSettled(1);
	}

	@Test
	void whenChallengeHasExpiredThenIsRefusedUnchargedButCollectsWhatWasPaid() throws Exception {
		Map<String, Object> late = challenge(get("/goods?a=1"));
		String paid = this.buyer.pay(challenge(get("/goods?a=1")));
		assertThat(get("/goods?a=1", "Authorization", paid).statusCode()).isEqualTo(200);
		this.clock.pass(Duration.ofMinutes(6));
		HttpResponse<String> refused = get("/goods?a=1", "Authorization", this.buyer.pay(late));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(MachineBuyer.object(refused.body()))
			.containsEntry("code", "invalid_exact_evm_payload_authorization_valid_before")
			.containsEntry("type", "https://paymentauth.org/problems/payment-expired");
		assertThat(get("/goods?a=1", "Authorization", paid).statusCode()).isEqualTo(200);
		assertSettled(1);
	}

	@Test
	void whenPriceHasChangedThenIsRefusedUnchargedButCollectsWhatWasPaid() throws Exception {
		this.shop.price = "$0.01";
		Map<String, Object> late = challenge(get("/changing"));
		String paid = this.buyer.pay(challenge(get("/changing")));
		assertThat(get("/changing", "Authorization", paid).statusCode()).isEqualTo(200);
		this.shop.price = "$0.02";
		HttpResponse<String> refused = get("/changing", "Authorization", this.buyer.pay(late));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(MachineBuyer.object(refused.body())).containsEntry("code", "requirements_mismatch")
			.containsEntry("type", "https://paymentauth.org/problems/invalid-challenge");
		assertThat(get("/changing", "Authorization", paid).statusCode()).isEqualTo(200);
		assertSettled(1);
	}

	@Test
	void whenBothFramingsAreSentThenIsRefusedUncharged() throws Exception {
		HttpResponse<String> unpaid = get("/goods?a=1");
		String credential = this.buyer.pay(challenge(unpaid));
		String x402 = new Buyer().pay(Buyer.offers(unpaid.headers()).get(0));
		for (HttpResponse<String> refused : List.of(
				get("/goods?a=1", "Authorization", credential, "PAYMENT-SIGNATURE", x402),
				get("/goods?a=1", "Authorization", credential, "X-PAYMENT", "e30="),
				get("/goods?a=1", "Authorization", credential, "Payment-Authorization", credential),
				get("/goods?a=1", "Authorization", credential, "Authorization", credential))) {
			assertThat(refused.statusCode()).isEqualTo(400);
			assertThat(MachineBuyer.object(refused.body())).containsEntry("code", "ambiguous_payment")
				.containsEntry("type", "https://paymentauth.org/problems/bad-request");
		}
		assertSettled(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Payment", "Payment ", "Payment e30=", "Payment ****", "Payment W10", "payment e30",
			"Payment eyJjaGFsbGVuZ2UiOm51bGx9" })
	void whenCredentialIsGarbageThenIsRefusedUncharged(String credential) throws Exception {
		HttpResponse<String> refused = get("/goods?a=1", "Authorization", credential);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(MachineBuyer.object(refused.body())).containsEntry("code",
				credential.strip().equals("Payment") ? "payment_required" : "malformed_payment");
		assertSettled(0);
	}

	@Test
	void whenHandlerFailsThenNothingIsCharged() throws Exception {
		Map<String, Object> challenge = challenge(get("/fails"));
		HttpResponse<String> failed = get("/fails", "Authorization", this.buyer.pay(challenge));
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.headers().firstValue("Payment-Receipt")).isEmpty();
		assertSettled(0);
	}

	@Test
	void whenSettlementIsDeclinedThenNoOtherPaymentIsAskedFor() throws Exception {
		Map<String, Object> challenge = challenge(get("/goods?a=1"));
		this.facilitator.declining();
		HttpResponse<String> declined = get("/goods?a=1", "Authorization", this.buyer.pay(challenge));
		assertThat(declined.statusCode()).isEqualTo(402);
		assertThat(declined.body()).doesNotContain("goods");
		assertThat(declined.headers().firstValue("Payment-Receipt")).isEmpty();
		assertThat(declined.headers().firstValue("WWW-Authenticate")).isEmpty();
		assertThat(MachineBuyer.object(declined.body())).containsEntry("type",
				"https://paymentauth.org/problems/verification-failed");
	}

	private record Tampering(String name, String code, Consumer<Map<String, Object>> change) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
