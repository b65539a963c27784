package io.x402.spring.payment;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Claims in memory.
 */
class InMemoryPaymentStoreTests {

	private final InMemoryPaymentStore store = Payments.store();

	@Test
	void whenClaimedOnceThenNobodyElseGetsIt() {
		Claim claim = claim(1);
		assertThat(claim).isNotNull();
		assertThat(claim.state()).isEqualTo(ClaimState.CLAIMED);
		assertThat(claim(1)).isNull();
		assertThat(this.store.find(key(1))).isEqualTo(claim);
	}

	@Test
	void whenClaimedAtOnceThenOneWins() throws Exception {
		int contenders = 16;
		ExecutorService executor = Executors.newFixedThreadPool(contenders);
		CyclicBarrier start = new CyclicBarrier(contenders);
		List<Future<Claim>> claims = new ArrayList<>();
		for (int i = 0; i < contenders; i++) {
			claims.add(executor.submit(() -> {
				start.await();
				return claim(1);
			}));
		}
		int winners = 0;
		for (Future<Claim> claim : claims) {
			winners += Objects.nonNull(claim.get()) ? 1 : 0;
		}
		executor.shutdown();
		assertThat(winners).isOne();
	}

	@Test
	void whenReleasedThenItCanBeClaimedAgain() {
		this.store.release(claim(1));
		assertThat(claim(1)).isNotNull();
	}

	@Test
	void whenAnOldVersionIsReleasedThenTheClaimStays() {
		Claim old = claim(1);
		Claim current = this.store.advance(old, ClaimState.VERIFIED, null);
		this.store.release(old);
		assertThat(this.store.find(key(1))).isEqualTo(current);
	}

	@Test
	void whenAnOldVersionIsAdvancedThenItIsRefused() {
		Claim old = claim(1);
		Claim current = this.store.advance(old, ClaimState.VERIFIED, null);
		assertThat(current.version()).isEqualTo(old.version() + 1);
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> this.store.advance(old, ClaimState.SETTLING, null));
		assertThat(this.store.find(key(1))).isEqualTo(current);
	}

	@Test
	void whenAReleasedClaimIsAdvancedThenItIsRefusedEvenIfItWasClaimedAnew() {
		Claim old = claim(1);
		this.store.release(old);
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> this.store.advance(old, ClaimState.VERIFIED, null));
		assertThat(this.store.find(key(1))).isNull();
	}

	@Test
	void whenFullThenItRefusesAndForgetsNothing() {
		InMemoryPaymentStore small = new InMemoryPaymentStore(2, Clock.systemUTC());
		small.claim(key(1), "request", Payments.later());
		small.claim(key(2), "request", Payments.later());
		for (int i = 3; i < 100; i++) {
			ClaimKey key = key(i);
			assertThatExceptionOfType(PaymentStoreException.class)
				.isThrownBy(() -> small.claim(key, "request", Payments.later()));
		}
		assertThat(small.find(key(1))).isNotNull();
		assertThat(small.find(key(2))).isNotNull();
	}

	@Test
	void whenFullThenWhatIsClaimedIsStillSaidToBeClaimed() {
		InMemoryPaymentStore small = new InMemoryPaymentStore(1, Clock.systemUTC());
		small.claim(key(1), "request", Payments.later());
		assertThat(small.claim(key(1), "request", Payments.later())).isNull();
	}

	@Test
	void whenExpiredThenItsPlaceIsFree() {
		InMemoryPaymentStore small = new InMemoryPaymentStore(1, Clock.systemUTC());
		small.claim(key(1), "request", Instant.now().minusSeconds(1));
		assertThat(small.find(key(1))).isNull();
		assertThat(small.claim(key(2), "request", Payments.later())).isNotNull();
	}

	@Test
	void whenAdvancedThenTheTimeOfExpiryStays() throws InterruptedException {
		Claim claim = this.store.claim(key(1), "request", Instant.now().plusMillis(300));
		assertThat(claim).isNotNull();
		this.store.advance(claim, ClaimState.VERIFIED, null);
		Thread.sleep(400);
		assertThat(this.store.find(key(1))).isNull();
	}

	@Test
	void whenATransactionSettledAClaimThenItSettlesNoOther() {
		Claim first = this.store.advance(claim(1), ClaimState.SETTLED, Payments.receipt());
		assertThat(first.receipt()).isEqualTo(Payments.receipt());
		Claim second = claim(2);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> this.store.advance(second, ClaimState.SETTLED, Payments.receipt()));
		assertThat(this.store.find(key(2))).isEqualTo(second);
	}

	@Test
	void whenAnotherNetworkHasTheSameTransactionThenItSettles() {
		this.store.advance(claim(1), ClaimState.SETTLED, Payments.receipt());
		ClaimKey key = new ClaimKey("eip155:8453", "asset", "payer", "nonce");
		Claim other = this.store.claim(key, "request", Payments.later());
		assertThat(this.store.advance(other, ClaimState.SETTLED, Payments.receipt()).state())
			.isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenDeclinedThenTheTransactionStaysFree() {
		SettlementResponse failure = new SettlementResponse(false, "reverted", null, null, Payments.TRANSACTION,
				Payments.NETWORK, null, null, null);
		this.store.advance(claim(1), ClaimState.DECLINED, failure);
		assertThat(this.store.advance(claim(2), ClaimState.SETTLED, Payments.receipt())).isNotNull();
	}

	private Claim claim(int number) {
		return this.store.claim(key(number), "request", Payments.later());
	}

	private static ClaimKey key(int number) {
		return new ClaimKey(Payments.NETWORK, Payments.ASSET, Payments.PAYER, Payments.nonce(number));
	}

}
