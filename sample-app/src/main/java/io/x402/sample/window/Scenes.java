/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.x402.sample.buyer.Buyer;
import io.x402.sample.window.FacilitatorSwitches.Fault;
import io.x402.sample.window.Stage.Bought;
import io.x402.sample.window.Stage.Order;
import io.x402.sample.window.Stage.Payment;
import io.x402.sample.window.Stage.Reply;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * The scenes that can be played: what a seller wants to know before it sells.
 */
@Component
final class Scenes {

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

	private static final int ATTEMPTS = 5;

	private static final String PASS = "X402-Pass";

	private final Map<String, Scene> scenes = new LinkedHashMap<>();

	private final @Nullable FacilitatorSwitches switches;

	private final Buyer buyer;

	private final PricingCatalog catalog;

	private final SecureRandom random = new SecureRandom();

	Scenes(ObjectProvider<FacilitatorSwitches> switches, Buyer buyer, PricingCatalog catalog) {
		this.switches = switches.getIfAvailable();
		this.buyer = buyer;
		this.catalog = catalog;
		add(new Scene("twice", "Pay twice", "The same signed payment is sent two times.", "/weather", false,
				this::payTwice));
		add(new Scene("fails", "The handler fails", "It throws after the payment was verified.", "/telescope", false,
				this::handlerFails));
		add(new Scene("amount", "Wrong amount", "The buyer signs one cent for what costs five.", "/weather", false,
				this::wrongAmount));
		add(new Scene("empty", "Empty wallet", "The buyer signs for money that it does not have.", "/weather", false,
				this::emptyWallet));
		add(new Scene("outage", "Facilitator down while settling",
				"It moves the money, dies before it can say so, and comes back.", "/weather", true, this::outage));
		add(new Scene("stream", "Stream", "Words are sold as they come.", "/ask", false, this::stream));
		add(new Scene("metered", "Metered", "The buyer signs a maximum, the handler charges what it used.", "/essay",
				false, this::metered));
		add(new Scene("order", "Transactional order", "An order is kept if, and only if, it is paid.", "/orders", true,
				this::transactionalOrder));
		add(new Scene("pass", "Pass", "One payment opens the door three times.", "/chart", false, this::pass));
		add(new Scene("credits", "Credits", "One payment fills a balance, of which each call takes its price.", "/tide",
				false, this::credits));
	}

	private void add(Scene scene) {
		this.scenes.put(scene.name(), scene);
	}

	Collection<Scene> all() {
		return this.scenes.values();
	}

	@Nullable Scene find(String name) {
		return this.scenes.get(name);
	}

	/**
	 * Return why a scene cannot be played.
	 * @param scene the scene
	 * @return the reason, or {@code null} if it can be played
	 */
	@Nullable String obstacle(Scene scene) {
		if (scene.faults() && (this.switches == null || !this.switches.isAvailable())) {
			return "Only with the simulated facilitator.";
		}
		boolean sold = this.catalog.paid().stream().anyMatch((handler) -> handler.paths().contains(scene.path()));
		return sold ? null : "Only on Spring MVC.";
	}

	/**
	 * Buy anything of the shop.
	 * @param stage where it is played
	 * @param order what to buy
	 */
	void buy(Stage stage, Order order) {
		Bought bought = stage.buy(order, this.buyer.signer());
		Reply reply = bought.reply();
		if (reply.answer().isSettled()) {
			stage.end("Paid and served: one answer, one transfer, one receipt.");
		}
		else if (bought.payment() != null) {
			stage.end("Answered %d, so nothing was charged.".formatted(reply.status()));
		}
		else {
			stage.end("Answered %d, and there is nothing to pay.".formatted(reply.status()));
		}
	}

	private void payTwice(Stage stage) {
		Order weather = Order.get("/weather?city=Lisbon");
		Bought first = stage.buy(weather, this.buyer.signer());
		if (first.payment() == null) {
			stage.end("There is nothing to pay for.");
			return;
		}
		Reply second = stage.pay(weather, first.payment(), "The same payment once more, as after a lost connection.");
		boolean same = Arrays.equals(first.reply().content(), second.content());
		stage
			.end((same && second.answer().isSettled())
					? "The second answer is the first one, byte for byte, with the same receipt. The handler ran once, "
							+ "and the money moved once."
					: "The second answer differs: %d.".formatted(second.status()));
	}

	private void handlerFails(Stage stage) {
		Bought bought = stage.buy(Order.get("/telescope"), this.buyer.signer());
		stage.end("The payment was valid and the handler ran, but it failed with %d. The settlement comes after the "
			.formatted(bought.reply().status()) + "handler, so nothing was charged.");
	}

	private void wrongAmount(Stage stage) {
		Order weather = Order.get("/weather?city=Porto");
		Reply unpaid = stage.send(weather, "The buyer asks, and does not pay yet.", Map.of());
		BigInteger less = unpaid.offers().accepts().get(0).amount().divide(BigInteger.valueOf(5));
		Payment payment = stage.sign(unpaid, this.buyer.signer(), 0, less);
		Reply refused = stage.pay(weather, payment, "It claims to accept the offer, but has signed a fifth of it.");
		stage.end("Refused with %d after a local check: no facilitator was asked, no handler ran, nothing was charged."
			.formatted(refused.status()));
	}

	private void emptyWallet(Stage stage) {
		PaymentSigner wallet = new PaymentSigner(new PrivateKeySigner(freshKey()));
		if (this.switches != null) {
			this.switches.empty(wallet.address());
		}
		try {
			Bought bought = stage.buy(Order.get("/weather?city=Faro"), wallet);
			stage.end("Refused with %d: the facilitator sees that the wallet is empty. The handler did not run, "
				.formatted(bought.reply().status()) + "and the offers come again.");
		}
		finally {
			if (this.switches != null) {
				this.switches.refill(wallet.address());
			}
		}
	}

