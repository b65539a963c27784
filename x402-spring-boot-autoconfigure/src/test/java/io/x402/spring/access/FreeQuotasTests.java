/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.x402.spring.pricing.FreeQuota;
import io.x402.spring.store.InMemoryQuotaStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.QuotaCall;
import io.x402.spring.store.QuotaClient;
import io.x402.spring.store.QuotaStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who is a client, and what becomes of free calls that cannot be counted.
 */
@ExtendWith(OutputCaptureExtension.class)
class FreeQuotasTests {

	private static final FreeQuota THREE_A_DAY = new FreeQuota(3, Duration.ofDays(1));

	private final AtomicLong nanos = new AtomicLong();

	private final QuotaStore memory = new InMemoryQuotaStore(1000, this.nanos::get);

	private ClientKey key = new ClientKey(ClientKey.Kind.PRINCIPAL, "");

	private QuotaStore store = this.memory;

	@Test
	void whenUserIsAuthenticatedThenAddressesDoNotCount() {
		assertThat(granted("anna", "192.0.2.1", null)).isEqualTo(3);
		assertThat(granted("anna", "192.0.2.2", null)).isZero();
		assertThat(granted("bert", "192.0.2.1", null)).isEqualTo(3);
		assertThat(granted(null, "192.0.2.1", null)).isEqualTo(3);
		assertThat(granted("network 32 3221225985", "192.0.2.9", null)).isEqualTo(3);
	}

	@Test
	void whenNetworksAreToldApartThenUsersDoNotCount() {
		this.key = new ClientKey(ClientKey.Kind.IP, "");
		assertThat(granted("anna", "192.0.2.1", null)).isEqualTo(3);
		assertThat(granted("bert", "192.0.2.1", null)).isZero();
		assertThat(granted("anna", "2001:db8:1:2::1", null)).isEqualTo(3);
		assertThat(granted("anna", "2001:db8:1:2::2", null)).isZero();
		assertThat(quotas().reserve("price", THREE_A_DAY, caller("anna", null, null))).isEmpty();
	}

	@Test
	void whenKeysAreToldApartThenThoseWithoutOneAreToldApartByNetwork() {
		this.key = new ClientKey(ClientKey.Kind.HEADER, "X-API-Key");
		assertThat(granted(null, "192.0.2.1", "one")).isEqualTo(3);
		assertThat(granted(null, "192.0.2.2", "one")).isZero();
		assertThat(granted(null, "192.0.2.1", "two")).isEqualTo(3);
		assertThat(granted(null, "192.0.2.1", null)).isEqualTo(3);
		assertThat(granted(null, "192.0.2.1", " ")).isZero();
		assertThat(granted(null, "192.0.2.3", null)).isEqualTo(3);
		assertThat(quotas().reserve("price", THREE_A_DAY, caller(null, null, "one"))).isEmpty();
	}

	@Test
	void whenKeysAreInventedThenANetworkHasAFewQuotasAndOthersKeepTheirs() {
		this.key = new ClientKey(ClientKey.Kind.HEADER, "X-API-Key");
		int granted = IntStream.range(0, 1000).map((i) -> granted(null, "2001:db8:1:2::" + i, "invented" + i)).sum();
		assertThat(granted).isEqualTo(30);
		assertThat(granted(null, "2001:db8:1:2::1", null)).isZero();
		assertThat(granted(null, "2001:db8:1:3::1", "known")).isEqualTo(3);
	}

	@Test
	void whenACallIsGivenBackThenSoItIsForKeyAndNetworkOnce() {
		this.key = new ClientKey(ClientKey.Kind.HEADER, "X-API-Key");
		for (int i = 0; i < 100; i++) {
			FreeCall call = quotas().reserve("price", THREE_A_DAY, caller(null, "192.0.2.1", "one")).orElseThrow();
			assertThat(call.isGranted()).isTrue();
			call.giveBack();
			call.giveBack();
		}
		assertThat(granted(null, "192.0.2.1", "one")).isEqualTo(3);
		assertThat(IntStream.range(0, 20).map((i) -> granted(null, "192.0.2.1", "other" + i)).sum()).isEqualTo(27);
	}

