/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * What is sold: the {@code resource} member of the v2 messages.
 *
 * @param url absolute URL of the resource, query included
 * @param description what the buyer gets, at most 500 characters for the strictest known
 * facilitator, or {@code null}
 * @param mimeType media type of a successful response, or {@code null}
 * @param serviceName name of the service for catalogues, or {@code null}; never read from
 * a message
 * @param tags words by which catalogues find the service, or {@code null}; never read
 * from a message
 * @param iconUrl URL of the icon of the service, or {@code null}; never read from a
 * message
 * @since 0.1.0
 */
@JsonPropertyOrder({ "url", "description", "mimeType", "serviceName", "tags", "iconUrl" })
public record ResourceInfo(String url, @Nullable String description, @Nullable String mimeType,
		@JsonProperty(access = Access.READ_ONLY) @Nullable String serviceName,
		@JsonProperty(access = Access.READ_ONLY) @Nullable List<String> tags,
		@JsonProperty(access = Access.READ_ONLY) @Nullable String iconUrl) {

	private static final String TOOL = "mcp://tool/";

	public ResourceInfo {
		Objects.requireNonNull(url, "url");
		tags = (tags != null) ? List.copyOf(tags) : null;
	}

	/**
	 * Describe a resource without its service.
	 * @param url absolute URL of the resource
	 * @param description what the buyer gets, or {@code null}
	 * @param mimeType media type of a successful response, or {@code null}
	 */
	public ResourceInfo(String url, @Nullable String description, @Nullable String mimeType) {
		this(url, description, mimeType, null, null, null);
	}

	/**
	 * Return the same resource at another URL.
	 * @param url absolute URL of the resource
	 * @return the resource
	 */
	public ResourceInfo at(String url) {
		return new ResourceInfo(url, this.description, this.mimeType, this.serviceName, this.tags, this.iconUrl);
	}

	/**
	 * Return the URL of a tool of an MCP server.
	 * @param name name of the tool
	 * @return the URL
	 * @since 0.2.0
	 */
	public static String toolUrl(String name) {
		return TOOL + name;
	}

	/**
	 * Return which tool of an MCP server is sold.
	 * @return name of the tool, or {@code null} if the resource is something else
	 * @since 0.2.0
	 */
	public @Nullable String toolName() {
		return this.url.startsWith(TOOL) ? this.url.substring(TOOL.length()) : null;
	}

}
