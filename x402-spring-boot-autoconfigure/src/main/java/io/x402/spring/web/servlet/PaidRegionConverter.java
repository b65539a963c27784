/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourceRegion;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.converter.ResourceRegionHttpMessageConverter;

/**
 * Writes parts of resources as Spring does, but lets a handler that is paid fail if its
 * resource ends before the length that it declares. Several parts are written without a
 * length of their own that would show it.
 */
final class PaidRegionConverter extends ResourceRegionHttpMessageConverter {

	@Override
	protected void writeInternal(Object object, @Nullable Type type, HttpOutputMessage message) throws IOException {
		if (object instanceof Collection<?> regions && regions.size() > 1 && PaidResourceConverter.isPaid(message)) {
			super.writeInternal(whole(regions), type, message);
		}
		else {
			super.writeInternal(object, type, message);
		}
	}

	/**
	 * Parts of the same resource stay parts of one.
	 */
	private static List<ResourceRegion> whole(Collection<?> regions) {
		Map<Resource, Resource> resources = new IdentityHashMap<>();
		return regions.stream()
			.map(ResourceRegion.class::cast)
			.map((region) -> new ResourceRegion(resources.computeIfAbsent(region.getResource(), WholeResource::new),
					region.getPosition(), region.getCount()))
			.toList();
	}

	/**
	 * A resource that must have the length that it declares.
	 */
	private static final class WholeResource extends AbstractResource {

		private final Resource resource;

		WholeResource(Resource resource) {
			this.resource = resource;
		}

		@Override
		public long contentLength() throws IOException {
			return this.resource.contentLength();
		}

		@Override
		public String getDescription() {
			return this.resource.getDescription();
		}

		@Override
		public InputStream getInputStream() throws IOException {
			return new WholeStream(this.resource.getInputStream(), contentLength());
		}

	}

	private static final class WholeStream extends FilterInputStream {

		private long left;

		WholeStream(InputStream stream, long length) {
			super(stream);
			this.left = length;
		}

		@Override
		public int read() throws IOException {
			int next = super.read();
			count((next < 0) ? next : 1);
			return next;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = super.read(bytes, offset, length);
			count(read);
			return read;
		}

		@Override
		public long skip(long count) throws IOException {
			long skipped = super.skip(count);
			this.left -= skipped;
			return skipped;
		}

		private void count(int read) throws IOException {
			if (read < 0 && this.left > 0) {
				throw new EOFException("A resource ended before the length that it declares");
			}
			this.left -= Math.max(0, read);
		}

	}

}
