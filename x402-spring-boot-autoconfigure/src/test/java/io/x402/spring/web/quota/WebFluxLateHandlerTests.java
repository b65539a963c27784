/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.lang.reflect.Method;

import io.x402.spring.web.edge.Container;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * A handler with free calls comes late on WebFlux.
 */
@SpringBootTest(classes = WebFluxLateHandlerTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO })
class WebFluxLateHandlerTests extends AbstractLateHandlerTests {

	@Autowired
	private RequestMappingHandlerMapping requestMappingHandlerMapping;

	@Override
	void register(String path, Object handler, Method method) {
		this.requestMappingHandlerMapping.registerMapping(RequestMappingInfo.paths(path).build(), handler, method);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Goods.class)
	static class Shop {

	}

}
