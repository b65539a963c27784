package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecoveryLook}.
 */
class RecoveryLookTests {

	private final AtomicInteger looks = new AtomicInteger();

	private final BlockingQueue<Boolean> recovered = new LinkedBlockingQueue<>();

	@Test
	void whenALookEndsInAnErrorThenTheNextOneIsMadeAllTheSame() throws Exception {
		List<Throwable> failures = List.of(new NoClassDefFoundError("gone"), new OutOfMemoryError("thread"),
				new IllegalStateException("bug"));
		try (RecoveryLook recovery = new RecoveryLook(() -> {
			int look = this.looks.getAndIncrement();
			if (look < failures.size()) {
				throw RecoveryLookTests.<RuntimeException>sneaky(failures.get(look));
			}
			return true;
		}, Duration.ofMillis(1))) {
			recovery.begin(this.recovered::add);
			assertThat(this.recovered.poll(20, TimeUnit.SECONDS)).as("recovered after looks that failed").isTrue();
			assertThat(this.looks).hasValue(4);
		}
	}

	@Test
	void whenFirstLookSucceedsThenThatIsNoNews() throws Exception {
		try (RecoveryLook recovery = new RecoveryLook(() -> true, Duration.ofMillis(1))) {
			recovery.begin(this.recovered::add);
			assertThat(this.recovered.poll(20, TimeUnit.SECONDS)).isFalse();
			recovery.begin(this.recovered::add);
			assertThat(this.recovered.poll(20, TimeUnit.SECONDS)).as("another round").isFalse();
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
		throw (T) failure;
	}

}
