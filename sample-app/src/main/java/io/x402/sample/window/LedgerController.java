/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows the end of the ledger as it grows. All who watch share one look at the store.
 */
@RestController
final class LedgerController {

	private static final Duration INTERVAL = Duration.ofMillis(300);

	/** Shorter than the time limits of servers. The browser connects again. */
	private static final Duration CONNECTION = Duration.ofSeconds(20);

	private static final int ENTRIES = 12;

	private final Flux<List<Row>> rows;

	LedgerController(PaymentLedger ledger, Networks networks) {
		LedgerQuery last = LedgerQuery.all(ENTRIES);
		this.rows = Flux.interval(Duration.ZERO, INTERVAL)
			.onBackpressureDrop()
			.publishOn(Schedulers.boundedElastic(), 1)
			.map((tick) -> ledger.latest(last).stream().map((entry) -> Row.of(entry, networks)).toList())
			.distinctUntilChanged()
			.replay(1)
			.refCount(1, INTERVAL);
	}

	@GetMapping(path = "/ledger", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<List<Row>> ledger() {
		return this.rows.take(CONNECTION);
	}

	/**
	 * An entry of the ledger.
	 *
	 * @param id identity of the entry
	 * @param time when it was written
	 * @param event what happened
	 * @param sale correlation id of the sale
	 * @param route what was bought
	 * @param amount amount and ticker
	 * @param reason reason code, or {@code null}
	 */
	record Row(String id, Instant time, LedgerEvent event, String sale, String route, String amount,
			@Nullable String reason) {

		static Row of(LedgerEntry entry, Networks networks) {
			Network network = networks.byId(entry.network());
			Asset token = (network != null) ? network.assetAt(entry.asset()) : null;
			String amount = (token != null)
					? token.toTokens(entry.amount()).stripTrailingZeros().toPlainString() + " " + token.symbol()
					: entry.amount() + " atomic units";
			return new Row(entry.id(), entry.time(), entry.event(), entry.sale(), entry.route(), amount,
					entry.reason());
		}

	}

}
