/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.access.Passes;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Browsers that keep passes in cookies.
 */
abstract class AbstractPassCookieTests {

	private static final String SITE = "Sec-Fetch-Site";

	private static final String COOKIE = "Cookie";

	private static final String SET_COOKIE = "Set-Cookie";

	private static final String LONGEST = Long.toString(Duration.ofDays(400).toSeconds());

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private MovingClock clock;

	@Autowired
	private Passes passes;

	private PassClient client;

	PassClient client() {
		return this.client;
	}

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@AfterEach
	void restore() {
		this.clock.pass(this.clock.ahead().negated());
	}

	@Test
	void whenPageOfTheSameOriginPaysThenTheTokenIsInACookieOnly() {
		HttpResponse<String> paid = pay("/ten");
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(PassClient.header(paid, PassClient.REMAINING)).isEqualTo("9");
		assertThat(paid.headers().allValues("Cache-Control")).containsExactly("private");
		assertThat(paid.headers().allValues(SET_COOKIE)).singleElement()
			.asString()
			.matches("__Host-x402-pass-[0-9a-f]{8}-[0-9a-f]{32}=[A-Za-z0-9_-]{43}; Path=/; Max-Age=" + LONGEST
					+ "; Secure; HttpOnly; SameSite=Strict");
		for (int left = 8; left >= 0; left--) {
			HttpResponse<String> used = browse("/ten", cookie(paid));
			assertThat(used.statusCode()).isEqualTo(200);
			assertThat(used.body()).isEqualTo("goods, left " + left);
			assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo(Integer.toString(left));
			assertThat(used.headers().allValues("Cache-Control")).containsExactly("private");
			assertThat(used.headers().allValues("Vary")).contains(COOKIE);
			assertThat(used.headers().allValues(SET_COOKIE)).isEqualTo(paid.headers().allValues(SET_COOKIE));
		}
		assertThat(PassClient.code(browse("/ten", cookie(paid)))).isEqualTo("pass_exhausted");
	}

	@Test
	void whenPassHasAnEndThenItsCookieEndsAsWell() {
		assertThat(pay("/hour").headers().firstValue(SET_COOKIE).orElseThrow()).contains("; Max-Age=3600; ");
	}

	@Test
	void whenUserAsksForThePageThenTheCookieOpensIt() {
		HttpResponse<String> paid = pay("/ten");
		assertThat(this.client.get("/ten", COOKIE, cookie(paid), SITE, "none").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "cross-site", "same-site", "none", "", "'same-origin, cross-site'" })
	void whenNoPageOfTheSameOriginPaysThenTheTokenIsInItsHeader(String site) {
		HttpResponse<String> paid = this.client.get("/ten", "PAYMENT-SIGNATURE", this.client.payment("/ten"), SITE,
				site);
		assertThat(paid.headers().firstValue(PassClient.TOKEN)).isPresent();
		assertThat(paid.headers().allValues(SET_COOKIE)).isEmpty();
		assertThat(this.client.pay("/ten", this.client.payment("/ten")).headers().allValues(SET_COOKIE)).isEmpty();
	}

	/**
	 * A foreign page makes a browser ask for something, or the browser guesses what is
	 * asked for next.
	 */
	@ParameterizedTest
	@CsvSource({ "Sec-Fetch-Site, cross-site", "Sec-Fetch-Site, same-site", "Sec-Fetch-Site, ''",
			"Sec-Fetch-Site, 'same-origin, cross-site'", "Sec-Fetch-Site, 'none, same-origin'",
			"Sec-Fetch-Site, SAME-ORIGIN", "Sec-Fetch-Mode, navigate", "Origin, http://localhost",
			"Sec-Purpose, prefetch", "Sec-Purpose, prefetch;prerender" })
	void whenNobodyOfThisSiteAsksThenTheCookieOpensNothing(String header, String value) {
		String cookie = cookie(pay("/ten"));
		List<String> headers = new ArrayList<>(List.of(COOKIE, cookie, header, value));
		if (header.equals("Sec-Purpose")) {
			headers.addAll(List.of(SITE, "same-origin"));
		}
		HttpResponse<String> refused = this.client.get("/ten", headers.toArray(String[]::new));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("payment_required");
		assertThat(refused.headers().allValues(SET_COOKIE)).isEmpty();
		assertThat(PassClient.header(browse("/ten", cookie), PassClient.REMAINING)).isEqualTo("8");
	}

