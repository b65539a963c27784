/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What handlers may do to a response, and how much of it is held. Each stack has handlers
 * of its own at the same paths.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractHeldResponseTests {

	protected static final int LIMIT = 1024;

	protected static final String SECRET = "s3cret-goods";

	protected static final String PROPERTY = "x402.settlement.hold-limit=" + LIMIT + "B";

	protected Edge edge;

	protected abstract Edge open();

	@BeforeAll
	void openEdge() {
		this.edge = open();
	}

	@AfterAll
	void closeEdge() {
		this.edge.close();
	}

	@ParameterizedTest
	@CsvSource({ "1023, true", "1024, true", "1025, false" })
	void whenTheBodyFitsTheLimitThenTheHandlerEndsBeforeItIsSettled(int length, boolean fits) throws IOException {
		Payment payment = this.edge.payment("/length/" + length);
		List<String> before = new ArrayList<>();
		this.edge.script(payment, SettleBehaviour.SETTLED)
			.atSettle(() -> before.addAll(this.edge.bean(Journal.class).entries));
		this.edge.bean(Journal.class).entries.clear();
		WireResponse response = this.edge.pay("/length/" + length, payment);
		assertThat(response.body()).hasSize(length);
		assertThat(before).isEqualTo(fits ? List.of("written") : List.of());
	}

	@Test
	void whenTheDeclaredLengthIsAboveTheLimitThenItIsSettledAtTheFirstByte() throws IOException {
		Payment payment = this.edge.payment("/declared");
		List<String> before = new ArrayList<>();
		this.edge.script(payment, SettleBehaviour.SETTLED)
			.atSettle(() -> before.addAll(this.edge.bean(Journal.class).entries));
		this.edge.bean(Journal.class).entries.clear();
		assertThat(this.edge.pay("/declared", payment).body()).hasSize(LIMIT + 1);
		assertThat(before).isEmpty();
		assertThat(this.edge.bean(Journal.class).entries).containsExactly("first byte");
	}

	@Test
	void whenTheBodyIsLargeThenNoMoreThanTheLimitIsProducedBeforeItIsSettled() throws IOException {
		AtomicInteger produced = this.edge.bean(Journal.class).produced;
		produced.set(0);
		Payment payment = this.edge.payment("/large");
		AtomicInteger atSettle = new AtomicInteger(-1);
		this.edge.script(payment, SettleBehaviour.SETTLED).atSettle(() -> atSettle.set(produced.get()));
		assertThat(this.edge.pay("/large", payment).body()).hasSize(5_000_000);
		assertThat(atSettle.get()).isBetween(0, LIMIT);
	}

	@Test
	void whenALargeBodyIsDeclinedThenItsProducerIsStopped() throws IOException {
		AtomicInteger produced = this.edge.bean(Journal.class).produced;
		produced.set(0);
		assertThat(this.edge.buy("/large", SettleBehaviour.DECLINED).response().status()).isEqualTo(402);
		assertThat(produced.get()).isBetween(0, LIMIT);
	}

	@Test
	void whenAnErrorWasDecidedThenItCannotBecomeASuccess() throws IOException {
		Purchase purchase = this.edge.buy("/error-then-success", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(404);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertThat(purchase.script().settlements()).isZero();
	}

	@Test
	void whenASuccessWasSettledThenResetCannotTakeTheReceiptAway() throws IOException {
		Purchase purchase = this.edge.buy("/settled-then-reset", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(purchase.script().settlements()).isOne();
	}

	@Test
	void whenResetThenOnlyWhatCameAfterItIsDelivered() throws IOException {
		Purchase settled = this.edge.buy("/reset", SettleBehaviour.SETTLED);
		assertThat(settled.response().status()).isEqualTo(200);
		assertThat(settled.response().bodyText()).isEqualTo("after " + SECRET);
		assertThat(settled.response().headers("X-Before")).isEmpty();
		assertThat(settled.script().settlements()).isOne();
		Purchase declined = this.edge.buy("/reset", SettleBehaviour.DECLINED);
		assertRefused(declined, 402);
		assertThat(declined.response().headers("X-Content-Type-Options")).containsExactly("nosniff");
	}

	@Test
	void whenTheHandlerSetsHeadersOfTheProtocolThenTheyAreNotSent() throws IOException {
		WireResponse response = this.edge.buy("/reserved", SettleBehaviour.SETTLED).response();
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(this.edge.buyer().receipt(response.header("PAYMENT-RESPONSE")).success()).isTrue();
		for (String name : List.of("X-PAYMENT-RESPONSE", "PAYMENT-REQUIRED", "Settlement-Overrides")) {
			assertThat(response.headers(name)).as(name).isEmpty();
		}
		assertThat(response.header("X-Number")).isEqualTo("7");
	}

	@Test
	void whenAnInformationalStatusIsSentThenItShowsNothing() throws IOException {
		Purchase purchase = this.edge.buy("/early-hints", SettleBehaviour.DECLINED);
		assertThat(purchase.response().status()).isGreaterThanOrEqualTo(400);
		assertThat(purchase.response().shows(SECRET)).isFalse();
	}

	@Test
	void whenTheTimeIsUpThenWhatIsWrittenInsteadIsSoldWithItsHeaders() throws IOException {
		assertSold(this.edge.buy("/late", SettleBehaviour.SETTLED));
	}

	@Test
	void whenTheResponseWasBegunBeforeAPaidHandlerThenThatIsNotSold() throws Exception {
		Payment payment = this.edge.payment("/goods");
		Script script = this.edge.script(payment, SettleBehaviour.SETTLED);
		this.edge.bean(Journal.class).entries.clear();
		assertThat(this.edge.pay("/begun", payment).shows(SECRET)).isFalse();
		assertThat(script.settlements()).isZero();
		assertThat(this.edge.bean(Journal.class).entries).isEmpty();
		assertThat(this.edge.isReleased(payment)).isTrue();
	}

	@Test
	void whenAFreeHandlerAnswersInPlaceOfAPaidOneThatFailedThenNothingIsCharged() throws Exception {
		Purchase purchase = buyThrough("/fallback?to=text", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo("sorry");
		assertThat(purchase.script().settlements()).isZero();
		assertThat(this.edge.isReleased(purchase.payment())).isTrue();
	}

	@Test
	void whenAFreeHandlerCallsAnotherPaidOneAfterOneFailedThenThatIsPaid() throws IOException {
		Purchase purchase = buyThrough("/fallback?to=paid", SettleBehaviour.SETTLED);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.script().settlements()).isOne();
		assertThat(purchase.script().verifications()).isEqualTo(2);
		assertThat(purchase.response().header("PAYMENT-RESPONSE")).isNotEmpty();
	}

	@Test
	void whenAPaidHandlerAnswersInPlaceOfOneThatFailedThenItIsPaid() throws IOException {
		Purchase settled = this.edge.buy("/paid-fallback", SettleBehaviour.SETTLED);
		assertThat(settled.response().bodyText()).isEqualTo(SECRET);
		assertThat(settled.script().settlements()).isOne();
		assertRefused(this.edge.buy("/paid-fallback", SettleBehaviour.DECLINED), 402);
	}

	@ParameterizedTest
	@CsvSource({ "SETTLED, false, 0", "DECLINED, false, 0", "SETTLED, true, 0", "SETTLED, false, 5000",
			"DECLINED, false, 5000", "SETTLED, true, 5000" })
	void whenTheServerIsToSendAFileThenItIsSentOnlyOnceSettled(SettleBehaviour behaviour, boolean fails, int more,
			@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("goods"), SECRET + "x".repeat(more));
		Purchase purchase = this.edge.buy("/sendfile?fails=" + fails + "&file=" + file, behaviour);
		assertThat(purchase.response().shows(SECRET)).isEqualTo(behaviour == SettleBehaviour.SETTLED && !fails);
		assertThat(purchase.script().settlements()).isEqualTo(fails ? 0 : 1);
	}

	@Test
	void whenNothingIsPaidForThenTheResponseIsTransparent() throws IOException {
		WireResponse response = this.edge.get("/free", "X-PAYMENT: anything");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isEqualTo("from another server");
		assertThat(response.bodyText()).isEqualTo("free");
	}

	@Test
	void whenTwoRequestsReachOnePaidHandlerThenOnePaymentBuysOne() throws IOException {
		Purchase purchase = buyThrough("/through?doc=1", SettleBehaviour.SETTLED);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		WireResponse other = this.edge.pay("/through?doc=2", purchase.payment());
		assertThat(other.status()).isEqualTo(409);
		assertThat(other.shows(SECRET)).isFalse();
		assertThat(this.edge.pay("/through?doc=1", purchase.payment()).bodyText()).isEqualTo(SECRET);
		assertThat(purchase.script().settlements()).isOne();
	}

	@Test
	void whenAFreeHandlerCallsAPaidOneThenTheOfferNamesWhatTheBuyerHasSent() throws IOException {
		WireResponse response = this.edge.get("/through?doc=1");
		assertThat(response.status()).isEqualTo(402);
		PaymentRequiredDocument document = new PaymentCodec().decode(response.header("PAYMENT-REQUIRED"),
				PaymentRequiredDocument.class);
		assertThat(document.resource().url()).isEqualTo("http://shop.test/through?doc=1");
	}

	/**
	 * Buy from a free handler that calls paid ones.
	 */
	protected Purchase buyThrough(String target, SettleBehaviour behaviour) throws IOException {
		Payment payment = this.edge.payment("/goods");
		Script script = this.edge.script(payment, behaviour);
		return new Purchase(payment, script, this.edge.pay(target, payment));
	}

	protected static void assertSold(Purchase purchase) {
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.response().header("X-Goods")).isEqualTo("yes");
		assertThat(purchase.script().settlements()).isOne();
	}

	protected static void assertRefused(Purchase purchase, int status) {
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.script().settlements()).isOne();
		assertThat(purchase.response().json().path("code").asString()).isNotEmpty();
	}

	/**
	 * What the handlers did.
	 */
	static final class Journal {

		final List<String> entries = new CopyOnWriteArrayList<>();

		final AtomicInteger produced = new AtomicInteger();

		final Sinks.Empty<Void> failed = Sinks.empty();

	}

}
