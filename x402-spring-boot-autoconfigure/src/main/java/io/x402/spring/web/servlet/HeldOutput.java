/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/**
 * The only stream and the only writer that are handed out for a {@link HeldResponse}, so
 * that none taken early goes around it. The writer stays usable after a reset; it encodes
 * in the character set that the response has at the first text.
 */
final class HeldOutput extends ServletOutputStream {

	private final OutputSink sink;

	private final ServletResponse response;

	private final Encoder encoder = new Encoder();

	private final PrintWriter writer = new PrintWriter(this.encoder);

	/**
	 * Create an output.
	 * @param sink takes the bytes
	 * @param response has the encoding of the text
	 */
	HeldOutput(OutputSink sink, ServletResponse response) {
		this.sink = sink;
		this.response = response;
	}

	PrintWriter writer() {
		this.encoder.open();
		return this.writer;
	}

	/**
	 * Hand over the text so far, without flushing it any further.
	 */
	void encode() throws IOException {
		this.encoder.encode();
	}

	/**
	 * Forget the text that is not encoded yet.
	 */
	void discard() {
		this.encoder.open = null;
	}

	@Override
	public void write(int b) throws IOException {
		write(new byte[] { (byte) b }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		encode();
		this.sink.write(bytes, offset, length);
	}

	@Override
	public void flush() throws IOException {
		encode();
		this.sink.flush();
	}

	@Override
	public void close() throws IOException {
		encode();
		this.sink.close();
	}

	@Override
	public boolean isReady() {
		return this.sink.isReady();
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		this.sink.setWriteListener(listener);
	}

	private final class Encoder extends Writer {

		private @Nullable Writer open;

		Writer open() {
			if (this.open == null) {
				String encoding = HeldOutput.this.response.getCharacterEncoding();
				Charset charset = (encoding != null) ? Charset.forName(encoding) : StandardCharsets.ISO_8859_1;
				HeldOutput.this.response.setCharacterEncoding(charset.name());
				this.open = new OutputStreamWriter(new Bytes(), charset);
			}
			return this.open;
		}

		void encode() throws IOException {
			if (this.open != null) {
				this.open.flush();
			}
		}

		@Override
		public void write(char[] text, int offset, int length) throws IOException {
			open().write(text, offset, length);
		}

		@Override
		public void flush() throws IOException {
			HeldOutput.this.flush();
		}

		@Override
		public void close() throws IOException {
			HeldOutput.this.close();
		}

	}

	/**
	 * Flushed by the encoder alone, which must not release anything.
	 */
	private final class Bytes extends OutputStream {

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			HeldOutput.this.sink.write(bytes, offset, length);
		}

	}

}
