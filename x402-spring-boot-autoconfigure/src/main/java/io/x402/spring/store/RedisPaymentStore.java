package io.x402.spring.store;

import java.time.Duration;
import java.util.List;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimChange;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.NewClaim;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.UnsettledClaim;
import io.x402.spring.protocol.PaymentCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/** To be written. */
public final class RedisPaymentStore implements PaymentStore {

	public RedisPaymentStore(StringRedisTemplate redis, PaymentCodec codec, Duration lease) {
	}

	@Override
	public @Nullable Claim claim(NewClaim claim) {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable Claim find(ClaimKey key) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void release(Claim claim, String reason) {
		throw new UnsupportedOperationException();
	}

	@Override
	public byte @Nullable [] answer(Claim claim) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void redelivered(Claim claim) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
		throw new UnsupportedOperationException();
	}

}
