/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;

/**
 * What the {@link ConsoleEndpoint} needs on WebFlux.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(HandlerResultHandler.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveConsoleConfiguration {

	@Bean
	EndpointResponseHandler x402EndpointResponseHandler(ObjectProvider<ResponseEntityResultHandler> responses) {
		return new EndpointResponseHandler(responses);
	}

}
