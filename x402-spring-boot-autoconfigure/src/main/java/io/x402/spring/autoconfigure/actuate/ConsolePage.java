/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import io.x402.spring.web.paywall.PageResource;

/**
 * The page of the console. It holds no figures, which its script reads.
 */
final class ConsolePage {

	private final String html;

	private final String policy;

	ConsolePage() {
		String script = PageResource.read("console.js", ConsolePage.class);
		String style = PageResource.read("console.css", ConsolePage.class);
		this.policy = "default-src 'none'; script-src " + PageResource.hash(script) + "; style-src "
				+ PageResource.hash(style) + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
		this.html = PageResource.read("console.html", ConsolePage.class)
			.replace("{{policy}}", this.policy)
			.replace("{{style}}", style)
			.replace("{{script}}", script);
	}

	/**
	 * Return the page.
	 * @return the HTML, which has the policy too, for transports without headers
	 */
	String html() {
		return this.html;
	}

	/**
	 * Return the policy that protects the page.
	 * @return value of the {@code Content-Security-Policy} header
	 */
	String policy() {
		return this.policy + "; frame-ancestors 'none'";
	}

}
