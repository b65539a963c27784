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
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * A handler with free calls comes late on Spring MVC.
 */
@SpringBootTest(classes = LateHandlerTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO })
class LateHandlerTests extends AbstractLateHandlerTests {

	@Autowired
	private RequestMappingHandlerMapping requestMappingHandlerMapping;

	@Override
	void register(String path, Object handler, Method method) {
		RequestMappingInfo.BuilderConfiguration options = this.requestMappingHandlerMapping.getBuilderConfiguration();
		this.requestMappingHandlerMapping.registerMapping(RequestMappingInfo.paths(path).options(options).build(),
				handler, method);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Goods.class)
	static class Shop {

	}

}
