/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;

/**
 * A server whose tools pass the gate, also those that are added through its API.
 */
final class GatedServer implements MethodInterceptor {

	private final ToolSpecifications specifications;

	private GatedServer(ToolSpecifications specifications) {
		this.specifications = specifications;
	}

	/**
	 * Return whether an object is a server.
	 */
	static boolean isServer(Object bean) {
		return bean instanceof McpSyncServer || bean instanceof McpAsyncServer || bean instanceof McpStatelessSyncServer
				|| bean instanceof McpStatelessAsyncServer;
	}

	/**
	 * Put the gate before the tools that are added to a server from now on.
	 */
	static Object of(Object server, ToolSpecifications specifications) {
		ProxyFactory factory = new ProxyFactory(server);
		factory.setProxyTargetClass(true);
		factory.addAdvice(new GatedServer(specifications));
		return factory.getProxy(server.getClass().getClassLoader());
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (invocation.getMethod().getName().equals("addTool") && arguments.length == 1 && arguments[0] != null) {
			arguments[0] = this.specifications.gate(arguments[0]);
		}
		Object result = invocation.proceed();
		return (result != null && isServer(result)) ? of(result, this.specifications) : result;
	}

}
