/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.List;
import java.util.stream.Collectors;

import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells a report in two formats. The price stands on the class and holds for both; the
 * payment is a handler argument, so that the PDF can name its buyer.
 */
@RestController
@PaymentRequired(price = "$0.10", description = "Visitors and revenue of the harbour, quarter by quarter")
final class ReportController {

	private static final List<Quarter> QUARTERS = List.of(new Quarter("Q1", 1840, 12_310),
			new Quarter("Q2", 3275, 24_890), new Quarter("Q3", 5120, 41_450), new Quarter("Q4", 2410, 17_005));

	private final HandlerRuns runs;

	ReportController(HandlerRuns runs) {
		this.runs = runs;
	}

	@GetMapping(path = "/report.csv", produces = "text/csv")
	String csv() {
		String source = this.runs.served("GET /report.csv");
		return QUARTERS.stream()
			.map((quarter) -> "%s,%d,%d,%s\n".formatted(quarter.name(), quarter.visitors(), quarter.revenue(), source))
			.collect(Collectors.joining("", "quarter,visitors,revenue_usd,source\n", ""));
	}

	@GetMapping(path = "/report.pdf", produces = MediaType.APPLICATION_PDF_VALUE)
	byte[] pdf(VerifiedPayment payment) {
		return page(payment.payer(), this.runs.served("GET /report.pdf")).toBytes();
	}

	private static PdfPage page(@Nullable String payer, String source) {
		PdfPage page = new PdfPage().text(60, 760, 22, "Harbour report")
			.text(60, 738, 10, "For " + ((payer != null) ? payer : "the buyer") + ", paid per call with x402")
			.text(60, 690, 11, "Quarter")
			.text(150, 690, 11, "Visitors")
			.text(240, 690, 11, "Revenue (USD)");
		int y = 664;
		for (Quarter quarter : QUARTERS) {
			page.text(60, y, 11, quarter.name())
				.text(150, y, 11, "%d".formatted(quarter.visitors()))
				.text(240, y, 11, "%d".formatted(quarter.revenue()))
				.bar(340, y - 2, quarter.revenue() / 250, 12);
			y -= 26;
		}
		return page.text(60, 60, 8, source);
	}

	record Quarter(String name, int visitors, int revenue) {

	}

}
