/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names of properties whose values are credentials, in every spelling that Spring
 * Boot takes.
 */
final class SecretProperties {

	private static final Pattern SEPARATORS = Pattern.compile("[^a-z0-9]");

	private static final Pattern SECRET = Pattern
		.compile("x402.*(token|password|secret|privatekey|authheaders|apikey|rpcurl|encryptionkey).*");

	private SecretProperties() {
	}

	/**
	 * Return whether the value of a property must not be shown.
	 * @param name name of the property
	 * @return {@code true} if it holds credentials
	 */
	static boolean isSecret(String name) {
		return SECRET.matcher(SEPARATORS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("")).matches();
	}

}
