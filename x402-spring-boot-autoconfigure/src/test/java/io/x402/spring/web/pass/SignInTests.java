/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.x402.spring.access.Passes;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.store.PassRecord;
import io.x402.spring.web.edge.Container;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Buyers who sign in to use what they have paid for, and attempts to do so without.
 */
@SpringBootTest(classes = SignInShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.sign-in.enabled=true",
				"x402.base-url=" + SignInShop.BASE_URL, "x402.sign-in.statement=Use what you have paid for" })
class SignInTests {

	private static final SignInWallet WALLET = SignInWallet.OF_BUYER;

	private static final String PATH = "/report?id=1";

	private static final SignInWallet STRANGER = new SignInWallet("22".repeat(32));

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private MovingClock clock;

	@Autowired
	private Passes passes;

	private PassClient client;

	private int settled;

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@AfterEach
	void restore() {
		this.clock.pass(this.clock.ahead().negated());
		this.passes.latest(null, 1000).forEach((pass) -> this.passes.revoke(pass.pass().id()));
		this.facilitator.settling((request) -> new SettlementOutcome.Settled(FacilitatorDouble.receipt(request)));
	}

	@Test
	void whenOwnerSignsInThenPassIsUsedWithoutPaymentAndToken() {
		String token = this.client.buy("/report");
		this.settled = this.facilitator.settled();
		HttpResponse<String> served = signIn("/report");
		assertThat(served.statusCode()).isEqualTo(200);
		assertThat(served.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(served.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(served.headers().firstValue("Cache-Control").orElse("")).contains("private");
		assertThat(PassClient.header(served, PassClient.REMAINING)).isEqualTo("1");
		assertThat(this.client.uses("/report", token)).isEqualTo(1);
		assertThat(this.facilitator.settled()).isEqualTo(this.settled);
		assertRefused(signIn("/report"), "sign_in_without_pass");
	}

	@Test
	void whenOwnerSignsInThenHandlerSeesThePassOfTheAccount() {
		this.client.buy("/hour");
		assertThat(signIn("/hour").body()).isEqualTo("pass of " + WALLET.address());
		this.clock.pass(Duration.ofHours(1));
		assertRefused(signIn("/hour"), "sign_in_without_pass");
	}

	@Test
	void whenPassIsRevokedThenItsOwnerPays() {
		this.client.buy("/hour");
		this.passes.revoke(this.passes.latest(null, 1).get(0).pass().id());
		assertRefused(signIn("/hour"), "sign_in_without_pass");
	}

	@Test
	void whenOwnerHasSeveralPassesThenTheFirstIsUsedUpFirst() {
		String first = this.client.buy("/report");
		String second = this.client.buy("/report");
		assertThat(signIn("/report").statusCode()).isEqualTo(200);
		assertThat(signIn("/report").statusCode()).isEqualTo(200);
		assertThat(signIn("/report").statusCode()).isEqualTo(200);
		assertThat(this.client.uses("/report", first)).isZero();
		assertThat(this.client.uses("/report", second)).isEqualTo(1);
	}

	@Test
	void whenOwnerOfABalanceSignsInThenPriceIsTakenOfIt() {
		this.client.pay("/credit", this.client.topUp("/credit"));
		for (int left = 6000; left >= 0; left -= 2000) {
			HttpResponse<String> served = signIn("/credit");
			assertThat(served.body()).isEqualTo("left " + left);
			assertThat(PassClient.header(served, PassClient.BALANCE)).isEqualTo(Integer.toString(left));
		}
		assertRefused(signIn("/credit"), "sign_in_without_pass");
	}

	@Test
	void whenFirstBalanceIsTooLowThenTheNextOnePays() {
		String first = PassClient.token(this.client.pay("/credit", this.client.topUp("/credit")));
		assertThat(this.client.uses("/credit", first)).isEqualTo(4);
		this.client.pay("/credit", this.client.topUp("/credit"));
		assertThat(signIn("/credit").body()).isEqualTo("left 6000");
	}

	@Test
	void whenAllBalancesAreTooLowThenTheFirstIsShown() {
		this.client.pay("/dear-credit", this.client.topUp("/dear-credit"));
		HttpResponse<String> refused = signIn("/dear-credit");
		assertRefused(refused, "credit_insufficient");
		assertThat(PassClient.header(refused, PassClient.BALANCE)).isEqualTo("3000");
		assertThat(signIn("/credit").body()).isEqualTo("left 1000");
	}

	@Test
	void whenHandlerFailsThenUseIsGivenBack() {
		this.client.buy("/report");
		assertThat(signIn("/report?status=500").statusCode()).isEqualTo(500);
		// after the response has left
		await().untilAsserted(
				() -> assertThat(this.passes.latest(null, 1)).extracting(PassRecord::remaining).containsExactly(2L));
	}

	@Test
	void whenPassOpensSeveralHandlersThenSignInDoesToo() {
		this.client.buy("/report");
		assertThat(signIn("/cheaper").statusCode()).isEqualTo(200);
		assertRefused(signIn("/dearer"), "sign_in_without_pass");
		assertRefused(signIn("/other"), "sign_in_without_pass");
		assertRefused(signIn("/mainnet"), "sign_in_without_pass");
	}

	@Test
	void whenChallengeIsReadThenItIsThatOfOfficialServers() {
		Map<String, Object> message = WALLET.message(this.client.get("/report?a=1").headers());
		assertThat(message).containsEntry("domain", "shop.example")
			.containsEntry("uri", SignInShop.BASE_URL + "/report?a=1")
			.containsEntry("resources", List.of(SignInShop.BASE_URL + "/report?a=1"))
			.containsEntry("version", "1")
			.containsEntry("chainId", "eip155:84532")
			.containsEntry("type", "eip191")
			.containsEntry("statement", "Use what you have paid for");
		assertThat(String.valueOf(message.get("nonce"))).matches("[0-9a-zA-Z]{8,}");
		assertThat(Instant.parse(String.valueOf(message.get("expirationTime"))))
			.isEqualTo(Instant.parse(String.valueOf(message.get("issuedAt"))).plusSeconds(300));
		assertThat(WALLET.message(this.client.get("/report?a=1").headers()).get("nonce"))
			.isNotEqualTo(message.get("nonce"));
	}

	@Test
	void whenHandlerSellsNoPassThenItAsksForNoSignIn() {
		assertThat(SignInWallet.isAsked(this.client.get("/single").headers())).isFalse();
		assertThat(SignInWallet.isAsked(this.client.get("/hour").headers())).isTrue();
		assertThat(PassClient.code(this.client.get("/single", SignInWallet.HEADER, "x"))).isEqualTo("payment_required");
	}

	@Test
	void whenHostIsForgedThenChallengeNamesTheConfiguredOne() {
		HttpResponse<String> challenge = this.client.get("/hour", "X-Forwarded-Host", "evil.example", "Forwarded",
				"host=evil.example");
		assertThat(WALLET.message(challenge.headers())).containsEntry("domain", "shop.example")
			.containsEntry("uri", SignInShop.BASE_URL + "/hour");
	}

	@Test
	void whenAccountHasNeverPaidThenPaymentIsRequired() {
		this.client.buy("/hour");
		Map<String, Object> message = STRANGER.message(this.client.get("/hour").headers());
		assertRefused(this.client.get("/hour", SignInWallet.HEADER, STRANGER.sign(message)), "sign_in_without_pass");
	}

	@Test
	void whenFreeCallsAreLeftThenSignInDoesNotTakeThemAway() {
		HttpResponse<String> free = this.client.get("/trial", SignInWallet.HEADER, "none");
		assertThat(free.statusCode()).isEqualTo(200);
		assertThat(PassClient.code(this.client.get("/trial", SignInWallet.HEADER, "none")))
			.isEqualTo("sign_in_invalid");
	}

	@Test
	void whenPaymentIsSentTooThenItIsTaken() {
		this.client.buy("/report");
		this.settled = this.facilitator.settled();
		String signIn = WALLET.sign(this.client.get("/report").headers());
		HttpResponse<String> served = this.client.get("/report", SignInWallet.HEADER, signIn, "PAYMENT-SIGNATURE",
				this.client.payment("/report"));
		assertThat(served.statusCode()).isEqualTo(200);
		assertThat(served.headers().firstValue(PassClient.TOKEN)).isPresent();
		assertThat(this.facilitator.settled()).isEqualTo(this.settled + 1);
	}

	@Test
	void whenTokenIsSentTooThenItAloneCounts() {
		this.client.buy("/report");
		String signIn = WALLET.sign(this.client.get("/report").headers());
		assertThat(PassClient.code(this.client.get("/report", SignInWallet.HEADER, signIn, PassClient.TOKEN, "none")))
			.isEqualTo("pass_invalid");
	}

	@Test
	void whenPaymentIsDeclinedOrItsOutcomeUnknownThenThePassThatWasPreparedOpensNothing() {
		this.facilitator.declining();
		assertThat(this.client.pay("/hour", this.client.payment("/hour")).statusCode()).isEqualTo(402);
		assertRefused(signIn("/hour"), "sign_in_without_pass");
		this.facilitator.settling(() -> new SettlementOutcome.Unknown("timeout", null));
		assertThat(this.client.pay("/hour", this.client.payment("/hour")).statusCode()).isEqualTo(503);
		assertRefused(signIn("/hour"), "sign_in_without_pass");
	}

	@Test
	void whenSignInIsSentManyTimesAtOnceThenItCountsOnce() throws Exception {
		String token = this.client.buy("/hour");
		String signIn = WALLET.sign(this.client.get("/hour").headers());
		ExecutorService threads = Executors.newFixedThreadPool(32);
		try {
			List<Future<Integer>> sent = IntStream.range(0, 64)
				.mapToObj(
						(i) -> threads.submit(() -> this.client.get("/hour", SignInWallet.HEADER, signIn).statusCode()))
				.toList();
			int served = 0;
			for (Future<Integer> response : sent) {
				served += (response.get() == 200) ? 1 : 0;
			}
			assertThat(served).isEqualTo(1);
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.client.use("/hour", token).statusCode()).isEqualTo(200);
	}

	static Stream<Named<Attack>> attacks() {
		return Stream.of(attack("replay", "sign_in_used", (shop, message) -> {
			String signIn = WALLET.sign(message);
			assertThat(shop.get(PATH, SignInWallet.HEADER, signIn).statusCode()).isEqualTo(200);
			return shop.get(PATH, SignInWallet.HEADER, signIn);
		}), attack("replay with other members that are not signed", "sign_in_used", (shop, message) -> {
			String signIn = WALLET.sign(message);
			assertThat(shop.get(PATH, SignInWallet.HEADER, signIn).statusCode()).isEqualTo(200);
			message.put("signatureScheme", "eip191");
			message.put("more", "members");
			return shop.get(PATH, SignInWallet.HEADER, WALLET.encode(message));
		}), attack("replay of a nonce under a new signature", "sign_in_used", (shop, message) -> {
			assertThat(shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message)).statusCode()).isEqualTo(200);
			message.put("statement", "Another one");
			return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
		}), invalid("another path of the scope",
				(shop, message) -> shop.get("/cheaper", SignInWallet.HEADER, WALLET.sign(message))),
				invalid("another query",
						(shop, message) -> shop.get("/report?id=2", SignInWallet.HEADER, WALLET.sign(message))),
				invalid("no query", (shop, message) -> shop.get("/report", SignInWallet.HEADER, WALLET.sign(message))),
				invalid("another spelling of the path",
						(shop, message) -> shop.get("/%72eport?id=1", SignInWallet.HEADER, WALLET.sign(message))),
				invalid("another method",
						(shop, message) -> shop.send("POST", PATH, SignInWallet.HEADER, WALLET.sign(message))),
				invalid("HEAD", (shop, message) -> {
					shop.send("HEAD", PATH, SignInWallet.HEADER, WALLET.sign(message));
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(shop.send("HEAD", PATH).headers()));
				}), changed("another URL in the message", "uri", "https://shop.example/other"),
				changed("URL of another host", "uri", "https://evil.example/report?id=1"),
				changed("another host", "domain", "evil.example"),
				changed("host with a port", "domain", "shop.example:443"),
				changed("host in capitals", "domain", "SHOP.EXAMPLE"),
				changed("host with a user", "domain", "x@shop.example"),
				changed("another network of the same family", "chainId", "eip155:1"),
				changed("network without its family", "chainId", "84532"),
				changed("network with a leading zero", "chainId", "eip155:084532"),
				changed("network of another family", "chainId", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"),
				changed("another kind of signature", "type", "ed25519"),
				changed("signature of a contract", "signatureScheme", "eip1271"),
				changed("signature of a contract that does not exist", "signatureScheme", "eip6492"),
				changed("another version", "version", "2"),
				changed("nonce of the buyer", "nonce", "00112233445566778899aabbccddeeff"),
				changed("nonce of 64 zeros", "nonce", "0".repeat(64)), changed("empty nonce", "nonce", ""),
				changed("time of the buyer", "issuedAt", Instant.now().toString()),
				changed("no time", "issuedAt", "now"),
				changed("line break in the statement", "statement", "a\nURI: https://shop.example/report?id=1"),
				changed("carriage return in the statement", "statement", "a\rb"),
				changed("line break in the identifier of the request", "requestId", "1\nResources:"),
				changed("separator of lines in a resource", "resources", List.of("a\u2028b")),
				changed("number for a text", "nonce", 1), changed("list for a text", "domain", List.of("shop.example")),
				changed("nothing for the host", "domain", null),
				changed("account of the owner in the name of a stranger", "address", STRANGER.address()),
				invalid("signature by another key",
						(shop, message) -> shop.get(PATH, SignInWallet.HEADER, STRANGER.sign(message))),
				invalid("signature of another message", (shop, message) -> {
					message.put("signature", WALLET.signature(new HashMap<>(WALLET.message(shop.get(PATH)))));
					return shop.get(PATH, SignInWallet.HEADER, WALLET.encode(message));
				}), tampered("statement changed after signing", "statement", "Another one"),
				tampered("end moved after signing", "expirationTime", "2099-01-01T00:00:00.000Z"),
				tampered("signature is empty", "signature", "0x"), tampered("signature is short", "signature", "0x00"),
				tampered("signature of zeros", "signature", "0x" + "0".repeat(130)),
				tampered("signature of words", "signature", "x".repeat(132)),
				tampered("signature of 8 KB", "signature", "0x" + "0".repeat(8000)),
				tampered("address is none", "address", "owner"),
				attack("too old", "sign_in_expired", (shop, message) -> {
					shop.wait(Duration.ofMinutes(5).plusSeconds(31));
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), attack("end moved before signing", "sign_in_expired", (shop, message) -> {
					message.put("expirationTime", "2099-01-01T00:00:00.000Z");
					shop.wait(Duration.ofMinutes(5).plusSeconds(31));
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), attack("no end", "sign_in_expired", (shop, message) -> {
					message.remove("expirationTime");
					shop.wait(Duration.ofMinutes(5).plusSeconds(31));
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), attack("ended by the buyer", "sign_in_expired", (shop, message) -> {
					message.put("expirationTime", Instant.now().minusSeconds(60).toString());
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), attack("not begun", "sign_in_expired", (shop, message) -> {
					message.put("notBefore", Instant.now().plusSeconds(60).toString());
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), attack("end is no time", "sign_in_expired", (shop, message) -> {
					message.put("expirationTime", "never");
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), attack("issued in the future", "sign_in_expired", (shop, message) -> {
					shop.wait(Duration.ofSeconds(-60));
					return shop.get(PATH, SignInWallet.HEADER, WALLET.sign(message));
				}), invalid("nothing", (shop, message) -> shop.get(PATH, SignInWallet.HEADER, "")),
				invalid("a word", (shop, message) -> shop.get(PATH, SignInWallet.HEADER, "null")),
				invalid("JSON without base64", (shop, message) -> shop.get(PATH, SignInWallet.HEADER, "{}")),
				invalid("base64 of nothing", (shop, message) -> shop.get(PATH, SignInWallet.HEADER, "bnVsbA==")),
				invalid("base64 of a list",
						(shop, message) -> shop.get(PATH, SignInWallet.HEADER, WALLET.encode(List.of(message)))),
				invalid("base64 of URLs",
						(shop, message) -> shop.get(PATH, SignInWallet.HEADER,
								WALLET.sign(message).replaceAll("=*$", "-_"))),
				invalid("two headers", (shop, message) -> {
					String signIn = WALLET.sign(message);
					return shop.get(PATH, SignInWallet.HEADER, signIn, SignInWallet.HEADER, signIn);
				}), invalid("a list in one header", (shop, message) -> {
					String signIn = WALLET.sign(message);
					return shop.get(PATH, SignInWallet.HEADER, signIn + "," + signIn);
				}), invalid("duplicate member", (shop, message) -> {
					WALLET.sign(message);
					String json = new String(Base64.getDecoder().decode(WALLET.encode(message)),
							StandardCharsets.UTF_8);
					return shop.get(PATH, SignInWallet.HEADER,
							Base64.getEncoder()
								.encodeToString(("{\"uri\":\"https://shop.example/report?id=1\"," + json.substring(1))
									.getBytes(StandardCharsets.UTF_8)));
				}));
	}

	@ParameterizedTest
	@MethodSource("attacks")
	void whenSignInIsForgedOrReplayedThenPaymentIsRequiredAndNothingIsTaken(Attack attack) {
		String token = this.client.buy(PATH);
		this.settled = this.facilitator.settled();
		Shop shop = new Shop(this.client, this.clock);
		HttpResponse<String> refused = attack.attempt().make(shop, WALLET.message(shop.get(PATH)));
		assertThat(refused.body()).doesNotContain(token);
		assertRefused(refused, attack.code());
		assertThat(this.facilitator.settled()).isEqualTo(this.settled);
		assertThat(this.client.uses(PATH, token)).isEqualTo(attack.code().equals("sign_in_used") ? 1 : 2);
	}

	@ParameterizedTest
	@ValueSource(longs = { 29, 299, 329 })
	void whenClocksDifferWithinTheLimitThenSignInIsTaken(long seconds) {
		this.client.buy(PATH);
		Map<String, Object> message = WALLET.message(this.client.get(PATH).headers());
		this.clock.pass(Duration.ofSeconds((seconds == 29) ? -seconds : seconds));
		assertThat(this.client.get(PATH, SignInWallet.HEADER, WALLET.sign(message)).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "SIGN_IN_WITH_X", "X-Sign-In-With-X", "PAYMENT-RESPONSE" })
	void whenSignInIsInAnotherHeaderThenItIsNone(String header) {
		this.client.buy(PATH);
		String signIn = WALLET.sign(this.client.get(PATH).headers());
		assertThat(PassClient.code(this.client.get(PATH, header, signIn))).isEqualTo("payment_required");
	}

	@Test
	void whenAddressIsInLowerCaseThenItIsTheSameAccount() {
		this.client.buy(PATH);
		Map<String, Object> message = WALLET.message(this.client.get(PATH).headers());
		message.put("address", WALLET.address().toLowerCase(Locale.ROOT));
		assertThat(this.client.get(PATH, SignInWallet.HEADER, WALLET.sign(message)).statusCode()).isEqualTo(200);
	}

	@Test
	void whenBuyerLeavesOutWhatItNeedNotSignThenSignInIsTaken() {
		this.client.buy(PATH);
		Map<String, Object> message = WALLET.message(this.client.get(PATH).headers());
		message.keySet().removeAll(List.of("statement", "resources", "expirationTime"));
		assertThat(this.client.get(PATH, SignInWallet.HEADER, WALLET.sign(message)).statusCode()).isEqualTo(200);
	}

	private HttpResponse<String> signIn(String path) {
		return this.client.get(path, SignInWallet.HEADER, WALLET.sign(this.client.get(path).headers()));
	}

	private void assertRefused(HttpResponse<String> refused, String code) {
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo(code);
		assertThat(SignInWallet.isAsked(refused.headers())).isTrue();
		assertThat(refused.headers().firstValue(PassClient.TOKEN)).isEmpty();
	}

	private static Named<Attack> attack(String name, String code, Attempt attempt) {
		return Named.of(name, new Attack(code, attempt));
	}

	private static Named<Attack> invalid(String name, Attempt attempt) {
		return attack(name, "sign_in_invalid", attempt);
	}

	/**
	 * The owner signs a message with another member.
	 */
	private static Named<Attack> changed(String name, String member, @Nullable Object value) {
		return invalid(name, (shop, message) -> {
			message.put(member, value);
			String signature;
			try {
				signature = WALLET.signature(message);
			}
			catch (RuntimeException ex) {
				signature = "0x" + "1".repeat(130);
			}
			message.put("signature", signature);
			return shop.get(PATH, SignInWallet.HEADER, WALLET.encode(message));
		});
	}

	/**
	 * Another one changes a message that the owner has signed.
	 */
	private static Named<Attack> tampered(String name, String member, Object value) {
		return invalid(name, (shop, message) -> {
			WALLET.sign(message);
			message.put(member, value);
			return shop.get(PATH, SignInWallet.HEADER, WALLET.encode(message));
		});
	}

	@FunctionalInterface
	interface Attempt {

		HttpResponse<String> make(Shop shop, Map<String, Object> message);

	}

	record Attack(String code, Attempt attempt) {

	}

	/**
	 * The application under attack.
	 */
	record Shop(PassClient client, MovingClock clock) {

		HttpResponse<String> get(String path, String... headers) {
			return this.client.get(path, headers);
		}

		HttpHeaders get(String path) {
			return this.client.get(path).headers();
		}

		HttpResponse<String> send(String method, String path, String... headers) {
			return this.client.send(method, path, headers);
		}

		void wait(Duration time) {
			this.clock.pass(time);
		}

	}

}
