/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A PDF file of one A4 page with text in Helvetica and filled rectangles. Coordinates are
 * points from the lower left corner.
 */
final class PdfPage {

	private final StringBuilder content = new StringBuilder();

	PdfPage text(int x, int y, int size, String text) {
		String escaped = text.replaceAll("[\\\\()]", "\\\\$0");
		this.content.append("BT /F1 %d Tf %d %d Td (%s) Tj ET\n".formatted(size, x, y, escaped));
		return this;
	}

	PdfPage bar(int x, int y, int width, int height) {
		this.content.append("0.05 0.46 0.43 rg %d %d %d %d re f 0 g\n".formatted(x, y, width, height));
		return this;
	}

	byte[] toBytes() {
		List<String> objects = List.of("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
				"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
						+ " /Resources << /Font << /F1 5 0 R >> >> >>",
				"<< /Length %d >>\nstream\n%sendstream".formatted(bytes(this.content).length, this.content),
				"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
		ByteArrayOutputStream file = new ByteArrayOutputStream();
		file.writeBytes(bytes("%PDF-1.4\n"));
		List<Integer> offsets = new ArrayList<>();
		for (String object : objects) {
			offsets.add(file.size());
			file.writeBytes(bytes("%d 0 obj\n%s\nendobj\n".formatted(offsets.size(), object)));
		}
		int xref = file.size();
		file.writeBytes(bytes("xref\n0 %d\n0000000000 65535 f \n".formatted(objects.size() + 1)));
		offsets.forEach((offset) -> file.writeBytes(bytes("%010d 00000 n \n".formatted(offset))));
		file.writeBytes(bytes(
				"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n".formatted(objects.size() + 1, xref)));
		return file.toByteArray();
	}

	private static byte[] bytes(CharSequence text) {
		return text.toString().getBytes(StandardCharsets.ISO_8859_1);
	}

}
