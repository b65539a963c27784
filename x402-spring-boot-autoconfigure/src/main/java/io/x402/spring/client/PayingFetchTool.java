/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * A tool of Spring AI, named {@value #NAME}, with which a model calls HTTP APIs that cost
 * money. It reaches only servers that may be paid, whether they charge or not, so that a
 * model cannot read from elsewhere, and pays within the limits of its {@link Payer}. What
 * goes wrong is told to the model as a result with a stable {@code error}. After a
 * response that did not arrive the same call sends the same payment again as long as that
 * is valid, often for a minute or less. Later it collects what was paid for if the seller
 * still has it, and may pay once more. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class PayingFetchTool implements ToolCallback {

	/**
	 * Name of the tool.
	 */
	public static final String NAME = "x402_fetch";

	private static final Log logger = LogFactory.getLog(PayingFetchTool.class);

	private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT,
			HttpMethod.PATCH, HttpMethod.DELETE);

	private static final String SCHEMA = """
			{"type":"object","properties":{\
			"url":{"type":"string","description":"Absolute URL"},\
			"method":{"type":"string","enum":["GET","POST","PUT","PATCH","DELETE"],"description":"GET unless given"},\
			"body":{"type":"string","description":"Body of the request"},\
			"contentType":{"type":"string","description":"Media type of the body, application/json unless given"}},\
			"required":["url"],"additionalProperties":false}""";

	private static final ToolDefinition DEFINITION = ToolDefinition.builder()
		.name(NAME)
		.description("Calls an HTTP API and returns its status and body. If the API costs money, it is paid, "
				+ "within limits that the operator has set. If there is no response, repeat the identical call at once: "
				+ "it does not pay twice until the payment has expired. After that it may pay again.")
		.inputSchema(SCHEMA)
		.build();

	private static final JsonMapper MAPPER = new JsonMapper();

	private final RestClient client;

	private final Payer payer;

	private final int maxLength;

	/**
	 * Create a tool.
	 * @param client a client that pays by the same payer and follows no redirects
	 * @param payer pays, and knows which servers may be paid
	 * @param maxLength maximum length of a body that a model sees, in bytes; the rest is
	 * left out
	 */
	public PayingFetchTool(RestClient client, Payer payer, int maxLength) {
		this.client = client;
		this.payer = payer;
		this.maxLength = maxLength;
	}

	@Override
	public ToolDefinition getToolDefinition() {
		return DEFINITION;
	}

	/**
	 * Call an API.
	 * @param input the arguments as JSON: {@code url}, and optionally {@code method},
	 * {@code body} and {@code contentType}
	 * @return JSON: {@code status}, {@code contentType} and {@code body}, or
	 * {@code error} and {@code message}. Never throws
	 */
	@Override
	public String call(String input) {
		return MAPPER.writeValueAsString(result(input));
	}

	private Map<String, Object> result(String input) {
		Request request;
		try {
			request = Call.read(input).request();
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return error("invalid_arguments", "A call needs an absolute http or https url, a method of the schema, "
					+ "and a media type that exists.");
		}
		RefusalReason refusal = this.payer.objection(request.uri());
		if (refusal != null) {
			return error(refusal.code(), "This tool does not reach " + request.uri().getHost() + ".");
		}
		return fetch(request);
	}

	private Map<String, Object> fetch(Request request) {
		try {
			RestClient.RequestBodySpec call = this.client.method(request.method()).uri(request.uri());
			if (request.body() != null) {
				call.contentType(request.contentType()).body(request.body().getBytes(StandardCharsets.UTF_8));
			}
			return call.exchange((sent, response) -> describe(response));
		}
		catch (PaymentRefusedException ex) {
			return error(ex.reason().code(), String.valueOf(ex.getMessage()));
		}
		catch (RestClientException ex) {
			logger.debug("An API that a model called did not respond", ex);
			return noResponse();
		}
		catch (RuntimeException ex) {
			logger.error("A call of an API by a model failed", ex);
			return noResponse();
		}
	}

	private static Map<String, Object> noResponse() {
		return error("no_response", "There was no response, and a payment may have been made. "
				+ "The identical call does not pay twice until the payment has expired. After that it may pay again.");
	}

	private Map<String, Object> describe(ClientHttpResponse response) throws IOException {
		HttpHeaders headers = response.getHeaders();
		MediaType type = contentType(headers);
		byte[] bytes = response.getBody().readNBytes(this.maxLength + 1);
		Map<String, Object> result = new LinkedHashMap<>();
		result.put("status", response.getStatusCode().value());
		result.put("contentType", String.valueOf(type));
		if (isText(type)) {
			int length = Math.min(bytes.length, this.maxLength);
			result.put("body", new String(bytes, 0, length, charset(type)));
			result.put("truncated", bytes.length > this.maxLength);
		}
		else {
			result.put("message", "The body is not text and is left out.");
		}
		return result;
	}

	private static MediaType contentType(HttpHeaders headers) {
		try {
			MediaType type = headers.getContentType();
			return (type != null) ? type : MediaType.TEXT_PLAIN;
		}
		catch (InvalidMediaTypeException ex) {
			return MediaType.APPLICATION_OCTET_STREAM;
		}
	}

	private static boolean isText(MediaType type) {
		String subtype = type.getSubtype().toLowerCase(Locale.ROOT);
		return type.getType().equalsIgnoreCase("text") || subtype.endsWith("json") || subtype.endsWith("xml")
				|| subtype.equals("javascript") || subtype.equals("x-www-form-urlencoded");
	}

	private static Charset charset(MediaType type) {
		Charset charset = type.getCharset();
		return (charset != null) ? charset : StandardCharsets.UTF_8;
	}

	/**
	 * Return what a model gets in place of a result.
	 */
	static Map<String, Object> error(String code, String message) {
		Map<String, Object> result = new LinkedHashMap<>();
		result.put("error", code);
		result.put("message", message);
		return result;
	}

	/**
	 * What a model asks for.
	 *
	 * @param url absolute URL
	 * @param method HTTP method
	 * @param body body of the request
	 * @param contentType media type of the body
	 */
	private record Call(@Nullable String url, @Nullable String method, @Nullable String body,
			@Nullable String contentType) {

		static Call read(String input) {
			Call call = MAPPER.readValue(input, Call.class);
			if (call == null) {
				throw new IllegalArgumentException("No arguments");
			}
			return call;
		}

		/**
		 * Return the request that is asked for.
		 * @throws IllegalArgumentException if there is no such request
		 */
		Request request() {
			return new Request(uri(), verb(), type(), this.body);
		}

		private URI uri() {
			URI uri = URI.create(String.valueOf(this.url));
			if (!StringUtils.hasText(uri.getHost()) || !Set.of("http", "https").contains(uri.getScheme())) {
				throw new IllegalArgumentException("Not a URL of HTTP");
			}
			return uri;
		}

		private HttpMethod verb() {
			HttpMethod verb = (this.method != null) ? HttpMethod.valueOf(this.method.toUpperCase(Locale.ROOT))
					: HttpMethod.GET;
			if (!METHODS.contains(verb)) {
				throw new IllegalArgumentException("Not a method of the schema");
			}
			return verb;
		}

		private MediaType type() {
			return (this.contentType != null) ? MediaType.parseMediaType(this.contentType) : MediaType.APPLICATION_JSON;
		}

	}

	/**
	 * A request to an API.
	 *
	 * @param uri where it goes
	 * @param method HTTP method
	 * @param contentType media type of the body
	 * @param body body of the request
	 */
	private record Request(URI uri, HttpMethod method, MediaType contentType, @Nullable String body) {

	}

}
