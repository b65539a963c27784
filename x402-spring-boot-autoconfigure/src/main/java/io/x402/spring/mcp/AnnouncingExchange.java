/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Set;

import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.ProxyFactory;

/**
 * The exchange of a paid run with its client. What a tool sends before its result may be
 * what is sold, so the payment is settled before a notification leaves.
 */
final class AnnouncingExchange implements MethodInterceptor {

	private static final Set<String> NOTIFICATIONS = Set.of("loggingNotification", "progressNotification");

	private final PaidRun run;

	private AnnouncingExchange(PaidRun run) {
		this.run = run;
	}

	static McpSyncServerExchange of(McpSyncServerExchange exchange, PaidRun run) {
		return (McpSyncServerExchange) proxy(exchange, run);
	}

	static McpAsyncServerExchange of(McpAsyncServerExchange exchange, PaidRun run) {
		return (McpAsyncServerExchange) proxy(exchange, run);
	}

	private static Object proxy(Object exchange, PaidRun run) {
		ProxyFactory factory = new ProxyFactory(exchange);
		factory.setProxyTargetClass(true);
		factory.addAdvice(new AnnouncingExchange(run));
		return factory.getProxy(exchange.getClass().getClassLoader());
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (!NOTIFICATIONS.contains(invocation.getMethod().getName())) {
			return invocation.proceed();
		}
		if (invocation.getMethod().getReturnType() != Mono.class) {
			this.run.announce();
			return invocation.proceed();
		}
		MethodInvocation notification = ((ProxyMethodInvocation) invocation).invocableClone();
		return Mono.fromRunnable(this.run::announce)
			.subscribeOn(Schedulers.boundedElastic())
			.then(Mono.defer(() -> proceed(notification)));
	}

	private static Mono<?> proceed(MethodInvocation notification) {
		try {
			Mono<?> sent = (Mono<?>) notification.proceed();
			return (sent != null) ? sent : Mono.empty();
		}
		catch (Throwable ex) {
			return Mono.error(ex);
		}
	}

}
