/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.io.OutputStream;

import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The body of a request. One that breaks off closes its connection, where the client
 * would write an end to it, so that the upstream took a part for the whole.
 */
final class RequestBody extends HttpEntityWrapper {

	private final ExecRuntime connection;

	private RequestBody(HttpEntity entity, ExecRuntime connection) {
		super(entity);
		this.connection = connection;
	}

	/**
	 * Watch the body of a request, if it has one.
	 */
	static ClassicHttpRequest watch(ClassicHttpRequest request, ExecRuntime connection) {
		if (request.getEntity() != null) {
			request.setEntity(new RequestBody(request.getEntity(), connection));
		}
		return request;
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		boolean complete = false;
		try {
			super.writeTo(out);
			complete = true;
		}
		finally {
			if (!complete) {
				this.connection.discardEndpoint();
			}
		}
	}

}
