/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.pricing.PaymentValueResolver;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.method.MethodToolCallbackProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tools of all kinds. What is sold contains {@code sold}.
 */
@Configuration(proxyBeanMethods = false)
class ToolsOfAllKinds {

	private static final Map<String, Object> SCHEMA = Map.of("type", "object", "properties", Map.of());

	private static final Map<String, Object> OUTPUT = Map.of("type", "object", "properties",
			Map.of("word", Map.of("type", "string")), "required", List.of("word"));

	@Bean
	Annotated annotatedTools() {
		return new Annotated();
	}

	@Bean
	PaymentValueResolver byLength() {
		return (request) -> "0.0" + String.valueOf(request.arguments().get("city")).length();
	}

	@Bean
	PricedClass toolOfPricedClass() {
		return new PricedClass();
	}

	@Bean
	ToolCallbackProvider callbackTools() {
		return MethodToolCallbackProvider.builder().toolObjects(new Classic()).build();
	}

	@Bean
	List<SyncToolSpecification> handMadeTools() {
		return List.of(specification("by-configuration", null, CallToolResult.builder().addTextContent("sold").build()),
				specification("structured-only", OUTPUT,
						new CallToolResult(List.of(), false, Map.of("word", "sold"), null)),
				specification("misshapen", OUTPUT, new CallToolResult(List.of(), false, Map.of("sold", "sold"), null)));
	}

	static SyncToolSpecification specification(String name, Map<String, Object> output, CallToolResult result) {
		Tool tool = new Tool(name, null, null, SCHEMA, output, null, null, null);
		return new SyncToolSpecification(tool, (exchange, request) -> result);
	}

	static class Annotated {

		final AtomicInteger runs = new AtomicInteger();

		@McpTool(name = "free")
		String free() {
			return "hello";
		}

		@McpTool(name = "text")
		@PaymentRequired(price = "$0.01", description = "A text")
		String text(String city) {
			return "sold " + city + " " + this.runs.incrementAndGet();
		}

		@McpTool(name = "other")
		@PaymentRequired(price = "$0.01", discoverable = false)
		String other(String city) {
			return "sold other " + city;
		}

		@McpTool(name = "dear")
		@PaymentRequired(price = "#{#arguments['city'] == 'zurich' ? '$0.05' : '$0.02'}")
		String dear(String city) {
			return "sold " + city;
		}

		@McpTool(name = "resolved")
		@PaymentRequired(price = "@byLength")
		String resolved(String city) {
			return "sold " + city;
		}

		@McpTool(name = "meta")
		@OneCent
		String meta() {
			return "sold";
		}

		@McpTool(name = "payer")
		@PaymentRequired(price = "$0.01")
		String payer(CallToolRequest request) {
			VerifiedPayment payment = (VerifiedPayment) request.meta().get(VerifiedPayment.class.getName());
			return "sold to " + payment.payer() + " " + request.meta().keySet();
		}

		@McpTool(name = "structured", generateOutputSchema = true)
		@PaymentRequired(price = "$0.01")
		Word structured() {
			return new Word("sold");
		}

		@McpTool(name = "image")
		@PaymentRequired(price = "$0.01")
		CallToolResult image() {
			return CallToolResult.builder()
				.content(List.of(ImageContent.builder("c29sZA==", "image/png").build()))
				.build();
		}

		@McpTool(name = "error")
		@PaymentRequired(price = "$0.01")
		CallToolResult error() {
			return CallToolResult.builder().addTextContent("not today").isError(true).build();
		}

		@McpTool(name = "exception")
		@PaymentRequired(price = "$0.01")
		String exception() {
			throw new IllegalStateException("not today");
		}

		@McpTool(name = "slow")
		@PaymentRequired(price = "$0.01")
		String slow() throws InterruptedException {
			int run = this.runs.incrementAndGet();
			Thread.sleep(1500);
			return "sold " + run;
		}

		@McpTool(name = "talkative")
		@PaymentRequired(price = "$0.01")
		String talkative(McpSyncServerExchange exchange) {
			exchange
				.loggingNotification(LoggingMessageNotification.builder(LoggingLevel.ERROR, "sold in advance").build());
			return "sold";
		}

		@McpTool(name = "progressing")
		@PaymentRequired(price = "$0.01")
		String progressing(McpSyncServerExchange exchange) {
			exchange.progressNotification(new ProgressNotification("token", 0.5, 1.0, "sold by half", Map.of()));
			return "sold";
		}

	}

	@PaymentRequired(price = "$0.01")
	static class PricedClass {

		@McpTool(name = "by-class")
		String byClass() {
			return "sold";
		}

	}

	static class Classic {

		@org.springframework.ai.tool.annotation.Tool(name = "classic")
		@PaymentRequired(price = "$0.01")
		String classic(String city) {
			return "sold";
		}

	}

	record Word(String word) {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@PaymentRequired(price = "$0.01")
	@interface OneCent {

	}

}
