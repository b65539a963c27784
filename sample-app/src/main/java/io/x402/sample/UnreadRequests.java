/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample;

import io.netty.channel.Channel;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.stereotype.Component;

/**
 * Reads on after every response. Reactor Netty 1.3.6 and 1.3.7, the ones of Spring Boot
 * 4.1.0 and 4.1.1, forget to, if a request that came before the last response was
 * finished is answered at once: the next request of that connection is never read. With
 * Spring Boot 4.1.2 this can go.
 */
@Component
@ConditionalOnWebApplication(type = Type.REACTIVE)
class UnreadRequests implements NettyServerCustomizer {

	@Override
	public HttpServer apply(HttpServer server) {
		return server.childObserve(UnreadRequests::onStateChange);
	}

	private static void onStateChange(Connection connection, ConnectionObserver.State state) {
		if (state == ConnectionObserver.State.DISCONNECTING) {
			Channel channel = connection.channel();
			// After what the server itself has yet to do for this response
			channel.eventLoop().execute(() -> readIfIdle(channel));
		}
	}

	private static void readIfIdle(Channel channel) {
		if (channel.isActive() && ChannelOperations.get(channel) == null) {
			channel.read();
		}
	}

}
