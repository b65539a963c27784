/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The body of a response. One that is not read to its end closes its connection, where
 * the client would read on to use it again, without end if the stream has none.
 */
final class UpstreamBody extends HttpEntityWrapper {

	private final ExecRuntime connection;

	private final long limit;

	private @Nullable InputStream content;

	private UpstreamBody(HttpEntity entity, ExecRuntime connection, long limit) {
		super(entity);
		this.connection = connection;
		this.limit = limit;
	}

	/**
	 * Watch the body of a response, if it has one.
	 * @param limit maximum number of bytes, 0 for any number
	 */
	static ClassicHttpResponse watch(ClassicHttpResponse response, ExecRuntime connection, long limit)
			throws IOException {
		HttpEntity entity = response.getEntity();
		if (entity == null) {
			return response;
		}
		UpstreamBody body = new UpstreamBody(entity, connection, limit);
		response.setEntity(body);
		if (limit > 0 && entity.getContentLength() > limit) {
			body.getContent().close();
			throw tooLarge();
		}
		return response;
	}

	private static ResponseStatusException tooLarge() {
		return new ResponseStatusException(HttpStatus.BAD_GATEWAY, "The response of the upstream is too large");
	}

	@Override
	public InputStream getContent() throws IOException {
		if (this.content == null) {
			this.content = new Content(super.getContent());
		}
		return this.content;
	}

	private final class Content extends FilterInputStream {

		private long count;

		private boolean ended;

		Content(InputStream content) {
			super(content);
		}

		@Override
		public int read() throws IOException {
			byte[] single = new byte[1];
			return (read(single, 0, 1) < 0) ? -1 : single[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) {
			int read;
			try {
				read = super.read(bytes, offset, length);
			}
			catch (IOException ex) {
				throw UpstreamExchange.failure(ex);
			}
			this.ended = read < 0;
			this.count += Math.max(0, read);
			if (UpstreamBody.this.limit > 0 && this.count > UpstreamBody.this.limit) {
				throw tooLarge();
			}
			return read;
		}

		@Override
		public void close() throws IOException {
			if (!this.ended) {
				UpstreamBody.this.connection.discardEndpoint();
			}
			super.close();
		}

	}

}