	@Test
	void whenSiteIsNamedTwiceThenTheCookieOpensNothing() {
		String cookie = cookie(pay("/ten"));
		assertThat(this.client.get("/ten", COOKIE, cookie, SITE, "same-origin", SITE, "same-origin").statusCode())
			.isEqualTo(402);
	}

	@Test
	void whenTokenIsSentAsWellThenItsHeaderCounts() {
		String cookie = cookie(pay("/ten"));
		String token = this.client.buy("/ten");
		HttpResponse<String> used = browse("/ten", cookie, PassClient.TOKEN, token);
		assertThat(PassClient.header(used, PassClient.REMAINING)).isEqualTo("8");
		assertThat(used.headers().allValues(SET_COOKIE)).isEmpty();
		HttpResponse<String> refused = browse("/ten", cookie, PassClient.TOKEN, token + "A");
		assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		assertThat(this.client.uses("/ten", token)).isEqualTo(8);
		assertThat(PassClient.header(browse("/ten", cookie), PassClient.REMAINING)).isEqualTo("8");
	}

	@Test
	void whenPaymentIsSentAsWellThenItIsTaken() {
		String cookie = cookie(pay("/ten"));
		int settled = this.facilitator.settled();
		HttpResponse<String> paid = browse("/ten", cookie, "PAYMENT-SIGNATURE", this.client.payment("/ten"));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
		assertThat(cookie(paid)).isNotEqualTo(cookie);
		assertThat(PassClient.header(browse("/ten", cookie), PassClient.REMAINING)).isEqualTo("8");
	}

