/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

/**
 * Notes every log event of the test run that tells a secret. What is noted outlives the
 * appender, which Spring Boot makes anew for every application.
 */
public final class SecretScanAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

	/** Whose long hexadecimal words are names of containers and of claims. */
	private static final List<String> OTHERS = List.of("tc.", "org.testcontainers.", "com.github.dockerjava.",
			"org.mariadb.jdbc.");

	private static final Queue<String> leaks = new ConcurrentLinkedQueue<>();

	@Override
	protected void append(ILoggingEvent event) {
		if (OTHERS.stream().anyMatch(event.getLoggerName()::startsWith)) {
			return;
		}
		String text = LogText.of(event);
		String secret = SecretWords.find(text);
		if (secret != null) {
			leaks.add(event.getLevel() + " " + event.getLoggerName() + " told " + secret + " in: " + text);
		}
	}

	/**
	 * Return the leaks since the last call.
	 * @return what was logged
	 */
	static List<String> takeLeaks() {
		List<String> taken = new ArrayList<>();
		for (String leak = leaks.poll(); leak != null; leak = leaks.poll()) {
			taken.add(leak);
		}
		return taken;
	}

}
