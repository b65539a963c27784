/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import jakarta.servlet.http.HttpServletResponse;

/**
 * Maximum sizes of the headers of a response, beyond which containers refuse to send it.
 *
 * @param tomcat limit of Tomcat in bytes
 * @param jetty limit of Jetty in bytes
 */
record HeaderLimits(int tomcat, int jetty) {

	/**
	 * Room for the status line, the receipt, and the headers that the container and
	 * filters add when the response is sent.
	 */
	private static final int RESERVED = 2048;

	/** A colon, a space and the end of the line. */
	private static final int PER_HEADER = 4;

	/**
	 * Return the limit of the headers that a response has before it is released.
	 * @param response a response of the container
	 * @return number of bytes
	 */
	int of(HttpServletResponse response) {
		if (ContainerResponse.isOf(response, "org.apache.catalina.")) {
			return this.tomcat - RESERVED;
		}
		return ContainerResponse.isOf(response, "org.eclipse.jetty.") ? this.jetty - RESERVED : Integer.MAX_VALUE;
	}

	/**
	 * Return the size of the headers of a response so far.
	 * @param response the response
	 * @return number of bytes
	 */
	static int size(HttpServletResponse response) {
		int size = 0;
		for (String name : response.getHeaderNames()) {
			for (String value : response.getHeaders(name)) {
				size += name.length() + value.length() + PER_HEADER;
			}
		}
		return size;
	}

}
