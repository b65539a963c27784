/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Remembers what a facilitator supports. The first response is loaded when it is asked
 * for, by one caller for all; later ones in the background, while the old response
 * serves. An response that did not change stays the same object. Instances that start
 * together do not refresh together.
 * <p>
 * After a failure no one asks for a second, after further ones for twice the time of the
 * one before, at most half a minute: whoever needs a response gets the failure.
 *
 * @since 0.1.0
 */
public final class SupportedCache implements SupportedKinds {

	private static final Log logger = LogFactory.getLog(SupportedCache.class);

	private static final Duration REFRESH = Duration.ofSeconds(30);

	private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

	private static final Duration MAX_RETRY = Duration.ofSeconds(30);

	private static final double MAX_JITTER = 0.2;

	private final Supplier<SupportedResponse> loader;

	private final MonotonicClock clock;

	private final Executor refresher;

	private final DoubleSupplier random;

	private final long ttl;

	private volatile @Nullable SupportedResponse value;

	private volatile boolean tried;

	private volatile long refreshAt;

	private volatile @Nullable String failure;

	private int failures;

	private @Nullable CompletableFuture<SupportedResponse> loading;

	SupportedCache(Supplier<SupportedResponse> loader, Duration ttl, MonotonicClock clock, Executor refresher,
			DoubleSupplier random) {
		this.loader = loader;
		this.clock = clock;
		this.refresher = refresher;
		this.random = random;
		this.ttl = ttl.toNanos();
	}

	public static SupportedCache of(Supplier<SupportedResponse> loader, Duration ttl) {
		SimpleAsyncTaskExecutor refresher = new SimpleAsyncTaskExecutor("x402-supported-");
		refresher.setDaemon(true);
		return new SupportedCache(loader, ttl, MonotonicClock.system(), refresher,
				() -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * Return the supported kinds of a facilitator: those it keeps itself, else a cache
	 * that is refreshed every 30 seconds.
	 * @param facilitator the facilitator
	 * @return its supported kinds
	 */
	public static SupportedKinds of(Facilitator facilitator) {
		return (facilitator instanceof MonitoredFacilitator monitored) ? monitored.supportedKinds()
				: of(facilitator::supported, REFRESH);
	}

	/**
	 * Return the supported kinds. Waits only for the first response.
	 * @return the newest known response
	 * @throws FacilitatorException if there has been none
	 */
	@Override
	public SupportedResponse get() {
		SupportedResponse known = known(false);
		if (known != null) {
			return known;
		}
		return load(false);
	}

	/**
	 * Ask now, or wait for whoever does already.
	 * @return the response
	 * @throws FacilitatorException if there is none
	 */
	public SupportedResponse refresh() {
		return load(true);
	}

	private SupportedResponse load(boolean always) {
		CompletableFuture<SupportedResponse> own = new CompletableFuture<>();
		CompletableFuture<SupportedResponse> running = begin(own, always);
		if (running == own) {
			load(own);
		}
		return await(running);
	}

	/**
	 * Return the supported kinds without waiting.
	 * @return the newest known response, or {@code null} if there has been none
	 */
	@Override
	public @Nullable SupportedResponse known() {
		return known(true);
	}

	/**
	 * Return why the latest load failed.
	 * @return the failure, or {@code null} if it did not fail
	 */
	public @Nullable String failure() {
		return this.failure;
	}

	private boolean isDue() {
		return !this.tried || this.clock.nanos() - this.refreshAt >= 0;
	}

	private @Nullable SupportedResponse known(boolean loadFirst) {
		if (!isDue()) {
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
		catch (RuntimeException | Error ex) {
			// A thread that cannot be created is an error
			failed(ex);
			own.completeExceptionally(ex);
		}
		return this.value;
	}

	private synchronized CompletableFuture<SupportedResponse> begin(CompletableFuture<SupportedResponse> own,
			boolean always) {
		if (this.loading == null && !always && !isDue()) {
			return (this.value != null) ? CompletableFuture.completedFuture(this.value)
					: CompletableFuture.failedFuture(new FacilitatorException(String.valueOf(this.failure)));
		}
		if (this.loading == null) {
			this.loading = own;
		}
		return this.loading;
	}

	private void load(CompletableFuture<SupportedResponse> own) {
		try {
			own.complete(loaded(this.loader.get()));
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			own.completeExceptionally(ex);
		}
	}

	private synchronized @Nullable SupportedResponse loaded(SupportedResponse loaded) {
		if (!loaded.equals(this.value)) {
			this.value = loaded;
		}
		if (this.failure != null) {
			logger.info("The facilitator responds to /supported again");
		}
		this.failure = null;
		this.failures = 0;
		finish(this.ttl);
		return this.value;
	}

	private synchronized void failed(Throwable ex) {
		String now = message(ex);
		if (!now.equals(this.failure)) {
			logger.warn(((this.value != null) ? "Using an old response of /supported: "
					: "It is not known what the facilitator supports: ") + now);
		}
		this.failure = now;
		long delay = FIRST_RETRY.toNanos() << Math.min(this.failures++, 10);
		finish(Math.min(this.ttl, Math.min(delay, MAX_RETRY.toNanos())));
	}

	private void finish(long delay) {
		this.refreshAt = this.clock.nanos() + delay - (long) (delay * MAX_JITTER * this.random.getAsDouble());
		this.tried = true;
		this.loading = null;
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
			throw new FacilitatorException("The supported kinds could not be loaded: "
					+ message(Objects.requireNonNullElse(ex.getCause(), ex)));
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
