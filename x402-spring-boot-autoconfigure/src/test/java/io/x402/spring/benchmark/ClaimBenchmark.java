/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.Sale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Claims in memory, beside half as many as fit by default.
 */
@State(Scope.Thread)
public class ClaimBenchmark extends AverageTimeBenchmark {

	private static final int HELD = 50_000;

	private final PaymentStore store = new InMemoryPaymentStore(100_000, Clock.systemUTC());

	private final Instant end = Instant.now().plus(Duration.ofHours(1));

	private final AuthorizationKey[] keys = new AuthorizationKey[1024];

	private int next;

	@Setup
	public void fill() {
		for (int i = 0; i < HELD; i++) {
			this.store.claim(request(key(i), "other"));
		}
		for (int i = 0; i < this.keys.length; i++) {
			this.keys[i] = key(HELD + i);
		}
	}

	/** What an uncharged request does: claim, verified, release. */
	@Benchmark
	public Claim claimAdvanceAndRelease() {
		Claim claim = claim();
		claim = this.store.advance(claim, ClaimChange.verified());
		this.store.release(claim, "benchmark");
		return claim;
	}

	private Claim claim() {
		AuthorizationKey key = this.keys[this.next++ & (this.keys.length - 1)];
		return Objects.requireNonNull(this.store.claim(request(key, "fingerprint")));
	}

	private NewClaim request(AuthorizationKey key, String fingerprint) {
		return new NewClaim(key, fingerprint, "payload", this.end, new Sale("id", "GET /", "exact", BigInteger.TEN,
				"0x209693bc6afc0c5328ba36faf03c514ef312287c", key.payer()));
	}

	private static AuthorizationKey key(int number) {
		return new AuthorizationKey("eip155:84532", "0x036cbd53842c5426634e7929541ec2318f3dcf7e",
				"0x209693bc6afc0c5328ba36faf03c514ef312287c", "0x%064x".formatted(number));
	}

}
