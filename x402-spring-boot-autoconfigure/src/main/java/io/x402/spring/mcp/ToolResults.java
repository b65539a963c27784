/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.ResponseRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes the results that payments add to or put in the place of those of a tool, so that
 * official and other clients understand them.
 */
final class ToolResults {

	/** Where official clients look for the receipt. */
	static final String RECEIPT = "x402/payment-response";

	/** Where Cloudflare's clients look for the offers. */
	static final String CHALLENGE = "x402/error";

	private static final int PAYMENT_REQUIRED = 402;

	private static final int PRECONDITION_FAILED = 412;

	private final McpJsonMapper mapper = McpJsonDefaults.getMapper();

	private final JsonSchemaValidator validator = McpJsonDefaults.getSchemaValidator();

	private final PaymentCodec codec;

	private final boolean newest;

	private final int storeLimit;

	ToolResults(ToolSettings settings) {
		this.codec = settings.codec();
		this.newest = settings.versions().contains(ProtocolVersion.V2);
		this.storeLimit = settings.storeLimit();
	}

	/**
	 * Return the result of a call of a tool that cannot be sold at present.
	 */
	CallToolResult unavailable() {
		return unavailable(this.codec);
	}

	/**
	 * Return the result of a call of a tool that cannot be sold at present.
	 */
	static CallToolResult unavailable(PaymentCodec codec) {
		return error(new String(HandlerPricing.unavailable(codec).body(), StandardCharsets.UTF_8));
	}

	/**
	 * Return the result of a tool that failed.
	 */
	static CallToolResult failed() {
		return error("The tool failed.");
	}

	private static CallToolResult error(String text) {
		return new CallToolResult(List.of(text(text)), true, null, null);
	}

	private static TextContent text(String text) {
		return TextContent.builder(text).build();
	}

	/**
	 * Refuse a call. Only a refusal that another payment can mend is a PaymentRequired:
	 * clients pay those again.
	 */
	CallToolResult refused(Tool tool, PaymentChallenge challenge, Pricing pricing) {
		ReasonCode reason = challenge.refusal().reason();
		if (reason.status() != PAYMENT_REQUIRED && reason.status() != PRECONDITION_FAILED) {
			return error(new String(challenge.body(), StandardCharsets.UTF_8));
		}
		byte[] document = this.newest ? challenge.document() : challenge.body();
		Map<?, ?> offers = this.codec.read(document, Map.class);
		// Strict clients compare structured content of errors, too, with the output
		// schema
		Object structured = (tool.outputSchema() == null) ? offers : null;
		return new CallToolResult(
				List.of(text(new String(document, StandardCharsets.UTF_8)),
						text("This tool costs " + pricing + ". " + reason.message())),
				true, structured, Map.of(CHALLENGE, offers));
	}

	/**
	 * Make sure that the server sends a result as it is. It would put an error in the
	 * place of a result that does not fit the output schema, and rebuild one without
	 * content, without its receipt.
	 * @throws IllegalArgumentException if the result does not fit the output schema
	 */
	CallToolResult complete(Tool tool, CallToolResult result) {
		if (tool.outputSchema() == null) {
			return result;
		}
		Object structured = result.structuredContent();
		if (structured == null || !this.validator.validate(tool.outputSchema(), structured).valid()) {
			throw new IllegalArgumentException("The result does not fit the output schema of the tool");
		}
		List<Content> content = result.content().isEmpty()
				? List.of(text(new String(write(structured), StandardCharsets.UTF_8))) : result.content();
		return new CallToolResult(content, result.isError(), structured, result.meta());
	}

	/**
	 * Add the receipt of a settled payment.
	 */
	CallToolResult paid(CallToolResult result, @Nullable SettlementResponse receipt) {
		if (receipt == null) {
			throw new IllegalStateException("A paid result has no receipt");
		}
		Map<String, Object> meta = new LinkedHashMap<>((result.meta() != null) ? result.meta() : Map.of());
		meta.put(RECEIPT, this.codec.read(this.codec.write(receipt), Map.class));
		return new CallToolResult(result.content(), result.isError(), result.structuredContent(), meta);
	}

	byte[] write(Object value) {
		try {
			return this.mapper.writeValueAsBytes(value);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	CallToolResult read(byte[] stored) {
		try {
			return this.mapper.readValue(stored, CallToolResult.class);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the record of a written result, which is stored if it is small enough.
	 */
	ResponseRecord storable(byte[] written) {
		return (written.length <= this.storeLimit) ? ResponseRecord.stored(written) : ResponseRecord.notStored();
	}

}
