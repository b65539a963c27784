package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.x402.spring.protocol.SupportedResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Remembers what a facilitator supports. The first answer is loaded when it is asked for,
 * by one caller for all; later ones in the background, while the old answer serves. An
 * answer that did not change stays the same object. Instances that start together do not
 * refresh together.
 */
final class SupportedCache {

	private static final Log logger = LogFactory.getLog(SupportedCache.class);

	private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(30);

	private static final double MAX_JITTER = 0.2;

	private final Supplier<SupportedResponse> loader;

	private final LongSupplier nanoTime;

	private final Executor refresher;

	private final DoubleSupplier random;

	private final long ttl;

	private volatile @Nullable SupportedResponse value;

	private volatile boolean tried;

	private volatile long refreshAt;

	private @Nullable CompletableFuture<SupportedResponse> loading;

	SupportedCache(Supplier<SupportedResponse> loader, Duration ttl, LongSupplier nanoTime, Executor refresher,
			DoubleSupplier random) {
		this.loader = loader;
		this.nanoTime = nanoTime;
		this.refresher = refresher;
		this.random = random;
		this.ttl = ttl.toNanos();
	}

	static SupportedCache of(Supplier<SupportedResponse> loader, Duration ttl) {
		SimpleAsyncTaskExecutor refresher = new SimpleAsyncTaskExecutor("x402-supported-");
		refresher.setDaemon(true);
		return new SupportedCache(loader, ttl, System::nanoTime, refresher,
				() -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * Return the supported kinds. Waits only for the first answer.
	 * @return the newest known answer
	 * @throws FacilitatorException if there has been none
	 */
	SupportedResponse get() {
		SupportedResponse known = known(false);
		if (known != null) {
			return known;
		}
		CompletableFuture<SupportedResponse> own = new CompletableFuture<>();
		CompletableFuture<SupportedResponse> running = begin(own);
		if (running == own) {
			load(own);
		}
		return await(running);
	}

	/**
	 * Return the supported kinds without waiting.
	 * @return the newest known answer, or {@code null} if there has been none
	 */
	@Nullable SupportedResponse known() {
		return known(true);
	}

	private @Nullable SupportedResponse known(boolean loadFirst) {
		if (this.tried && this.nanoTime.getAsLong() - this.refreshAt < 0) {
			return this.value;
		}
		CompletableFuture<SupportedResponse> own = new CompletableFuture<>();
		synchronized (this) {
			if (this.loading != null || (this.value == null && !loadFirst)) {
				return this.value;
			}
			this.loading = own;
		}
		try {
			this.refresher.execute(() -> load(own));
		}
		catch (RuntimeException ex) {
			finish(null, RETRY_AFTER_FAILURE.toNanos());
			own.completeExceptionally(ex);
		}
		return this.value;
	}

	private synchronized CompletableFuture<SupportedResponse> begin(CompletableFuture<SupportedResponse> own) {
		if (this.loading == null) {
			this.loading = own;
		}
		return this.loading;
	}

	private void load(CompletableFuture<SupportedResponse> own) {
		try {
			own.complete(finish(this.loader.get(), this.ttl));
		}
		catch (RuntimeException | Error ex) {
			if (finish(null, Math.min(this.ttl, RETRY_AFTER_FAILURE.toNanos())) != null) {
				logger.warn("Using an old answer of /supported: " + message(ex));
			}
			own.completeExceptionally(ex);
		}
	}

	private synchronized @Nullable SupportedResponse finish(@Nullable SupportedResponse loaded, long delay) {
		if (loaded != null && !loaded.equals(this.value)) {
			this.value = loaded;
		}
		this.refreshAt = this.nanoTime.getAsLong() + delay - (long) (delay * MAX_JITTER * this.random.getAsDouble());
		this.tried = true;
		this.loading = null;
		return this.value;
	}

	private static SupportedResponse await(CompletableFuture<SupportedResponse> running) {
		try {
			return running.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new FacilitatorException("Interrupted while the supported kinds were loaded");
		}
		catch (ExecutionException ex) {
			throw new FacilitatorException("The supported kinds could not be loaded: " + message(ex.getCause()));
		}
	}

	/**
	 * Only messages of our own are known to hold no secrets.
	 */
	private static String message(Throwable failure) {
		return (failure instanceof FacilitatorException) ? String.valueOf(failure.getMessage())
				: failure.getClass().getName();
	}

}
