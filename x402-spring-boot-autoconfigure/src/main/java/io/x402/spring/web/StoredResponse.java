/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A complete response of a handler, stored so that it can be delivered again.
 *
 * @param status HTTP status
 * @param headers the headers that are stored, by name
 * @param varying digests of the request headers that the response says it depends on, by
 * lower-case name
 * @param body the whole body
 * @since 0.1.0
 */
public record StoredResponse(int status, Map<String, List<String>> headers, Map<String, String> varying, byte[] body) {

	private static final byte FORMAT = 2;

	/**
	 * Write the response.
	 * @return bytes that {@link #decode} reads
	 */
	public byte[] encode() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(this.body.length + 256);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeByte(FORMAT);
			out.writeShort(this.status);
			out.writeShort(this.headers.size());
			for (Map.Entry<String, List<String>> header : this.headers.entrySet()) {
				out.writeUTF(header.getKey());
				out.writeShort(header.getValue().size());
				for (String value : header.getValue()) {
					out.writeUTF(value);
				}
			}
			out.writeShort(this.varying.size());
			for (Map.Entry<String, String> header : this.varying.entrySet()) {
				out.writeUTF(header.getKey());
				out.writeUTF(header.getValue());
			}
			out.write(this.body);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * Read a response.
	 * @param bytes what {@link #encode} wrote
	 * @return the response
	 * @throws IllegalArgumentException if it was written in another format
	 */
	public static StoredResponse decode(byte[] bytes) {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
			if (in.readByte() != FORMAT) {
				throw new IllegalArgumentException("The stored response is of an unknown format");
			}
			int status = in.readUnsignedShort();
			Map<String, List<String>> headers = new LinkedHashMap<>();
			for (int i = in.readUnsignedShort(); i > 0; i--) {
				String name = in.readUTF();
				List<String> values = new ArrayList<>();
				for (int j = in.readUnsignedShort(); j > 0; j--) {
					values.add(in.readUTF());
				}
				headers.put(name, values);
			}
			Map<String, String> varying = new LinkedHashMap<>();
			for (int i = in.readUnsignedShort(); i > 0; i--) {
				varying.put(in.readUTF(), in.readUTF());
			}
			return new StoredResponse(status, headers, varying, in.readAllBytes());
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("The stored response is not complete", ex);
		}
	}

}
