/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.AuthorizationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LedgerExportTests {

	private static final String HEADER = "id,time,event,sale,route,network,scheme,asset,amount,payTo,payer,"
			+ "transaction,reason,note\r\n";

	private final Clock clock = Clock.fixed(Instant.parse("2026-11-26T04:00:00Z"), ZoneOffset.UTC);

	private final InMemoryPaymentLedger ledger = new InMemoryPaymentLedger(100, this.clock);

	private final PaymentStore store = new InMemoryPaymentStore(100, 1000, this.ledger, this.clock);

	@BeforeEach
	void trade() {
		AuthorizationKey key = new AuthorizationKey(Payments.NETWORK, "asset", "payer", "nonce");
		Claim claim = this.store.claim(Payments.claim(key));
		this.store.advance(
				this.store.advance(this.store.advance(claim, ClaimChange.verified()), ClaimChange.settlingAgain()),
				Payments.settled(Payments.receipt()));
	}

	@Test
	void whenWrittenAsCsvThenThereIsALineForEachEntry() throws IOException {
		StringBuilder csv = new StringBuilder();
		new LedgerExport(this.ledger).csv(LedgerQuery.all(1), csv);
		assertThat(csv.toString()).isEqualTo(HEADER
				+ "0000000000000000001,2026-11-26T04:00:00Z,VERIFIED,purchase,GET /goods,eip155:84532,exact,asset,10000,"
				+ Payments.SELLER + "," + Payments.PAYER + ",,,\r\n"
				+ "0000000000000000002,2026-11-26T04:00:00Z,SETTLED,purchase,GET /goods,eip155:84532,exact,asset,10000,"
				+ Payments.SELLER + "," + Payments.PAYER + "," + Payments.TRANSACTION + ",,\r\n");
	}

	@Test
	void whenReadAsCsvThenItIsTheSameAndAPageIsReadWhenTheReaderGetsThere() throws IOException {
		StringBuilder written = new StringBuilder();
		new LedgerExport(this.ledger).csv(LedgerQuery.all(1), written);
		List<LedgerQuery> queries = new ArrayList<>();
		PaymentLedger watched = (PaymentLedger) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { PaymentLedger.class }, (proxy, method, arguments) -> {
					queries.add((LedgerQuery) arguments[0]);
					return method.invoke(this.ledger, arguments);
				});
		try (InputStream csv = new LedgerExport(watched).csv(LedgerQuery.all(1))) {
			assertThat(new String(csv.readNBytes(HEADER.length()), StandardCharsets.UTF_8)).isEqualTo(HEADER);
			assertThat(queries).isEmpty();
			assertThat(csv.read()).isEqualTo('0');
			assertThat(queries).hasSize(1);
			csv.skipNBytes(written.indexOf("\r\n", HEADER.length()) + 1 - HEADER.length());
			assertThat(queries).hasSize(1);
		}
		assertThat(queries).hasSize(1);
		assertThat(new String(new LedgerExport(watched).csv(LedgerQuery.all(1)).readAllBytes(), StandardCharsets.UTF_8))
			.isEqualTo(written.toString());
	}

	@Test
	void whenPagesAreOfAnotherSizeThenTheSameIsWritten() throws IOException {
		Claim other = this.store
			.claim(Payments.claim(new AuthorizationKey(Payments.NETWORK, "asset", "payer", "other nonce")));
		this.store.release(this.store.advance(other, ClaimChange.verified()), "reason");
		StringBuilder whole = new StringBuilder();
		new LedgerExport(this.ledger).csv(LedgerQuery.all(100), whole);
		assertThat(whole.toString().lines()).hasSize(5);
		for (int size = 1; size < 5; size++) {
			StringBuilder pages = new StringBuilder();
			new LedgerExport(this.ledger).csv(LedgerQuery.all(size), pages);
			assertThat(pages).as("pages of %s", size).hasToString(whole.toString());
		}
	}

	@Test
	void whenATextIsSpecialThenItIsQuotedAndNoFormula() throws IOException {
		Sale purchase = new Sale("=cmd|x", "GET /a,\"b\"", "exact", java.math.BigInteger.ONE, "seller", null);
		Claim claim = this.store.claim(new NewClaim(new AuthorizationKey("network", "asset", "", "other"), "request",
				"payload", this.clock.instant().plusSeconds(60), purchase));
		this.store.advance(claim, ClaimChange.verified());
		StringBuilder csv = new StringBuilder();
		new LedgerExport(this.ledger).csv(new LedgerQuery(null, null, null, null, null, purchase.id(), null, 10), csv);
		assertThat(csv.toString())
			.endsWith("VERIFIED,'=cmd|x,\"GET /a,\"\"b\"\"\",network,exact,asset,1,seller,,,,\r\n");
	}

	@Test
	void whenWrittenAsJsonThenEachLineIsAnObject() throws IOException {
		StringBuilder json = new StringBuilder();
		new LedgerExport(this.ledger)
			.jsonLines(new LedgerQuery(null, null, null, null, LedgerEvent.SETTLED, null, null, 10), json);
		assertThat(json.toString()).isEqualTo("{\"id\":\"0000000000000000002\",\"time\":\"2026-11-26T04:00:00Z\","
				+ "\"event\":\"SETTLED\",\"sale\":\"purchase\",\"route\":\"GET /goods\",\"network\":\"eip155:84532\","
				+ "\"scheme\":\"exact\",\"asset\":\"asset\",\"amount\":\"10000\",\"payTo\":\"" + Payments.SELLER
				+ "\",\"payer\":\"" + Payments.PAYER + "\",\"transaction\":\"" + Payments.TRANSACTION + "\"}\n");
	}

}
