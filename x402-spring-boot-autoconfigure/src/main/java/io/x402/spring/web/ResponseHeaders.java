/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Collection;
import java.util.List;

import org.springframework.http.HttpHeaders;

/**
 * Headers of a response that is not committed, whichever transport sends it.
 *
 * @since 0.1.0
 */
public interface ResponseHeaders {

	/**
	 * Return the headers as a transport that keeps them in Spring's own type has them.
	 * @param headers the headers, which are changed
	 * @return a view of them
	 */
	static ResponseHeaders of(HttpHeaders headers) {
		return new ResponseHeaders() {

			@Override
			public Collection<String> names() {
				return List.copyOf(headers.headerNames());
			}

			@Override
			public List<String> values(String name) {
				return List.copyOf(headers.getOrEmpty(name));
			}

			@Override
			public void set(String name, String value) {
				headers.set(name, value);
			}

			@Override
			public void add(String name, String value) {
				headers.add(name, value);
			}

		};
	}

	/**
	 * Return the names of all headers.
	 * @return the names
	 */
	Collection<String> names();

	/**
	 * Return the values of a header.
	 * @param name name of the header, in any case
	 * @return the values, none if the header is absent
	 */
	List<String> values(String name);

	/**
	 * Replace all values of a header.
	 * @param name name of the header
	 * @param value the value
	 */
	void set(String name, String value);

	/**
	 * Add a value to a header.
	 * @param name name of the header
	 * @param value the value
	 */
	void add(String name, String value);

	/**
	 * Replace all values of a header.
	 * @param name name of the header
	 * @param values the values, at least one
	 */
	default void set(String name, List<String> values) {
		set(name, values.get(0));
		for (String further : values.subList(1, values.size())) {
			add(name, further);
		}
	}

}
