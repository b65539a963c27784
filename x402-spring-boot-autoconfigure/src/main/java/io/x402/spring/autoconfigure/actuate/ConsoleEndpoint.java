/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerExport;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringUtils;

/**
 * {@link WebEndpoint @WebEndpoint} with the console of the seller: a page, the figures
 * that it shows, the ledger as CSV, and what people who are signed in can do about sales
 * of unknown outcome. It reveals revenue and customers.
 */
@WebEndpoint(id = "x402console")
final class ConsoleEndpoint {

	private static final int ENTRIES = 100;

	private final ConsolePage page = new ConsolePage();

	private final PaymentLedger ledger;

	private final SalesFigures figures;

	private final Supplier<ConsoleInstance> instance;

	private final Clock clock;

	private final @Nullable ConsoleHands hands;

	/**
	 * Create an endpoint.
	 * @param ledger the ledger
	 * @param figures figures of the ledger
	 * @param instance returns what is known of this instance
	 * @param clock the time
	 * @param hands what people can do, or {@code null} if nothing
	 */
	ConsoleEndpoint(PaymentLedger ledger, SalesFigures figures, Supplier<ConsoleInstance> instance, Clock clock,
			@Nullable ConsoleHands hands) {
		this.ledger = ledger;
		this.figures = figures;
		this.instance = instance;
		this.clock = clock;
		this.hands = hands;
	}

	/**
	 * Return the page.
	 * @return HTML
	 */
	@ReadOperation(produces = MediaType.TEXT_HTML_VALUE)
	ResponseEntity<byte[]> page() {
		return response(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
			.header("Content-Security-Policy", this.page.policy())
			.header("X-Frame-Options", "DENY")
			.body(this.page.html().getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return what the page shows.
	 * @param part {@code figures}, {@code payers}, {@code passes}, {@code instance},
	 * {@code newest}, {@code ledger.csv} or {@code hands}
	 * @param context who asks
	 * @param period {@code hour}, {@code day}, {@code month}, or the whole ledger
	 * @param event type of entries
	 * @param route HTTP method and path pattern of entries
	 * @param payer address of the buyer of entries or passes
	 * @param sale correlation id of entries
	 * @return JSON or CSV, or {@code null} if there is no such part
	 */
	@ReadOperation(produces = { MediaType.APPLICATION_JSON_VALUE, "text/csv" })
	@Nullable ResponseEntity<?> part(@Selector String part, SecurityContext context, @Nullable ConsolePeriod period,
			@Nullable LedgerEvent event, @Nullable String route, @Nullable String payer, @Nullable String sale) {
		Instant now = this.clock.instant();
		Instant from = (period != null) ? now.minus(period.length()) : null;
		return switch (part) {
			case "figures" -> response(MediaType.APPLICATION_JSON)
				.body(this.figures.of(now, period, query(from, event, route, payer, sale, ENTRIES)));
			case "payers" -> response(MediaType.APPLICATION_JSON).body(this.figures.payers(from));
			case "passes" -> response(MediaType.APPLICATION_JSON).body(this.figures.passes(text(payer)));
			case "instance" -> response(MediaType.APPLICATION_JSON).body(this.instance.get());
			case "ledger.csv" -> response(new MediaType("text", "csv", StandardCharsets.UTF_8))
				.header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"ledger.csv\"")
				.body(new InputStreamResource(new LedgerExport(this.ledger).csv(new LedgerQuery(from, now, text(payer),
						text(route), event, text(sale), null, LedgerQuery.MAX_LIMIT))));
			case "newest" -> response(MediaType.APPLICATION_JSON).body(new Newest(newest()));
			case "hands" -> response(MediaType.APPLICATION_JSON).headers(csrf()).body(new Hands(user(context)));
			default -> null;
		};
	}

	/**
	 * Do something about a sale of unknown outcome.
	 * @param act {@code reconcile}, {@code settled} or {@code not_settled}
	 * @param context who does it
	 * @param sale correlation id of the sale
	 * @param transaction hash of the transaction that settled it
	 * @param note why
	 * @return what came of it, or {@code null} if there is nothing like that to do
	 */
	@WriteOperation(produces = MediaType.APPLICATION_JSON_VALUE)
	@Nullable ResponseEntity<?> act(@Selector String act, SecurityContext context, @Nullable String sale,
			@Nullable String transaction, @Nullable String note) {
		ConsoleHands.Act known = ConsoleHands.Act.of(act);
		if (this.hands == null || known == null) {
			return ResponseEntity.notFound().build();
		}
		ConsoleHands.Answer answer = this.hands.act(known, context.getPrincipal(),
				ConsoleHands.Order.of(sale, transaction, note));
		return response(MediaType.APPLICATION_JSON, answer.status()).body(new Acted(answer.result(), answer.detail()));
	}

	private @Nullable String newest() {
		List<LedgerEntry> newest = this.ledger.latest(LedgerQuery.all(1));
		return newest.isEmpty() ? null : newest.get(0).id();
	}

	private HttpHeaders csrf() {
		return (this.hands != null) ? this.hands.csrf() : HttpHeaders.EMPTY;
	}

	private @Nullable String user(SecurityContext context) {
		Principal principal = context.getPrincipal();
		return (this.hands != null && principal != null) ? principal.getName() : null;
	}

	private static LedgerQuery query(@Nullable Instant from, @Nullable LedgerEvent event, @Nullable String route,
			@Nullable String payer, @Nullable String sale, int limit) {
		return new LedgerQuery(from, null, text(payer), text(route), event, text(sale), null, limit);
	}

	private static @Nullable String text(@Nullable String value) {
		return StringUtils.hasText(value) ? value : null;
	}

	private static ResponseEntity.BodyBuilder response(MediaType type) {
		return response(type, HttpStatus.OK);
	}

	private static ResponseEntity.BodyBuilder response(MediaType type, HttpStatus status) {
		return ResponseEntity.status(status)
			.contentType(type)
			.header(HttpHeaders.CACHE_CONTROL, "no-store")
			.header("X-Content-Type-Options", "nosniff")
			.header("Referrer-Policy", "no-referrer");
	}

	/**
	 * Who can do something about sales of unknown outcome.
	 *
	 * @param user name of who is signed in, or {@code null} if that person can do nothing
	 */
	record Hands(@Nullable String user) {

	}

	/**
	 * What tells whether the ledger has a new entry.
	 *
	 * @param id identity of the last entry, or {@code null} if there is none
	 */
	record Newest(@Nullable String id) {

	}

	/**
	 * What came of something that was done.
	 *
	 * @param result stable code
	 * @param detail the same for people
	 */
	record Acted(String result, String detail) {

	}

}
