/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;

/**
 * A model without key and network, which calls the tools that it is told to, one after
 * the other.
 */
final class ScriptedModel implements ChatModel {

	private static final JsonMapper MAPPER = new JsonMapper();

	private final Deque<Step> script;

	ScriptedModel(List<Step> script) {
		this.script = new ArrayDeque<>(script);
	}

	@Override
	public ChatResponse call(Prompt prompt) {
		if (this.script.isEmpty()) {
			return response(new AssistantMessage("Everything on the list was asked for."));
		}
		Step step = this.script.remove();
		ToolCall call = new ToolCall(step.tool(), "function", offered(step.tool(), prompt),
				MAPPER.writeValueAsString(step.arguments().apply(lastResult(prompt))));
		return response(AssistantMessage.builder().content("").toolCalls(List.of(call)).build());
	}

	private static String lastResult(Prompt prompt) {
		Message last = prompt.getInstructions().get(prompt.getInstructions().size() - 1);
		return (last instanceof ToolResponseMessage read) ? read.getResponses().get(0).responseData() : "{}";
	}

	private static ChatResponse response(AssistantMessage message) {
		return new ChatResponse(List.of(new Generation(message)));
	}

	/**
	 * Tools of MCP servers may be offered with a prefix.
	 */
	private static String offered(String tool, Prompt prompt) {
		List<ToolCallback> tools = (prompt.getOptions() instanceof ToolCallingChatOptions options)
				? options.getToolCallbacks() : List.of();
		return tools.stream()
			.map((offered) -> offered.getToolDefinition().name())
			.filter((name) -> name.endsWith(tool))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("No tool " + tool + " is offered"));
	}

	/**
	 * A call that the model makes.
	 *
	 * @param tool name of the tool
	 * @param arguments the arguments, from the result of the call before
	 */
	record Step(String tool, Function<String, Map<String, Object>> arguments) {

		Step(String tool, Map<String, Object> arguments) {
			this(tool, (before) -> arguments);
		}

		/**
		 * Call with the URL of what was found first.
		 */
		static Step withFoundUrl(String tool) {
			return new Step(tool,
					(found) -> Map.of("url", MAPPER.readTree(found).at("/results/0/url").asString("nothing")));
		}

	}

}
