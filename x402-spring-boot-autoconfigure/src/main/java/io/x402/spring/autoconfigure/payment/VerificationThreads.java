/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.util.ClassUtils;

/**
 * Threads that verify payments while handlers run. As many as are needed: how many may
 * verify at the same time is a limit of the facilitator, which is looked at before. No
 * {@link Executor}, because Spring Boot has none of its own where there is one.
 */
final class VerificationThreads implements AutoCloseable {

	private static final String NAME = "x402-verify-";

	private static final int IDLE_SECONDS = 30;

	private final TaskDecorator decorator;

	private final Executor threads;

	VerificationThreads(boolean virtual) {
		this.decorator = ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
				VerificationThreads.class.getClassLoader()) ? new ContextPropagatingTaskDecorator() : (task) -> task;
		this.threads = virtual ? new VirtualThreadTaskExecutor(NAME) : platform();
	}

	private static ThreadPoolExecutor platform() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(NAME);
		factory.setDaemon(true);
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
				factory);
	}

	/**
	 * The span of the request is the parent of that of the verification.
	 */
	void execute(Runnable task) {
		this.threads.execute(this.decorator.decorate(task));
	}

	/**
	 * What has begun is finished.
	 */
	@Override
	public void close() {
		if (this.threads instanceof ExecutorService service) {
			service.shutdown();
		}
	}

}
