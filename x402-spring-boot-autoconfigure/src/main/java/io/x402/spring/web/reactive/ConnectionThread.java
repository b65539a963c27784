/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.concurrent.ExecutorService;

import io.netty.util.internal.ThreadExecutorMap;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.util.ClassUtils;

/**
 * The thread that serves the connection of a request. What had to wait elsewhere goes on
 * there: before 1.3.8, Reactor Netty now and then does not read the next request of a
 * connection whose last response was written by another thread.
 *
 * @param executor the thread
 */
record ConnectionThread(ExecutorService executor) {

	private static final boolean NETTY = ClassUtils.isPresent("io.netty.util.internal.ThreadExecutorMap",
			ConnectionThread.class.getClassLoader());

	/**
	 * Remember the current thread, if it serves a connection of Netty.
	 */
	static Context in(Context context) {
		ExecutorService current = NETTY ? Netty.current() : null;
		return (current != null) ? context.put(ConnectionThread.class, new ConnectionThread(current)) : context;
	}

	/**
	 * Return where the request of a context goes on, which is a thread of Reactor's for
	 * parallel work with other servers.
	 */
	static Scheduler of(ContextView context) {
		return context.hasKey(ConnectionThread.class)
				? Schedulers.fromExecutorService(context.get(ConnectionThread.class).executor())
				: Schedulers.parallel();
	}

	/** Loaded where Netty is. */
	private static final class Netty {

		static @Nullable ExecutorService current() {
			return ThreadExecutorMap.currentExecutor();
		}

	}

}
