/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

/**
 * Paths with variables that match the same requests, of which an upstream may find the
 * one or the other. OpenAPI says only that a name is found before a variable.
 */
final class AmbiguousPaths {

	private AmbiguousPaths() {
	}

	/**
	 * Return whether there are requests that match both paths, and neither path has names
	 * wherever the other has.
	 */
	static boolean areAmbiguous(String first, String second) {
		String[] one = first.split("/", -1);
		String[] two = second.split("/", -1);
		if (one.length != two.length) {
			return false;
		}
		boolean oneIsFound = false;
		boolean twoIsFound = false;
		for (int i = 0; i < one.length; i++) {
			if (!overlap(one[i], two[i])) {
				return false;
			}
			boolean same = shape(one[i]).equals(shape(two[i]));
			oneIsFound |= !same && isVariable(two[i]);
			twoIsFound |= !same && isVariable(one[i]);
		}
		return oneIsFound && twoIsFound;
	}

	/**
	 * What is before the first variable of a segment and after the last one must be that
	 * of the other.
	 */
	private static boolean overlap(String one, String two) {
		if (!isVariable(one) && !isVariable(two)) {
			return one.equals(two);
		}
		String start = one.replaceFirst("\\{.*", "");
		String otherStart = two.replaceFirst("\\{.*", "");
		String end = one.replaceFirst(".*}", "");
		String otherEnd = two.replaceFirst(".*}", "");
		return (start.startsWith(otherStart) || otherStart.startsWith(start))
				&& (end.endsWith(otherEnd) || otherEnd.endsWith(end));
	}

	private static boolean isVariable(String segment) {
		return segment.contains("{");
	}

	private static String shape(String segment) {
		return segment.replaceAll("\\{[^{}]*}", "{}");
	}

}
