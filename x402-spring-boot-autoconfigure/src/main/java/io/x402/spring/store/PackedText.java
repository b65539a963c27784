/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Writes texts in few bytes: most of a claim are identifiers and hexadecimal digits. What
 * is read is what was written, whatever it looks like.
 */
enum PackedText {

	NONE {
		@Override
		void write(String text, DataOutputStream out) {
			throw new IllegalStateException();
		}

		@Override
		@Nullable String readText(DataInputStream in) {
			return null;
		}
	},

	DIGITS {
		@Override
		void write(String text, DataOutputStream out) throws IOException {
			writeBytes(HexFormat.of().parseHex(text), out);
		}

		@Override
		String readText(DataInputStream in) throws IOException {
			return HexFormat.of().formatHex(readBytes(in));
		}
	},

	PREFIXED_DIGITS {
		@Override
		void write(String text, DataOutputStream out) throws IOException {
			writeBytes(HexFormat.of().parseHex(text, PREFIX.length(), text.length()), out);
		}

		@Override
		String readText(DataInputStream in) throws IOException {
			return PREFIX + HexFormat.of().formatHex(readBytes(in));
		}
	},

	IDENTIFIER {
		@Override
		void write(String text, DataOutputStream out) throws IOException {
			UUID identifier = UUID.fromString(text);
			out.writeLong(identifier.getMostSignificantBits());
			out.writeLong(identifier.getLeastSignificantBits());
		}

		@Override
		String readText(DataInputStream in) throws IOException {
			return new UUID(in.readLong(), in.readLong()).toString();
		}
	},

	LATIN {
		@Override
		void write(String text, DataOutputStream out) throws IOException {
			writeBytes(text.getBytes(StandardCharsets.ISO_8859_1), out);
		}

		@Override
		String readText(DataInputStream in) throws IOException {
			return new String(readBytes(in), StandardCharsets.ISO_8859_1);
		}
	},

	/** Any text, even halves of characters, which no charset encodes. */
	OTHER {
		@Override
		void write(String text, DataOutputStream out) throws IOException {
			out.writeInt(text.length());
			out.writeChars(text);
		}

		@Override
		String readText(DataInputStream in) throws IOException {
			StringBuilder text = new StringBuilder();
			for (int left = in.readInt(); left > 0; left--) {
				text.append(in.readChar());
			}
			return text.toString();
		}
	};

	private static final String PREFIX = "0x";

	private static final int IDENTIFIER_LENGTH = 36;

	private static final char LAST_OF_LATIN = 0xFF;

	private static final PackedText[] FORMS = values();

	/**
	 * Write a text.
	 */
	static void write(DataOutputStream out, @Nullable String text) throws IOException {
		if (text == null) {
			out.writeByte(NONE.ordinal());
			return;
		}
		PackedText form = of(text);
		out.writeByte(form.ordinal());
		form.write(text, out);
	}

	/**
	 * Read a text as it was written.
	 */
	static @Nullable String read(DataInputStream in) throws IOException {
		return FORMS[in.readByte()].readText(in);
	}

	/**
	 * Read a text that was not {@code null}.
	 */
	static String readRequired(DataInputStream in) throws IOException {
		return Objects.requireNonNull(read(in));
	}

	private static PackedText of(String text) {
		if (isDigits(text, 0)) {
			return DIGITS;
		}
		if (text.startsWith(PREFIX) && isDigits(text, PREFIX.length())) {
			return PREFIXED_DIGITS;
		}
		if (text.length() == IDENTIFIER_LENGTH && isIdentifier(text)) {
			return IDENTIFIER;
		}
		return text.chars().allMatch((c) -> c <= LAST_OF_LATIN) ? LATIN : OTHER;
	}

	private static boolean isDigits(String text, int from) {
		if (text.length() % 2 != 0) {
			return false;
		}
		for (int i = from; i < text.length(); i++) {
			if (!isDigit(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isIdentifier(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
			if (dash ? c != '-' : !isDigit(c)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isDigit(char c) {
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
	}

	private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	private static byte[] readBytes(DataInputStream in) throws IOException {
		return in.readNBytes(in.readInt());
	}

	abstract void write(String text, DataOutputStream out) throws IOException;

	abstract @Nullable String readText(DataInputStream in) throws IOException;

}
