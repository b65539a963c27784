/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.function.UnaryOperator;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;

/**
 * A server whose tools pass the gate, also those that are added through its API.
 */
final class GatedServer implements MethodInterceptor {

	private final UnaryOperator<Object> gate;

	private GatedServer(UnaryOperator<Object> gate) {
		this.gate = gate;
	}

	/**
	 * Put the gate before the tools that are added to a server from now on.
	 * @param server a server of any kind
	 * @param gate puts the gate before a specification
	 */
	static Object of(Object server, UnaryOperator<Object> gate) {
		ProxyFactory factory = new ProxyFactory(server);
		factory.setProxyTargetClass(true);
		factory.addAdvice(new GatedServer(gate));
		return factory.getProxy(server.getClass().getClassLoader());
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (invocation.getMethod().getName().equals("addTool") && arguments.length == 1 && arguments[0] != null) {
			arguments[0] = this.gate.apply(arguments[0]);
		}
		Object result = invocation.proceed();
		return (result != null && ServerTools.isServer(result)) ? of(result, this.gate) : result;
	}

}
