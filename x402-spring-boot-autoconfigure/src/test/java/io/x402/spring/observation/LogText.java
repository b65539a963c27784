/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;

/**
 * Everything that an appender could write of an event.
 */
final class LogText {

	private LogText() {
	}

	static String of(ILoggingEvent event) {
		String text = event.getFormattedMessage() + " " + event.getMDCPropertyMap() + " " + event.getKeyValuePairs()
				+ " " + event.getMarkerList();
		return (event.getThrowableProxy() != null) ? text + " " + ThrowableProxyUtil.asString(event.getThrowableProxy())
				: text;
	}

}