	private String freshKey() {
		byte[] key = new byte[32];
		this.random.nextBytes(key);
		key[0] = 1;
		return "0x" + HexFormat.of().formatHex(key);
	}

	private void outage(Stage stage) {
		FacilitatorSwitches faults = requiredSwitches();
		Order weather = Order.get("/weather?city=Braga");
		Reply unpaid = stage.send(weather, "The buyer asks, and does not pay yet.", Map.of());
		Payment payment = stage.sign(unpaid, this.buyer.signer(), 0, null);
		faults.fail(payment.nonce(), Fault.DIES);
		Reply reply;
		try {
			stage.note("The facilitator will die as soon as it has moved the money.");
			reply = stage.pay(weather, payment, "The same request, with the payment.");
			stage.note("The shop cannot know whether it was paid. It hands out nothing, says so, and asks for no "
					+ "second payment. The buyer signs nothing new.");
		}
		finally {
			faults.mend(payment.nonce());
		}
		stage.note("The facilitator is back. The shop asks it about the identical payment, by itself.");
		pause(reply);
		reply = stage.pay(weather, payment, "The buyer waits for what Retry-After says, and repeats the same payment.");
		for (int left = ATTEMPTS; left > 0 && !reply.answer().isSettled(); left--) {
			pause(reply);
			reply = stage.pay(weather, payment, "The buyer repeats the same payment.");
		}
		stage.end(reply.answer().isSettled()
				? "Nothing was lost: the money moved once, the handler ran once, and the buyer has its answer."
				: "Not settled yet. The same payment will collect the answer later.");
	}

	private void pause(Reply reply) {
		String seconds = reply.header(HttpHeaders.RETRY_AFTER);
		Duration wanted = seconds.matches("\\d{1,3}") ? Duration.ofSeconds(Long.parseLong(seconds)) : LONGEST_PAUSE;
		try {
			Thread.sleep(((wanted.compareTo(LONGEST_PAUSE) < 0) ? wanted : LONGEST_PAUSE).toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("The scene was interrupted", ex);
		}
	}

	private void stream(Stage stage) {
		Bought bought = stage.buy(Order.get("/ask?question=Why%20pay%20per%20call?"), this.buyer.signer());
		stage.end("Paid up front, since a stream that has begun cannot be taken back. The words came one by one.");
	}

	private void metered(Stage stage) {
		Bought bought = stage.buy(Order.get("/essay?words=24"), this.buyer.signer());
		stage.end("Signed for at most five cents, charged for 24 words: the receipt has the amount.");
	}

	private void transactionalOrder(Stage stage) {
		FacilitatorSwitches faults = requiredSwitches();
		Bought bought = stage.buy(Order.post("/orders", "A print of the lighthouse"), this.buyer.signer());
		stage.note("The transaction of the handler was committed with the settlement. Now an order that cannot be "
				+ "paid: the wallet is emptied between verification and settlement.");
		Order second = Order.post("/orders", "A second print");
		Reply unpaid = stage.send(second, "The buyer asks, and does not pay yet.", Map.of());
		Payment payment = stage.sign(unpaid, this.buyer.signer(), 0, null);
		faults.fail(payment.nonce(), Fault.DECLINES);
		try {
			stage.pay(second, payment, "The same request, with the payment.");
		}
		finally {
			faults.mend(payment.nonce());
		}
		stage.send(Order.get("/order-book"), "Which orders are in the book?", Map.of());
		stage
			.end("The handler of the second order ran, and its order was rolled back: the book has what was paid for.");
	}

	private void pass(Stage stage) {
		Order chart = Order.get("/chart");
		Reply reply = stage.buy(chart, this.buyer.signer()).reply();
		String token = reply.header(PASS);
		for (int call = 2; call <= 4 && !token.isEmpty(); call++) {
			reply = stage.send(chart, "Call %d, with the pass in place of a payment.".formatted(call),
					Map.of(PASS, token));
		}
		stage.end("One payment, three answers. The fourth call was answered %d: the pass is used up."
			.formatted(reply.status()));
	}

	private void credits(Stage stage) {
		Order tide = Order.get("/tide");
		Reply unpaid = stage.send(tide, "The buyer asks, and does not pay yet.", Map.of());
		int topUp = topUp(unpaid.offers().accepts());
		stage.note(
				"There are two offers: the price of one call, and a top-up of a balance. The buyer takes the second.");
		Reply reply = stage.pay(tide, stage.sign(unpaid, this.buyer.signer(), topUp, null),
				"The same request, with the top-up.");
		String token = reply.header(PASS);
		for (int call = 2; call <= 4 && !token.isEmpty(); call++) {
			reply = stage.send(tide, "Call %d takes its price from the balance.".formatted(call), Map.of(PASS, token));
		}
		stage.end("One transfer, four answers, and the rest stays in the balance.");
	}

	private static int topUp(List<PaymentRequirements> offers) {
		for (int place = 0; place < offers.size(); place++) {
			if (offers.get(place).isTopUp()) {
				return place;
			}
		}
		throw new IllegalStateException("The shop offers no top-up");
	}

	private FacilitatorSwitches requiredSwitches() {
		if (this.switches == null || !this.switches.isAvailable()) {
			throw new IllegalStateException("Only the simulated facilitator can be made to fail");
		}
		return this.switches;
	}

	/**
	 * A scene.
	 *
	 * @param name name in the address
	 * @param title what the button says
	 * @param about what happens
	 * @param path what is bought in it
	 * @param faults whether the facilitator has to fail for it
	 * @param play plays it
	 */
	record Scene(String name, String title, String about, String path, boolean faults, Consumer<Stage> play) {

	}

}
