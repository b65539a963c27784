/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One side of the corpus: cases with the verdicts of the official packages, and the known
 * differences with their reasons.
 */
public final class Corpus {

	/** The time at which the corpus lives. */
	public static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final List<JsonNode> cases;

	private final Map<String, String> differences = new HashMap<>();

	private Corpus(String side) {
		this.cases = read(side + ".json").valueStream().toList();
		for (JsonNode difference : read("differences.json").get(side)) {
			String reason = difference.get("reason").stringValue();
			difference.get("cases")
				.forEach((name) -> assertThat(this.differences.put(name.stringValue(), reason)).as(name.stringValue())
					.isNull());
		}
	}

	/**
	 * Load a side of the corpus.
	 * @param side name of its fixture
	 */
	public static Corpus of(String side) {
		return new Corpus(side);
	}

	/**
	 * Return a case.
	 * @param name its name
	 */
	public JsonNode get(String name) {
		return this.cases.stream().filter((each) -> name(each).equals(name)).findFirst().orElseThrow();
	}

	/**
	 * Compare verdicts. A case is decided alike if at least one official package decides
	 * it so, and one that buys or sells goes before those that refuse. Differences that
	 * are not listed, and listed ones that are none, fail.
	 * @param verdict our verdict on a case
	 */
	public void assertDecidedAlike(Function<JsonNode, String> verdict) {
		List<String> unknown = new ArrayList<>();
		Set<String> stale = new TreeSet<>(this.differences.keySet());
		for (JsonNode each : this.cases) {
			String ours = verdict.apply(each);
			Set<String> official = official(each);
			if (!official.contains(ours) && !stale.remove(name(each))) {
				unknown.add(name(each) + ": ours " + ours + ", official " + official);
			}
		}
		assertThat(unknown).as("differences without a reason").isEmpty();
		assertThat(stale).as("listed differences that are none").isEmpty();
	}

	private static Set<String> official(JsonNode each) {
		Set<String> verdicts = each.get("official")
			.valueStream()
			.map(JsonNode::stringValue)
			.map((verdict) -> verdict.matches("pays v(?![12] ).*") ? "refuses" : verdict)
			.collect(Collectors.toSet());
		if (verdicts.size() > 1) {
			verdicts.remove("refuses");
		}
		return verdicts;
	}

	private static String name(JsonNode each) {
		return each.get("name").stringValue();
	}

	private static JsonNode read(String name) {
		try (InputStream resource = Corpus.class.getResourceAsStream(name)) {
			return JSON.readTree(resource);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