	@Test
	void whenPassIsOverThenItsCookieIsDeleted() {
		String cookie = cookie(pay("/hour"));
		this.clock.pass(Duration.ofHours(1));
		HttpResponse<String> refused = browse("/hour", cookie);
		assertThat(PassClient.code(refused)).isEqualTo("pass_expired");
		assertDeleted(refused, cookie);
		assertThat(refused.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

	@Test
	void whenPassIsRevokedThenItsCookieIsDeleted() {
		String cookie = cookie(pay("/ten"));
		this.passes.revoke(id(cookie));
		HttpResponse<String> refused = browse("/ten", cookie);
		assertThat(PassClient.code(refused)).isEqualTo("pass_revoked");
		assertDeleted(refused, cookie);
	}

	@ParameterizedTest
	@ValueSource(strings = { "unknown", "forged" })
	void whenTokenOpensNothingThenItsCookieIsDeleted(String kind) {
		String cookie = cookie(pay("/ten"));
		String wrong = kind.equals("unknown") ? cookie.replace(id(cookie), "0".repeat(32))
				: cookie.substring(0, cookie.length() - 43) + "A".repeat(43);
		HttpResponse<String> refused = browse("/ten", wrong);
		assertThat(PassClient.code(refused)).isEqualTo("payment_required");
		assertDeleted(refused, wrong);
		assertThat(browse("/ten", cookie).statusCode()).isEqualTo(200);
	}

	/**
	 * A call that is running may still give its use back.
	 */
	@Test
	void whenPassIsUsedUpThenItsCookieEndsWithinMinutes() {
		String cookie = cookie(pay("/report"));
		browse("/report", cookie);
		browse("/report", cookie);
		HttpResponse<String> refused = browse("/report", cookie);
		assertThat(PassClient.code(refused)).isEqualTo("pass_exhausted");
		assertThat(refused.headers().allValues(SET_COOKIE)).singleElement()
			.asString()
			.startsWith(cookie + ";")
			.contains("; Max-Age=600; ");
	}

	@Test
	void whenHandlerFailsThenTheUseIsGivenBack() {
		String cookie = cookie(pay("/report"));
		assertThat(browse("/report?status=404", cookie).statusCode()).isEqualTo(404);
		assertThat(browse("/thrown?status=0", cookie).statusCode()).isEqualTo(500);
		assertThat(PassClient.header(browse("/report", cookie), PassClient.REMAINING)).isEqualTo("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/hour", "/dearer", "/elsewhere", "/single" })
	void whenCookieBelongsToAnotherScopeOrPriceThenItOpensNothingAndStays(String path) {
		String cookie = cookie(pay("/report"));
		HttpResponse<String> refused = browse(path, cookie);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("payment_required");
		assertThat(refused.headers().allValues(SET_COOKIE)).isEmpty();
		assertThat(browse("/cheaper", cookie).statusCode()).isEqualTo(200);
	}

	@Test
	void whenScopeInTheNameIsChangedThenItIsNotWider() {
		String cookie = cookie(pay("/ten"));
		String hour = cookie(pay("/hour"));
		String widened = hour.substring(0, "__Host-x402-pass-12345678-".length()) + cookie.split("-", 5)[4];
		assertThat(browse("/hour", widened).statusCode()).isEqualTo(402);
		assertThat(PassClient.header(browse("/ten", cookie), PassClient.REMAINING)).isEqualTo("8");
	}

	@Test
	void whenBrowserKeepsSeveralPassesThenTheNewestThatIsNotOverIsUsed() {
		String oldest = cookie(pay("/report"));
		String older = cookie(pay("/report"));
		String newest = cookie(pay("/report"));
		String all = String.join("; ", "a=b", oldest, older, newest, "c=d");
		assertThat(kept(browse("/report", all))).isEqualTo(newest);
		assertThat(kept(browse("/report", all))).isEqualTo(newest);
		this.passes.revoke(id(older));
		HttpResponse<String> used = browse("/report", all);
		assertThat(used.statusCode()).isEqualTo(200);
		assertThat(used.headers().allValues(SET_COOKIE).stream().map((cookie) -> cookie.split("; SameSite")[0]))
			.containsExactly(newest + "; Path=/; Max-Age=600; Secure; HttpOnly",
					name(older) + "=; Path=/; Max-Age=0; Secure; HttpOnly",
					oldest + "; Path=/; Max-Age=3600; Secure; HttpOnly");
	}

	@Test
	void whenBrowserSendsManyCookiesThenFewAreLookedFor() {
		String cookie = cookie(pay("/ten"));
		String[] others = new String[10];
		Arrays.setAll(others, (i) -> cookie.replace(id(cookie), Integer.toString(i).repeat(32)));
		assertThat(browse("/ten", cookie + "; " + String.join("; ", others)).statusCode()).isEqualTo(402);
		assertThat(browse("/ten", String.join("; ", others) + "; " + cookie).statusCode()).isEqualTo(200);
	}

	@Test
	void whenHandlerSetsACookieThenBothAreSet() {
		String cookie = cookie(pay("/session"));
		assertThat(browse("/session", cookie).headers().allValues(SET_COOKIE)).hasSize(2)
			.anyMatch((one) -> one.startsWith("basket=1"))
			.anyMatch((one) -> one.startsWith(cookie));
	}

	@Test
	void whenSamePaymentIsSentAgainThenItsPassIsKeptAgain() {
		String payment = this.client.payment("/session");
		HttpResponse<String> paid = browse("/session", "a=b", "PAYMENT-SIGNATURE", payment);
		HttpResponse<String> again = browse("/session", "a=b; " + cookie(paid), "PAYMENT-SIGNATURE", payment);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(PassClient.header(again, "Idempotent-Replayed")).isEqualTo("true");
		assertThat(cookie(again)).isEqualTo(cookie(paid));
	}

	@Test
	void whenHandlerFailsAfterItWasPaidThenThePassIsKeptAllTheSame() {
		HttpResponse<String> paid = browse("/upfront?status=500", "a=b", "PAYMENT-SIGNATURE",
				this.client.payment("/upfront?status=500"));
		assertThat(paid.statusCode()).isEqualTo(500);
		assertThat(paid.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(browse("/upfront", cookie(paid)).statusCode()).isEqualTo(200);
	}

	@Test
	void whenBalanceIsTooLowThenItsCookieStays() {
		String topUp = this.client.topUp("/balance");
		HttpResponse<String> paid = browse("/balance", "a=b", "PAYMENT-SIGNATURE", topUp);
		String cookie = cookie(paid);
		assertThat(PassClient.header(paid, PassClient.BALANCE)).isEqualTo("20000");
		assertThat(PassClient.header(browse("/balance", cookie), PassClient.BALANCE)).isEqualTo("10000");
		HttpResponse<String> refused = browse("/dear-balance", cookie);
		assertThat(PassClient.code(refused)).isEqualTo("credit_insufficient");
		assertThat(refused.headers().allValues(SET_COOKIE)).isEmpty();
		assertThat(PassClient.header(browse("/balance", cookie), PassClient.BALANCE)).isEqualTo("0");
	}

	@Test
	void whenBalanceIsUsedUpThenItsCookieEndsWithinMinutes() {
		String cookie = cookie(browse("/balance", "a=b", "PAYMENT-SIGNATURE", this.client.topUp("/balance")));
		browse("/dear-balance", cookie);
		HttpResponse<String> refused = browse("/balance", cookie);
		assertThat(PassClient.code(refused)).isEqualTo("credit_insufficient");
		assertThat(refused.headers().allValues(SET_COOKIE)).singleElement()
			.asString()
			.startsWith(cookie + ";")
			.contains("; Max-Age=600; ");
	}

	/**
	 * The oldest one has enough, behind others with a rest.
	 */
	@Test
	void whenBrowserKeepsAsManyBalancesAsItMayThenTheOldestIsUsedAndFurtherOnesAreInTheHeader() {
		List<String> cookies = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			cookies.add(topUp(cookies));
		}
		HttpResponse<String> further = browse("/balance", String.join("; ", cookies), "PAYMENT-SIGNATURE",
				this.client.topUp("/balance"));
		assertThat(further.statusCode()).isEqualTo(200);
		assertThat(further.headers().allValues(SET_COOKIE)).isEmpty();
		assertThat(this.client.use("/balance", PassClient.token(further)).statusCode()).isEqualTo(200);
		for (String cookie : cookies.subList(1, 10)) {
			assertThat(browse("/balance", cookie).statusCode()).isEqualTo(200);
		}
		assertThat(kept(browse("/dear-balance", String.join("; ", cookies)))).isEqualTo(cookies.get(0));
	}

	/**
	 * All of them have a rest that is too low, one of them nothing.
	 */
	@Test
	void whenBrowserKeepsAsManyBalancesAsItMayAndMustPayThenNothingIsDeletedBeforeItHasPaid() {
		List<String> cookies = lowBalances();
		assertThat(browse("/dear-balance", String.join("; ", cookies.subList(0, 9))).headers().allValues(SET_COOKIE))
			.isEmpty();
		HttpResponse<String> refused = browse("/dear-balance", String.join("; ", cookies));
		assertThat(PassClient.code(refused)).isEqualTo("credit_insufficient");
		assertThat(refused.headers().allValues(SET_COOKIE)).isEmpty();
		HttpResponse<String> unpaid = browse("/dear-balance", String.join("; ", cookies), "PAYMENT-SIGNATURE", "e30=");
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(unpaid.headers().allValues(SET_COOKIE)).isEmpty();
		for (String cookie : cookies) {
			assertThat(PassClient.header(browse("/balance", cookie), PassClient.BALANCE)).isEqualTo("0");
		}
	}

	@Test
	void whenBrowserKeepsAsManyBalancesAsItMayAndBuysAnotherThenThatWithTheLeastMakesRoom() {
		List<String> cookies = lowBalances();
		assertThat(browse("/balance", cookies.get(4)).statusCode()).isEqualTo(200);
		HttpResponse<String> paid = browse("/dear-balance", String.join("; ", cookies), "PAYMENT-SIGNATURE",
				this.client.topUp("/dear-balance"));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(paid.headers().allValues(SET_COOKIE)).hasSize(2)
			.element(1)
			.isEqualTo(name(cookies.get(4)) + "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
		cookies.remove(4);
		cookies.add(cookie(paid));
		assertThat(PassClient.header(browse("/balance", String.join("; ", cookies)), PassClient.BALANCE))
			.isEqualTo("0");
	}

	@Test
	void whenAPaymentIsSentAgainAndItsPassHasTheLastRoomThenItIsKeptAgain() {
		List<String> cookies = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			cookies.add(topUp(cookies));
		}
		String payment = this.client.topUp("/balance");
		HttpResponse<String> paid = browse("/balance", String.join("; ", cookies), "PAYMENT-SIGNATURE", payment);
		cookies.add(cookie(paid));
		HttpResponse<String> again = browse("/balance", String.join("; ", cookies), "PAYMENT-SIGNATURE", payment);
		assertThat(PassClient.header(again, "Idempotent-Replayed")).isEqualTo("true");
		assertThat(kept(again)).isEqualTo(cookies.get(9));
	}

	private List<String> lowBalances() {
		List<String> cookies = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			cookies.add(topUp(cookies));
			assertThat(browse("/balance", cookies.get(i)).statusCode()).isEqualTo(200);
		}
		return cookies;
	}

	private String topUp(List<String> cookies) {
		return cookie(browse("/balance", "a=b; " + String.join("; ", cookies), "PAYMENT-SIGNATURE",
				this.client.topUp("/balance")));
	}

	private HttpResponse<String> pay(String path) {
		return browse(path, "a=b", "PAYMENT-SIGNATURE", this.client.payment(path));
	}

	HttpResponse<String> browse(String path, String cookie, String... more) {
		return this.client.get(path, Stream.concat(Stream.of(COOKIE, cookie, SITE, "same-origin"), Arrays.stream(more))
			.toArray(String[]::new));
	}

	static String cookie(HttpResponse<String> response) {
		return response.headers()
			.allValues(SET_COOKIE)
			.stream()
			.filter((cookie) -> cookie.startsWith("__Host-x402-pass-"))
			.findFirst()
			.orElseThrow()
			.split(";")[0];
	}

	private static String kept(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().allValues(SET_COOKIE)).hasSize(1);
		return cookie(response);
	}

	private static String name(String cookie) {
		return cookie.split("=")[0];
	}

	private static String id(String cookie) {
		return name(cookie).substring(name(cookie).length() - 32);
	}

	private static void assertDeleted(HttpResponse<String> refused, String cookie) {
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(refused.headers().allValues(SET_COOKIE))
			.containsExactly(name(cookie) + "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
	}

	/**
	 * Handlers beside those of other tests.
	 */
	@RestController
	static class Sessions {

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3))
		@GetMapping("/session")
		ResponseEntity<String> session() {
			return ResponseEntity.ok().header(SET_COOKIE, "basket=1").header("Vary", COOKIE).body("goods");
		}

		@PaymentRequired(price = "$0.01", topUp = "$0.03")
		@GetMapping("/balance")
		String balance() {
			return "goods";
		}

		@PaymentRequired(price = "$0.02", topUp = "$0.03")
		@GetMapping("/dear-balance")
		String dearBalance() {
			return "goods";
		}

	}

}
