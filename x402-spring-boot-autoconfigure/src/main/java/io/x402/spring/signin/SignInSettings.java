/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * How a seller lets buyers sign in.
 *
 * @param baseUrl public URL of the application, without a trailing slash
 * @param statement sentence that buyers agree to, or {@code null}
 * @param lifetime how long a challenge can be used
 * @param clockSkew difference between the clocks of instances and buyers that is allowed
 * for
 * @since 0.2.0
 */
public record SignInSettings(String baseUrl, @Nullable String statement, Duration lifetime, Duration clockSkew) {

	/**
	 * Return the host that buyers sign in to, as browsers write it.
	 * @return the host, with its port unless that is the usual one
	 */
	public String domain() {
		URI url = URI.create(this.baseUrl);
		String host = url.getHost().toLowerCase(Locale.ROOT);
		int usual = "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
		return (url.getPort() < 0 || url.getPort() == usual) ? host : host + ":" + url.getPort();
	}

}
