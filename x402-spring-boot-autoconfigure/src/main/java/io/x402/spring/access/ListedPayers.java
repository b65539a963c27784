/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

import io.x402.spring.payment.PayerScreening;
import io.x402.spring.protocol.NetworkId;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the payers that a file lists, on all networks. A line of the file has one
 * address; what follows a {@code #} is a comment. The file is read again when it has
 * changed. While it cannot be read, the last list that could be is used.
 *
 * @since 0.2.0
 */
public final class ListedPayers implements PayerScreening {

	private static final Log logger = LogFactory.getLog(ListedPayers.class);

	private static final NetworkId EVM = NetworkId.ofChain(BigInteger.ONE);

	/** As long as an address on an EVM network with a few characters too many. */
	private static final int LONGEST_MISTAKE = 45;

	private static final Pattern ADDRESS = Pattern.compile("[0-9A-Za-z]{26,128}");

	/** An address on an EVM network without its prefix, which would refuse no payer. */
	private static final Pattern BARE = Pattern.compile("[0-9A-Fa-f]{26," + LONGEST_MISTAKE + "}");

	private final Path file;

	private final Duration interval;

	private final MonotonicClock clock;

	private final ReentrantLock refreshing = new ReentrantLock();

	private volatile Listed listed;

	private volatile Deadline next;

	private volatile boolean stale;

	/**
	 * Read the list.
	 * @param file the file, in UTF-8
	 * @param interval minimum time between two looks at whether the file has changed
	 * @param clock measures the interval
	 * @throws IOException if the file cannot be read, or a line of it is no address
	 */
	public ListedPayers(Path file, Duration interval, MonotonicClock clock) throws IOException {
		this.file = file;
		this.interval = interval;
		this.clock = clock;
		this.listed = Listed.read(file);
		this.next = Deadline.by(clock, interval);
	}

	@Override
	public boolean accepts(String payer, PaymentRequirements offer) {
		if (this.next.hasPassed() && this.refreshing.tryLock()) {
			try {
				refresh();
			}
			finally {
				this.next = Deadline.by(this.clock, this.interval);
				this.refreshing.unlock();
			}
		}
		return !this.listed.contains(offer.networkId(), payer);
	}

	private void refresh() {
		try {
			if (!this.listed.version().equals(Version.of(this.file))) {
				Listed read = Listed.read(this.file);
				if (read.isBlank()) {
					throw new IOException("it is empty; a list without addresses needs a comment");
				}
				this.listed = read;
				logger.info("Refused payers were read again: " + read.addresses().size());
			}
			this.stale = false;
		}
		catch (IOException | RuntimeException ex) {
			if (!this.stale) {
				this.stale = true;
				logger.warn("The list of refused payers cannot be read again, and the last one remains in use: "
						+ this.file + ": " + problem(ex));
			}
		}
	}

	private static @Nullable String problem(Exception failure) {
		return (failure instanceof NoSuchFileException) ? "there is no such file" : failure.getMessage();
	}

	/**
	 * State of a file, by which a changed one is noticed.
	 *
	 * @param modified when it was changed last
	 * @param size number of bytes
	 * @param key tells it from another file of the same name, or {@code null}
	 */
	private record Version(FileTime modified, long size, @Nullable Object key) {

		static Version of(Path file) throws IOException {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
			return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
		}

	}

	/**
	 * Addresses of a file.
	 *
	 * @param version state of the file before it was read
	 * @param addresses addresses by their spelling in lower case, which different ones of
	 * some networks share
	 */
	private record Listed(Version version, Map<String, List<String>> addresses) {

		static Listed read(Path file) throws IOException {
			if (Files.isDirectory(file)) {
				throw new IOException("it is a directory");
			}
			try {
				Version version = Version.of(file);
				return new Listed(version, addresses(Files.readAllLines(file, StandardCharsets.UTF_8)));
			}
			catch (NoSuchFileException ex) {
				throw new IOException("there is no such file", ex);
			}
			catch (MalformedInputException ex) {
				throw new IOException("it is not in UTF-8", ex);
			}
		}

		private static Map<String, List<String>> addresses(List<String> lines) throws IOException {
			Map<String, List<String>> addresses = new HashMap<>();
			for (int i = 0; i < lines.size(); i++) {
				String address = lines.get(i).replaceFirst("#.*", "").replace("\uFEFF", "").strip();
				if (!address.isEmpty() && !isAddress(address)) {
					throw new IOException("line " + (i + 1) + " is no address"
							+ (BARE.matcher(address).matches() ? "; those of EVM networks begin with 0x" : ""));
				}
				if (!address.isEmpty()) {
					addresses.computeIfAbsent(lower(address), (key) -> new ArrayList<>(1)).add(address);
				}
			}
			return addresses;
		}

		/**
		 * A mistake in an address would let its payer pass unnoticed.
		 */
		private static boolean isAddress(String text) {
			if (lower(text).startsWith("0x") && text.length() <= LONGEST_MISTAKE) {
				return EVM.isAddress(lower(text));
			}
			return ADDRESS.matcher(text).matches() && !BARE.matcher(text).matches();
		}

		private static String lower(String address) {
			return address.toLowerCase(Locale.ROOT);
		}

		/**
		 * A file that is being written is empty at first.
		 */
		boolean isBlank() {
			return this.addresses.isEmpty() && this.version.size() == 0;
		}

		boolean contains(NetworkId network, String payer) {
			return this.addresses.getOrDefault(lower(payer), List.of())
				.stream()
				.anyMatch((address) -> network.isSameAddress(address, payer));
		}

	}

}
