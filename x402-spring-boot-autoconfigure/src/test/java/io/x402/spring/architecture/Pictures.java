/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.x402.spring.store.ClaimState;
import io.x402.spring.store.ClaimStep;

/**
 * The pictures of {@code docs/architecture.md}, made from the code. {@code .ci/pictures}
 * writes them into the page.
 */
final class Pictures {

	private static final String AUTOCONFIGURE = "autoconfigure";

	private Pictures() {
	}

	/**
	 * Replace the pictures of a page.
	 * @param arguments the directory of the compiled classes, and the page
	 */
	public static void main(String[] arguments) throws IOException {
		Path page = Path.of(arguments[1]);
		Files.writeString(page, replaceAll(Files.readString(page), House.of(Path.of(arguments[0]))));
	}

	/**
	 * Return a page with its pictures as the code is now.
	 * @param page text with {@code <!-- picture: NAME -->} before each picture
	 */
	static String replaceAll(String page, House house) {
		String replaced = page;
		for (Map.Entry<String, String> picture : of(house).entrySet()) {
			Pattern place = Pattern.compile("(?<=<!-- picture: " + picture.getKey() + " -->\n)```mermaid\n.*?```\n",
					Pattern.DOTALL);
			Matcher matcher = place.matcher(replaced);
			if (!matcher.find()) {
				throw new IllegalStateException("The page has no place for the picture " + picture.getKey());
			}
			replaced = matcher.replaceFirst(Matcher.quoteReplacement("```mermaid\n" + picture.getValue() + "```\n"));
		}
		return replaced;
	}

	private static Map<String, String> of(House house) {
		Map<String, String> pictures = new LinkedHashMap<>();
		pictures.put("packages", packages(house));
		pictures.put("claim", claim());
		return pictures;
	}

	/**
	 * Draw which packages use which. An arrow that follows from others is left out.
	 */
	static String packages(House house) {
		Map<String, Set<String>> used = new TreeMap<>();
		house.roomsUsed()
			.forEach((room, targets) -> used.computeIfAbsent(node(room), (name) -> new TreeSet<>())
				.addAll(targets.stream().map(Pictures::node).filter((target) -> !target.equals(node(room))).toList()));
		StringBuilder picture = new StringBuilder("flowchart TD\n");
		used.keySet().forEach((room) -> picture.append("  %s[\"%s\"]\n".formatted(id(room), label(room))));
		used.forEach((room, targets) -> targets.stream()
			.filter((target) -> targets.stream().noneMatch((other) -> reaches(used, other, target)))
			.forEach((target) -> picture.append("  %s --> %s\n".formatted(id(room), id(target)))));
		return picture.toString();
	}

	/** All rooms of the auto-configuration are one. */
	private static String node(String room) {
		return room.startsWith(AUTOCONFIGURE) ? AUTOCONFIGURE : room;
	}

	private static String id(String room) {
		return room.isEmpty() ? "root" : room.replace('.', '_');
	}

	private static String label(String room) {
		return room.isEmpty() ? House.ROOT : room;
	}

	private static boolean reaches(Map<String, Set<String>> used, String from, String to) {
		Set<String> seen = new TreeSet<>(Set.of(from));
		Set<String> next = seen;
		while (!next.isEmpty()) {
			next = next.stream()
				.flatMap((room) -> used.getOrDefault(room, Set.of()).stream())
				.filter((room) -> !seen.contains(room))
				.collect(Collectors.toCollection(TreeSet::new));
			seen.addAll(next);
		}
		return !from.equals(to) && seen.contains(to);
	}

	/**
	 * Draw the steps of a claim.
	 */
	static String claim() {
		Map<String, Set<String>> steps = new LinkedHashMap<>();
		for (ClaimState from : ClaimState.values()) {
			Arrays.stream(ClaimStep.values())
				.filter((step) -> step.from().contains(from))
				.forEach((step) -> steps.computeIfAbsent(from + " --> " + end(step), (arrow) -> new TreeSet<>())
					.add(step.name()));
		}
		StringBuilder picture = new StringBuilder("stateDiagram-v2\n  [*] --> " + ClaimState.CLAIMED + "\n");
		steps.forEach((arrow, names) -> picture.append("  %s: %s\n".formatted(arrow, String.join(", ", names))));
		return picture.toString();
	}

	private static String end(ClaimStep step) {
		ClaimState to = step.to();
		return (to != null) ? to.name() : "[*]";
	}

}
