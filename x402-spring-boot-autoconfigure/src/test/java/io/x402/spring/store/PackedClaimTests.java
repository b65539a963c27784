/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Interner;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Claims that are over, in little memory.
 */
class PackedClaimTests {

	private static final AuthorizationKey KEY = new AuthorizationKey(Payments.NETWORK, Payments.ASSET, Payments.PAYER,
			Payments.nonce(1));

	private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.123456789Z");

	private final Interner<PackedClaim.Terms> terms = Interner.newWeakInterner();

	@Property(tries = 200)
	void whenPackedThenAllIsReadAsItWas(@ForAll("texts") @Nullable String text, @ForAll("texts") @Nullable String other,
			@ForAll BigInteger amount) {
		String required = String.valueOf(text);
		Sale sale = new Sale(required, "GET /weather", "exact", amount, "0xSeller", other);
		SettlementResponse receipt = new SettlementResponse(true, text, other, text, required, other, text, null, null);
		assertIsPacked(settled(new NewClaim(KEY, required, String.valueOf(other), NOW, sale), receipt));
	}

	@Test
	void whenReceiptHasExtensionsThenItIsKept() {
		SettlementResponse receipt = new SettlementResponse(true, null, null, null, "0xabc", null, null,
				Map.of("a", Map.of("b", 1)), Map.of("c", "d"));
		assertIsPacked(settled(Payments.claim(KEY), receipt));
	}

	@Test
	void whenClaimIsNotAboutMoneyThenItIsPacked() {
		ClaimRecord record = ClaimRecord.of(Claim.of(new NewClaim(KEY, "a", "b", NOW, null), "owner"), NOW);
		assertIsPacked(record.after(record.claim(), ClaimChange.bound(), NOW, NOW));
	}

	@Test
	void whenSomethingMayStillBecomeOfAClaimThenItIsNotPacked() {
		ClaimRecord claimed = ClaimRecord.of(Claim.of(Payments.claim(KEY), "owner"), NOW);
		assertThat(PackedClaim.of(claimed, this.terms)).isEqualTo(new HeldClaim.Unpacked(claimed));
		ClaimRecord settling = claimed.after(claimed.claim(), ClaimChange.settlingAgain(), NOW, NOW);
		ClaimRecord running = settling.after(settling.claim(),
				ClaimChange.settled(Payments.receipt(), Duration.ofMinutes(5), true), NOW, NOW);
		assertThat(PackedClaim.of(running, this.terms)).isEqualTo(new HeldClaim.Unpacked(running));
		ClaimRecord pending = settling.after(settling.claim(), ClaimChange.pending(null, Duration.ZERO), NOW, NOW);
		assertThat(PackedClaim.of(pending, this.terms)).isEqualTo(new HeldClaim.Unpacked(pending));
	}

	private static ClaimRecord settled(NewClaim claimed, SettlementResponse receipt) {
		ClaimRecord first = ClaimRecord.of(Claim.of(claimed, UUID.randomUUID().toString()), NOW);
		ClaimRecord settling = first.after(first.claim(),
				ClaimChange.settling(new byte[100], ResponseRecord.notStored()), NOW, NOW);
		return settling.after(settling.claim(), ClaimChange.settled(receipt, Duration.ofMinutes(5), false), NOW, NOW);
	}

	private void assertIsPacked(ClaimRecord record) {
		HeldClaim packed = PackedClaim.of(record, this.terms);
		assertThat(packed).isInstanceOf(PackedClaim.class);
		assertThat(packed.expiresAt()).isEqualTo(record.claim().expiresAt());
		ClaimRecord unpacked = packed.unpack(record.claim().key());
		assertThat(unpacked.claim()).isEqualTo(record.claim());
		assertThat(unpacked.responded()).isEqualTo(record.responded());
		assertThat(unpacked.claimAt(NOW)).isEqualTo(record.claimAt(NOW));
		assertThat(unpacked.claimAt(NOW.plusSeconds(400))).isEqualTo(record.claimAt(NOW.plusSeconds(400)));
		assertThat(unpacked.hasResponse(NOW)).isEqualTo(record.hasResponse(NOW));
	}

	@Provide
	Arbitrary<@Nullable String> texts() {
		Arbitrary<String> digits = Arbitraries.strings().withChars("0123456789abcdefABCDEF").ofMaxLength(70);
		return Arbitraries
			.oneOf(digits, digits.map((text) -> "0x" + text), Arbitraries.create(() -> UUID.randomUUID().toString()),
					Arbitraries.strings().ofMaxLength(50), Arbitraries.of("", "0x", "0xg0", "\ud800", "0".repeat(36),
							"00000000-0000-0000-0000-00000000000G", "--------" + "-".repeat(28)))
			.injectNull(0.1);
	}

}
