/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import jakarta.servlet.WriteListener;

/**
 * Takes the bytes that a handler writes.
 */
interface OutputSink {

	void write(byte[] bytes, int offset, int length) throws IOException;

	void flush() throws IOException;

	void close() throws IOException;

	boolean isReady();

	void setWriteListener(WriteListener listener);

}
