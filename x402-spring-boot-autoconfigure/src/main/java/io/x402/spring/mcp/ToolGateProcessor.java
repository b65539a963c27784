/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.ai.mcp.annotation.McpComplete;
import org.springframework.ai.mcp.annotation.McpPrompt;
import org.springframework.ai.mcp.annotation.McpResource;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;

/**
 * Finds the methods of tools among the beans, and puts the gate before the tools of all
 * specifications and servers that are beans.
 */
final class ToolGateProcessor implements BeanPostProcessor {

	private final AnnotatedTools tools;

	private final SingletonSupplier<ToolSpecifications> specifications;

	/**
	 * Create a processor.
	 * @param tools remembers the methods of tools
	 * @param gate the gate, none if tools cannot be sold in this application
	 */
	ToolGateProcessor(AnnotatedTools tools, ObjectProvider<ToolGate> gate) {
		this.tools = tools;
		this.specifications = SingletonSupplier.ofNullable(() -> specifications(gate.getIfAvailable()));
	}

	private static @Nullable ToolSpecifications specifications(@Nullable ToolGate gate) {
		return (gate != null) ? new ToolSpecifications(gate) : null;
	}

	/**
	 * Return what puts the gate before tools.
	 * @return the specifications, or {@code null} if tools cannot be sold
	 */
	@Nullable ToolSpecifications specifications() {
		return this.specifications.get();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		collect(bean);
		if (bean instanceof List<?> list && list.stream().anyMatch(SpecifiedTool::isSpecification)) {
			return gated(list);
		}
		if (SpecifiedTool.isSpecification(bean)) {
			return gated(bean);
		}
		ToolSpecifications specifications = ServerTools.isServer(bean) ? specifications() : null;
		if (specifications == null) {
			return bean;
		}
		// Also servers that are created later than those of the report
		ServerTools.of(bean).forEach(specifications::check);
		return GatedServer.of(bean, this::gated);
	}

	private List<Object> gated(List<?> specifications) {
		List<Object> gated = new ArrayList<>(specifications.size());
		specifications.forEach((specification) -> gated.add(gated(specification)));
		return gated;
	}

	private Object gated(Object specification) {
		SpecifiedTool specified = SpecifiedTool.of(specification);
		if (specified != null) {
			this.tools.addHandler(specified.tool().name(), specified.handler());
		}
		ToolSpecifications gate = specifications();
		return (gate != null) ? gate.gate(specification) : specification;
	}

	private void collect(Object bean) {
		if (bean instanceof ToolCallbackProvider provider) {
			if (isRemote(provider)) {
				return;
			}
			for (ToolCallback callback : provider.getToolCallbacks()) {
				collectCallback(callback);
			}
		}
		else if (bean instanceof Collection<?> collection) {
			collection.forEach(this::collectCallback);
		}
		else if (bean instanceof ToolCallback) {
			collectCallback(bean);
		}
		else {
			collectMethods(bean);
		}
	}

	/**
	 * Return whether a provider would ask other MCP servers for their tools.
	 */
	private static boolean isRemote(ToolCallbackProvider provider) {
		return AopUtils.getTargetClass(provider).getName().startsWith("org.springframework.ai.mcp.");
	}

	private void collectCallback(@Nullable Object element) {
		if (element instanceof ToolCallback callback) {
			String name = callback.getToolDefinition().name();
			HandlerMethods.of(callback).forEach((method) -> this.tools.add(name, method));
		}
	}

	private void collectMethods(Object bean) {
		Class<?> type = AopUtils.getTargetClass(bean);
		if (type.getName().startsWith("org.springframework.") || type.getName().startsWith("java.")) {
			return;
		}
		MethodIntrospector.MetadataLookup<McpTool> lookup = (method) -> AnnotatedElementUtils
			.findMergedAnnotation(method, McpTool.class);
		MethodIntrospector.selectMethods(type, lookup)
			.forEach((method, tool) -> this.tools.add(StringUtils.hasText(tool.name()) ? tool.name() : method.getName(),
					new HandlerMethod(bean, method)));
		MethodIntrospector.selectMethods(type, ToolGateProcessor::isOther)
			.forEach((method) -> this.tools.addOther(new HandlerMethod(bean, method)));
	}

	private static boolean isOther(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, McpPrompt.class)
				|| AnnotatedElementUtils.hasAnnotation(method, McpResource.class)
				|| AnnotatedElementUtils.hasAnnotation(method, McpComplete.class);
	}

}
