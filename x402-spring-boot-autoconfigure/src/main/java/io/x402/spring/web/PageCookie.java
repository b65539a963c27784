/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.x402.spring.access.PassHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Carries a settled payment from the wallet page into the navigation that shows what was
 * bought: a page that is written into another one would inherit its policy. The cookie is
 * a credential, so that scripts cannot read it, it reaches one path only for a minute,
 * and it counts for nothing but a navigation of the same origin.
 */
final class PageCookie {

	/**
	 * Sent by the wallet page with the path that the browser knows, which may differ from
	 * the one behind a proxy. Another origin cannot send it without the consent of CORS.
	 */
	static final String PAGE_HEADER = "X402-Page";

	/** Names with an underscore do not tell requests apart. */
	private static final String NAME = "_x402";

	private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~!$&'()*+=:@%/-]{0,500}");

	private static final Pattern PAYMENT = Pattern.compile("[A-Za-z0-9+/_=-]{1,3500}");

	private static final int SECONDS = 60;

	private PageCookie() {
	}

	/**
	 * Return the payment of a navigation that the wallet page started.
	 * @param request the request
	 * @return value of a payment header, or {@code null} if there is none
	 */
	static @Nullable String payment(RequestHead request) {
		boolean navigates = is(request, "Sec-Fetch-Site", "same-origin") && is(request, "Sec-Fetch-Mode", "navigate")
				&& is(request, "Sec-Fetch-Dest", "document");
		return navigates ? cookie(request.headers(HttpHeaders.COOKIE)) : null;
	}

	/**
	 * Return a header with cookies without those that hold a payment or a pass.
	 * @param header value of the {@code Cookie} header
	 * @return the other cookies, or an empty text if there are none
	 */
	static String remove(String header) {
		return Arrays.stream(header.split(";"))
			.map(String::strip)
			.filter((pair) -> !isOurs(pair.split("=", 2)[0].strip()))
			.collect(Collectors.joining("; "));
	}

	private static boolean isOurs(String name) {
		return name.equals(NAME) || PassHeaders.isCookie(name);
	}

	private static boolean is(RequestHead request, String name, String value) {
		return value.equals(request.header(name)) && request.headers(name).size() == 1;
	}

	private static @Nullable String cookie(List<String> headers) {
		for (String header : headers) {
			for (String pair : header.split(";")) {
				String[] parts = pair.strip().split("=", 2);
				if (parts.length == 2 && NAME.equals(parts[0])) {
					return parts[1];
				}
			}
		}
		return null;
	}

	/**
	 * Add the cookie to the response to the wallet page.
	 * @param request the paid request
	 * @param payment value of its payment header
	 * @param secure whether the resource is reached by https
	 * @param response headers of the response
	 */
	static void add(RequestHead request, @Nullable String payment, boolean secure, ResponseHeaders response) {
		String path = request.header(PAGE_HEADER);
		if (path == null || payment == null || !PATH.matcher(path).matches() || !PAYMENT.matcher(payment).matches()) {
			return;
		}
		response.add(HttpHeaders.SET_COOKIE, NAME + "=" + payment + "; Path=" + path + "; Max-Age=" + SECONDS
				+ "; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : ""));
		response.set(PAGE_HEADER, "ready");
	}

}
