/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.x402.spring.pricing.FreeQuota;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts of free calls.
 */
class FreeQuotasTests {

	private static final FreeQuota THREE_A_DAY = new FreeQuota(3, Duration.ofDays(1));

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	@Test
	void whenPeriodEndsThenCallsAreFreeAgain() {
		QuotaWindows windows = windows(10);
		assertThat(granted(windows, "a", 5)).isEqualTo(3);
		pass(Duration.ofDays(1).minusNanos(1));
		assertThat(granted(windows, "a", 5)).isZero();
		pass(Duration.ofNanos(1));
		assertThat(granted(windows, "a", 5)).isEqualTo(3);
	}

	@Test
	void whenManyCallAtOnceThenNoMoreThanTheLimitAreFree() {
		QuotaWindows windows = new QuotaWindows(new FreeQuota(1000, Duration.ofDays(1)), 10, this.nanos::get);
		long granted = IntStream.range(0, 20_000)
			.parallel()
			.mapToObj((i) -> windows.reserve("a"))
			.filter(FreeCall::isGranted)
			.count();
		assertThat(granted).isEqualTo(1000);
	}

	@Test
	void whenSomeAreGivenBackInParallelThenExactlyThoseAreFreeAgain() {
		QuotaWindows windows = new QuotaWindows(new FreeQuota(1000, Duration.ofDays(1)), 10, this.nanos::get);
		List<FreeCall> calls = IntStream.range(0, 1000).mapToObj((i) -> windows.reserve("a")).toList();
		calls.subList(0, 400).parallelStream().forEach((call) -> {
			call.giveBack();
			call.giveBack();
		});
		assertThat(granted(windows, "a", 2000)).isEqualTo(400);
	}

	@Test
	void whenThereIsNoRoomForAClientThenItHasNoFreeCallAndCountsStay() {
		QuotaWindows windows = windows(2);
		assertThat(granted(windows, "a", 5)).isEqualTo(3);
		assertThat(granted(windows, "b", 1)).isEqualTo(1);
		assertThat(IntStream.range(0, 1000).map((i) -> granted(windows, "flood" + i, 1)).sum()).isZero();
		assertThat(granted(windows, "a", 5)).isZero();
		assertThat(granted(windows, "b", 5)).isEqualTo(2);
		pass(Duration.ofDays(1));
		assertThat(granted(windows, "c", 5)).isEqualTo(3);
	}

	@Test
	void whenACallIsGivenBackAfterItsPeriodThenTheNextPeriodHasNoMoreCalls() {
		QuotaWindows windows = windows(10);
		FreeCall late = windows.reserve("a");
		pass(Duration.ofDays(1));
		assertThat(granted(windows, "a", 5)).isEqualTo(3);
		late.giveBack();
		assertThat(granted(windows, "a", 5)).isZero();
	}

	@Test
	void whenShownThenInTheFormatOfTheDraft() {
		QuotaWindows windows = windows(10);
		assertThat(windows.reserve("a").policy()).isEqualTo("\"free\";q=3;w=86400");
		pass(Duration.ofMillis(1500));
		assertThat(windows.reserve("a").rest()).isEqualTo("\"free\";r=1;t=86399");
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

	private QuotaWindows windows(int maxClients) {
		return new QuotaWindows(THREE_A_DAY, maxClients, this.nanos::get);
	}

	private void pass(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

	private static int granted(QuotaWindows windows, String client, int calls) {
		return (int) IntStream.range(0, calls).filter((i) -> windows.reserve(client).isGranted()).count();
	}

}
