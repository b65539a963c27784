/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Seller} in a process of its own.
 */
final class SellerProcess implements AutoCloseable {

	private static final Duration START = Duration.ofMinutes(5);

	private final Process process;

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private final StringBuffer output = new StringBuffer();

	private SellerProcess(Process process) {
		this.process = process;
		Thread reader = new Thread(this::read, "seller-output");
		reader.setDaemon(true);
		reader.start();
	}

	static SellerProcess start(List<String> arguments) throws IOException {
		List<String> command = SellerArchive.command();
		command.addAll(arguments);
		return new SellerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.append(line).append('\n');
				if (line.startsWith(Seller.READY)) {
					this.port.complete(Integer.valueOf(line.substring(Seller.READY.length()).strip()));
				}
			}
		}
		catch (IOException ex) {
			// The process is gone
		}
		this.port.completeExceptionally(new AssertionError("The seller ended: " + this.output));
	}

	int port() throws Exception {
		return this.port.get(START.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * Wait for the end.
	 * @return the exit code
	 */
	int exitCode() throws InterruptedException {
		if (!this.process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
			throw new AssertionError("The seller is still alive: " + this.output);
		}
		return this.process.exitValue();
	}

	/**
	 * Kill it at once.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
