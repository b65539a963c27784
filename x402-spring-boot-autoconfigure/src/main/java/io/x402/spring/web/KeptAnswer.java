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
 * What a handler answered, kept so that it can be delivered again.
 *
 * @param status HTTP status
 * @param headers the headers that are kept, by name
 * @param body the whole body
 */
record KeptAnswer(int status, Map<String, List<String>> headers, byte[] body) {

	private static final byte FORMAT = 1;

	/**
	 * Write the answer.
	 * @return bytes that {@link #decode} reads
	 */
	byte[] encode() {
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
			out.write(this.body);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/**
	 * Read an answer.
	 * @param bytes what {@link #encode} wrote
	 * @return the answer
	 * @throws IllegalArgumentException if it was written in another format
	 */
	static KeptAnswer decode(byte[] bytes) {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
			if (in.readByte() != FORMAT) {
				throw new IllegalArgumentException("The kept answer is of an unknown format");
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
			return new KeptAnswer(status, headers, in.readAllBytes());
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("The kept answer is not complete", ex);
		}
	}

}
