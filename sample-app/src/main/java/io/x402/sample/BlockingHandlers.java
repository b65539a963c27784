/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Handlers that are written for both web stacks may block. On WebFlux they run on threads
 * of their own, as many as Tomcat has. Virtual threads are Spring Boot's matter.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnThreading(Threading.PLATFORM)
class BlockingHandlers implements WebFluxConfigurer, DisposableBean {

	private static final int THREADS = 200;

	private final ThreadPoolTaskExecutor executor;

	BlockingHandlers(ThreadPoolTaskExecutorBuilder builder) {
		this.executor = builder.threadNamePrefix("handler-").corePoolSize(THREADS).build();
		this.executor.initialize();
	}

	@Override
	public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
		configurer.setExecutor(this.executor);
	}

	@Override
	public void destroy() {
		this.executor.destroy();
	}

}
