/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the ledger for other programs, page by page, however many entries there are.
 *
 * @since 0.1.0
 */
public final class LedgerExport {

	private static final List<Column> COLUMNS = List.of(new Column("id", LedgerEntry::id),
			new Column("time", LedgerEntry::time), new Column("event", LedgerEntry::event),
			new Column("sale", LedgerEntry::sale), new Column("route", LedgerEntry::route),
			new Column("network", LedgerEntry::network), new Column("scheme", LedgerEntry::scheme),
			new Column("asset", LedgerEntry::asset), new Column("amount", LedgerEntry::amount),
			new Column("payTo", LedgerEntry::payTo), new Column("payer", LedgerEntry::payer),
			new Column("transaction", LedgerEntry::transaction), new Column("reason", LedgerEntry::reason),
			new Column("note", LedgerEntry::note));

	private static final String NAMES = COLUMNS.stream().map(Column::name).collect(Collectors.joining(",", "", "\r\n"));

	private final PaymentLedger ledger;

	private final JsonMapper json = JsonMapper.shared();

	/**
	 * Create an export.
	 * @param ledger the ledger
	 */
	public LedgerExport(PaymentLedger ledger) {
		this.ledger = ledger;
	}

	/**
	 * Write entries as CSV (RFC 4180) with a line of names first. Amounts are in atomic
	 * units, times in ISO 8601.
	 * @param query what to write; its limit is the size of a page only
	 * @param to where to write
	 * @throws IOException if it cannot be written
	 * @throws PaymentStoreException if the ledger is out of reach
	 */
	public void csv(LedgerQuery query, Appendable to) throws IOException {
		to.append(NAMES);
		write(query, to, LedgerExport::line);
	}

	/**
	 * Return entries as CSV (RFC 4180) with a line of names first, in UTF-8. Each page is
	 * read from the ledger when the reader gets there, in the thread that reads.
	 * @param query what to write; its limit is the size of a page only
	 * @return the bytes; a {@link PaymentStoreException} while they are read tells that
	 * the ledger is out of reach, and closing releases nothing
	 * @since 0.2.0
	 */
	public InputStream csv(LedgerQuery query) {
		Pages pages = new Pages(query);
		return new LedgerInputStream(NAMES, new Iterator<>() {

			@Override
			public boolean hasNext() {
				return pages.hasNext();
			}

			@Override
			public String next() {
				return pages.next().stream().map(LedgerExport::line).collect(Collectors.joining());
			}

		});
	}

	private static String line(LedgerEntry entry) {
		return COLUMNS.stream()
			.map((column) -> quote(column.value().apply(entry)))
			.collect(Collectors.joining(",", "", "\r\n"));
	}

	/**
	 * Write entries as JSON, one object a line. Amounts are texts in atomic units, times
	 * in ISO 8601; members without a value are left out.
	 * @param query what to write; its limit is the size of a page only
	 * @param to where to write
	 * @throws IOException if it cannot be written
	 * @throws PaymentStoreException if the ledger is out of reach
	 */
	public void jsonLines(LedgerQuery query, Appendable to) throws IOException {
		write(query, to, (entry) -> this.json.writeValueAsString(members(entry)) + "\n");
	}

	private static Map<String, String> members(LedgerEntry entry) {
		Map<String, String> members = new LinkedHashMap<>();
		for (Column column : COLUMNS) {
			Object value = column.value().apply(entry);
			if (value != null) {
				members.put(column.name(), value.toString());
			}
		}
		return members;
	}

	private void write(LedgerQuery query, Appendable to, Function<LedgerEntry, String> line) throws IOException {
		Pages pages = new Pages(query);
		while (pages.hasNext()) {
			for (LedgerEntry entry : pages.next()) {
				to.append(line.apply(entry));
			}
		}
	}

	/**
	 * A text that a spreadsheet would take for a formula is made one that it does not.
	 */
	private static String quote(@Nullable Object value) {
		String text = Objects.toString(value, "");
		String harmless = (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) ? "'" + text : text;
		return (harmless.chars().anyMatch((character) -> ",\"\r\n".indexOf(character) >= 0))
				? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
	}

	private record Column(String name, Function<LedgerEntry, @Nullable Object> value) {

	}

	/**
	 * The pages of a query, each read when it is asked for.
	 */
	private final class Pages implements Iterator<List<LedgerEntry>> {

		private LedgerQuery page;

		private boolean ended;

		Pages(LedgerQuery query) {
			this.page = query;
		}

		@Override
		public boolean hasNext() {
			return !this.ended;
		}

		@Override
		public List<LedgerEntry> next() {
			List<LedgerEntry> entries = LedgerExport.this.ledger.find(this.page);
			this.ended = entries.size() < this.page.limit();
			if (!this.ended) {
				this.page = this.page.after(entries.get(entries.size() - 1));
			}
			return entries;
		}

	}

}
