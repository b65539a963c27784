/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the names that a misspelled name may stand for.
 *
 * @since 0.1.0
 */
public final class Spelling {

	private static final int MAX_SUGGESTIONS = 3;

	private Spelling() {
	}

	/**
	 * Return the known names that differ from a name in a few characters.
	 * @param name the unknown name
	 * @param known the known names
	 * @return at most three names, the most similar first, none if none is similar
	 */
	public static List<String> similar(String name, Collection<String> known) {
		int limit = Math.max(1, name.length() / 4);
		return known.stream()
			.distinct()
			.filter((candidate) -> Math.abs(candidate.length() - name.length()) <= limit)
			.filter((candidate) -> distance(name, candidate) <= limit)
			.sorted(Comparator.<String>comparingInt((candidate) -> distance(name, candidate))
				.thenComparing(Comparator.naturalOrder()))
			.limit(MAX_SUGGESTIONS)
			.toList();
	}

	/**
	 * Counts the insertions, deletions and substitutions between two names.
	 */
	private static int distance(String from, String to) {
		int[] row = new int[to.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= from.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int substituted = diagonal + ((from.charAt(i - 1) == to.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[row.length - 1];
	}

}