	@Test
	void whenCallsCannotBeCountedThenNoneIsFreeAndThatIsLoggedOnce(CapturedOutput output) {
		this.store = new Broken(this.memory);
		FreeQuotas quotas = quotas();
		for (int i = 0; i < 3; i++) {
			assertThat(quotas.reserve("price", THREE_A_DAY, caller("anna", null, null))).isEmpty();
		}
		assertThat(output.getOut().split("No call is free", -1)).hasSize(2);
		((Broken) this.store).broken = false;
		assertThat(quotas.reserve("price", THREE_A_DAY, caller("anna", null, null)).orElseThrow().isGranted()).isTrue();
	}

	@Test
	void whenACallCannotBeGivenBackThenNothingIsThrown() {
		Broken broken = new Broken(this.memory);
		broken.broken = false;
		this.store = broken;
		FreeCall call = quotas().reserve("price", THREE_A_DAY, caller("anna", null, null)).orElseThrow();
		broken.broken = true;
		call.giveBack();
		assertThat(call.isGranted()).isTrue();
	}

	@Test
	void whenShownThenInTheFormatOfTheDraft() {
		FreeCall call = quotas().reserve("price", THREE_A_DAY, caller("anna", null, null)).orElseThrow();
		assertThat(call.policy()).isEqualTo("\"free\";q=3;w=86400");
		this.nanos.addAndGet(Duration.ofMillis(1500).toNanos());
		call = quotas().reserve("price", THREE_A_DAY, caller("anna", null, null)).orElseThrow();
		assertThat(call.rest()).isEqualTo("\"free\";r=1;t=86399");
	}

	@ParameterizedTest
	@CsvSource({ "principal, PRINCIPAL, ''", "IP, IP, ''", "header:X-API-Key, HEADER, X-API-Key" })
	void whenKeyIsWrittenThenItIsRead(String text, ClientKey.Kind kind, String header) {
		assertThat(ClientKey.parse(text)).isEqualTo(new ClientKey(kind, header));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "payer", "header:", "header: X", "header", "principal " })
	void whenKeyIsNoneThenItIsNotRead(String text) {
		assertThat(ClientKey.parse(text)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff", "[2001:db8:1:2::1], 2001:0db8:1:2:0::9",
			"fe80::1%eth0, fe80::2%eth1", "::ffff:192.0.2.1, 192.0.2.1", "192.0.2.1, 192.0.2.1" })
	void whenAddressesAreOfOneNetworkThenTheyAreOneClient(String one, String other) {
		assertThat(ClientNetwork.of(one, 64)).isNotNull().isEqualTo(ClientNetwork.of(other, 64));
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8:1:2::1, 2001:db8:1:3::1", "192.0.2.1, 192.0.2.2", "::c000:201, 192.0.2.1" })
	void whenAddressesAreOfDifferentNetworksThenTheyAreDifferentClients(String one, String other) {
		assertThat(ClientNetwork.of(one, 64)).isNotNull().isNotEqualTo(ClientNetwork.of(other, 64));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "unknown", "localhost", "example.com", "_hidden", "999.1.1.1", "1.2.3", "::1::", "a" })
	void whenTextIsNoAddressThenThereIsNoClient(String text) {
		assertThat(ClientNetwork.of(text, 64)).isNull();
	}

	private FreeQuotas quotas() {
		return new FreeQuotas(this.store, this.key, 64);
	}

	private int granted(String user, String address, String header) {
		FreeQuotas quotas = quotas();
		return (int) IntStream.range(0, 5)
			.filter((
					i) -> quotas.reserve("price", THREE_A_DAY, caller(user, address, header)).orElseThrow().isGranted())
			.count();
	}

	private static Caller caller(String user, String address, String header) {
		return new Caller(user, address, (name) -> "X-API-Key".equals(name) ? header : null);
	}

	/**
	 * A store that may be out of reach.
	 */
	private static final class Broken implements QuotaStore {

		private final QuotaStore store;

		private boolean broken = true;

		Broken(QuotaStore store) {
			this.store = store;
		}

		@Override
		public QuotaCall take(QuotaClient client) {
			check();
			return this.store.take(client);
		}

		@Override
		public void giveBack(QuotaClient client, QuotaCall call) {
			check();
			this.store.giveBack(client, call);
		}

		private void check() {
			if (this.broken) {
				throw new PaymentStoreException("Out of reach");
			}
		}

	}

}
