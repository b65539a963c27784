/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Threads for the engine, which blocks, so that the threads that serve connections do
 * not. Payments are taken and settled by different threads: a request that waits for
 * another one with the same payment does not keep that from being settled.
 */
final class EngineThreads implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(EngineThreads.class);

	private static final int IDLE_SECONDS = 30;

	private final ThreadPoolExecutor taking;

	private final ThreadPoolExecutor settling;

	private final Scheduler takingScheduler;

	private final Scheduler settlingScheduler;

	/**
	 * Create threads, none of which is started.
	 * @param threads maximum number of threads for each of both tasks
	 * @param queue maximum number of requests that wait for a thread to take their
	 * payment
	 */
	EngineThreads(int threads, int queue) {
		this.taking = executor("x402-take-", threads, queue);
		// As many as have been taken: a handler that has run is not turned away
		this.settling = executor("x402-settle-", threads, Integer.MAX_VALUE);
		this.takingScheduler = Schedulers.fromExecutorService(this.taking);
		this.settlingScheduler = Schedulers.fromExecutorService(this.settling);
	}

	private static ThreadPoolExecutor executor(String name, int threads, int queue) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
		factory.setDaemon(true);
		ThreadPoolExecutor executor = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(queue), factory);
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Make offers or take a payment.
	 * @param work the work, which goes on if no one waits for it any more
	 * @return its result; {@link RejectedExecutionException} if there is too much to do
	 */
	<T> Mono<T> take(Callable<T> work) {
		return call(work, this.takingScheduler);
	}

	/**
	 * Settle a payment or give it back.
	 * @param work the work, which goes on if no one waits for it any more
	 * @return its result
	 */
	<T> Mono<T> settle(Callable<T> work) {
		return call(work, this.settlingScheduler);
	}

	/**
	 * Give back what no one waits for.
	 */
	void settleLater(Runnable work) {
		try {
			this.settling.execute(() -> {
				try {
					work.run();
				}
				catch (RuntimeException ex) {
					logger.error("A payment or a use could not be given back", ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			logger.warn("Nothing was given back because the application stops; claims of payments lapse by themselves");
		}
	}

	/**
	 * The future is not cancelled with the one who waits for it, who does not go on with
	 * a thread of the engine.
	 */
	private static <T> Mono<T> call(Callable<T> work, Scheduler scheduler) {
		return Mono.deferContextual((context) -> Mono
			.fromFuture(Mono.fromCallable(work).subscribeOn(scheduler).contextWrite(context).toFuture(), true)
			.publishOn(ConnectionThread.of(context)));
	}

	/**
	 * What has begun is finished.
	 */
	@Override
	public void close() {
		this.taking.shutdown();
		this.settling.shutdown();
	}

}
