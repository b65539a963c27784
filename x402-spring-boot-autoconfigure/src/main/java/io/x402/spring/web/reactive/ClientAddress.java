/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.x402.spring.access.ForwardedAddress;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Network address of a client. Reactor Netty, once it evaluates headers of proxies,
 * believes what anybody sends in them; here they are believed from the seller's own
 * proxies.
 */
final class ClientAddress {

	/** Reactor Netty is one of several servers, and need not be there. */
	private static final @Nullable Method CONNECTION = connection();

	private ClientAddress() {
	}

	private static @Nullable Method connection() {
		String type = "reactor.netty.http.server.ConnectionInformation";
		ClassLoader loader = ClientAddress.class.getClassLoader();
		return ClassUtils.isPresent(type, loader)
				? ReflectionUtils.findMethod(ClassUtils.resolveClassName(type, loader), "connectionRemoteAddress")
				: null;
	}

	/**
	 * Return the address of the client of a request.
	 * @param request the request of the server
	 * @return the address, or {@code null} if it is unknown
	 */
	static @Nullable String of(ServerHttpRequest request) {
		InetSocketAddress seen = request.getRemoteAddress();
		Object nativeRequest = nativeRequest(request);
		if (CONNECTION == null || !CONNECTION.getDeclaringClass().isInstance(nativeRequest)) {
			return text(seen);
		}
		Object peer = ReflectionUtils.invokeMethod(CONNECTION, nativeRequest);
		String connection = text(peer);
		if (connection == null || seen == peer) {
			return connection;
		}
		// Not compared by value: anybody can send the address of the proxy
		return ForwardedAddress.of(connection, request.getHeaders().getOrEmpty("X-Forwarded-For"));
	}

	private static @Nullable String text(@Nullable Object address) {
		InetAddress known = (address instanceof InetSocketAddress socket) ? socket.getAddress() : null;
		return (known != null) ? known.getHostAddress() : null;
	}

	/**
	 * Requests of tests without a server have none.
	 */
	private static @Nullable Object nativeRequest(ServerHttpRequest request) {
		try {
			return ServerHttpRequestDecorator.getNativeRequest(request);
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			return null;
		}
	}

}
