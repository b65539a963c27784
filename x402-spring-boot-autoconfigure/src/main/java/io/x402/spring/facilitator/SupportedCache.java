package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.x402.spring.protocol.SupportedResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a facilitator supports. It is loaded when it is asked for, by one caller
 * for all; an old answer serves as long as there is no newer one.
 */
final class SupportedCache {

	private static final Log logger = LogFactory.getLog(SupportedCache.class);

	private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(30);

	private final Supplier<SupportedResponse> loader;

	private final LongSupplier nanoTime;

	private final long ttl;

	private final long retryDelay;

	private @Nullable SupportedResponse value;

	private long refreshAt;

	private @Nullable CompletableFuture<SupportedResponse> loading;

	SupportedCache(Supplier<SupportedResponse> loader, Duration ttl, LongSupplier nanoTime) {
		this.loader = loader;
		this.nanoTime = nanoTime;
		this.ttl = ttl.toNanos();
		this.retryDelay = Math.min(this.ttl, RETRY_AFTER_FAILURE.toNanos());
	}

	/**
	 * Return the supported kinds.
	 * @return the newest known answer
	 * @throws FacilitatorException if there has been none
	 */
	SupportedResponse get() {
		CompletableFuture<SupportedResponse> own = new CompletableFuture<>();
		CompletableFuture<SupportedResponse> running;
		synchronized (this) {
			running = this.loading;
			if (this.value != null && (running != null || this.nanoTime.getAsLong() - this.refreshAt < 0)) {
				return this.value;
			}
			if (running == null) {
				this.loading = own;
			}
		}
		return (running != null) ? await(running) : load(own);
	}

	private SupportedResponse load(CompletableFuture<SupportedResponse> own) {
		try {
			SupportedResponse loaded = this.loader.get();
			finish(loaded, this.ttl);
			own.complete(loaded);
			return loaded;
		}
		catch (RuntimeException | Error ex) {
			SupportedResponse old = finish(null, this.retryDelay);
			own.completeExceptionally(ex);
			if (old == null || !(ex instanceof FacilitatorException)) {
				throw ex;
			}
			logger.warn("Using an old answer of /supported: " + ex.getMessage());
			return old;
		}
	}

	private synchronized @Nullable SupportedResponse finish(@Nullable SupportedResponse loaded, long delay) {
		if (loaded != null) {
			this.value = loaded;
		}
		this.refreshAt = this.nanoTime.getAsLong() + delay;
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
			throw new FacilitatorException("The supported kinds could not be loaded: " + ex.getCause().getMessage());
		}
	}

}
