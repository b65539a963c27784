/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Ways of writing a path of two segments that some server, proxy or framework takes for
 * the same path.
 */
final class PathSpellings {

	private PathSpellings() {
	}

	static List<String> of(String directory, String leaf) {
		String path = "/" + directory + "/" + leaf;
		Set<String> all = new LinkedHashSet<>();
		all.add(path);
		parameters(all, directory, leaf);
		encodings(all, directory, leaf);
		separators(all, directory, leaf);
		dots(all, directory, leaf);
		controls(all, directory, leaf);
		letterCase(all, directory, leaf);
		endings(all, path);
		absolute(all, path);
		return new ArrayList<>(all);
	}

	private static void parameters(Set<String> all, String directory, String leaf) {
		for (String parameter : List.of(";", ";x=1", ";jsessionid=ABC", ";x=1;y=2", ";x=%2F", ";%2e%2e", ";/", ";x=a,b",
				"%3B", "%3Bx=1", "%3bjsessionid=ABC")) {
			all.add("/" + directory + "/" + leaf + parameter);
			all.add("/" + directory + parameter + "/" + leaf);
			all.add("/" + parameter + "/" + directory + "/" + leaf);
		}
		all.add("/;x=1" + "/" + directory + "/" + leaf);
	}

	private static void encodings(Set<String> all, String directory, String leaf) {
		String first = hex(leaf.charAt(0));
		String rest = leaf.substring(1);
		all.add("/" + directory + "/%" + first + rest);
		all.add("/" + directory + "/%" + first.toUpperCase(Locale.ROOT) + rest);
		all.add("/" + directory + "/%25" + first + rest);
		all.add("/" + directory + "/%2525" + first + rest);
		all.add("/%" + hex(directory.charAt(0)) + directory.substring(1) + "/" + leaf);
		all.add("/%25" + hex(directory.charAt(0)) + directory.substring(1) + "/" + leaf);
		all.add("/" + everything(directory) + "/" + everything(leaf));
		all.add("/" + directory + "/%u00" + first + rest);
		all.add("/" + directory + "/%c1%" + Integer.toHexString(leaf.charAt(0) & 0x3f | 0x80) + rest);
		all.add("/" + directory + "/%e0%81%" + Integer.toHexString(leaf.charAt(0) & 0x3f | 0x80) + rest);
		all.add("/" + directory + "/%EF%BD%93" + rest);
		all.add("/" + directory + "/" + leaf + "%");
		all.add("/" + directory + "/" + leaf + "%2");
		all.add("/" + directory + "/" + leaf + "%zz");
		all.add("/%zz/%2e%2e/" + directory + "/" + leaf);
		all.add("/" + directory + "/\u00ff" + rest);
	}

	private static void separators(Set<String> all, String directory, String leaf) {
		for (String separator : List.of("//", "///", "%2F", "%2f", "/%2F", "%2F/", "%252F", "%5C", "%5c", "\\", "\\/",
				"/\\", "%255C", "%c0%af", "%e0%80%af", "%ef%bc%8f")) {
			all.add("/" + directory + separator + leaf);
			all.add(separator + directory + "/" + leaf);
			all.add("/" + separator + directory + "/" + leaf);
		}
	}

	private static void dots(Set<String> all, String directory, String leaf) {
		for (String here : List.of(".", "%2e", "%2E", ".;x=1", "%252e")) {
			all.add("/" + here + "/" + directory + "/" + leaf);
			all.add("/" + directory + "/" + here + "/" + leaf);
			all.add("/" + directory + "/" + leaf + "/" + here);
		}
		for (String up : List.of("..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "..;", "..;x=1", "%2e%2e;", "%252e%252e",
				"..%2F", "%2e%2e%2f", "..%5C", "..\\", "...", "%c0%ae%c0%ae")) {
			all.add("/x/" + up + "/" + directory + "/" + leaf);
			all.add("/" + directory + "/x/" + up + "/" + leaf);
			all.add("/x;/" + up + "/" + directory + "/" + leaf);
			all.add("/" + up + "/" + directory + "/" + leaf);
			all.add("/" + directory + "/" + up + "/" + directory + "/" + leaf);
		}
		all.add("/x%2F..%2F" + directory + "/" + leaf);
		all.add("/x%2F%2e%2e/" + directory + "/" + leaf);
	}

	private static void controls(Set<String> all, String directory, String leaf) {
		for (String control : List.of("%00", "%0A", "%0D%0A", "%09", "%20", "%7F", "%C2%85", "%E2%80%A8", "%08", "\t",
				"+")) {
			all.add("/" + directory + "/" + leaf + control);
			all.add("/" + directory + "/" + control + leaf);
			all.add("/" + control + directory + "/" + leaf);
			all.add("/" + control + "/" + directory + "/" + leaf);
		}
	}

	private static void letterCase(Set<String> all, String directory, String leaf) {
		all.add("/" + directory.toUpperCase(Locale.ROOT) + "/" + leaf);
		all.add("/" + directory + "/" + leaf.toUpperCase(Locale.ROOT));
		all.add("/" + directory + "/\u017f" + leaf.substring(1));
		all.add("/" + directory + "/%C5%BF" + leaf.substring(1));
	}

	private static void endings(Set<String> all, String path) {
		for (String ending : List.of("/", "//", ".", "..", ".json", ".html", "/index", "?", "??", "#", "%23", "%3F",
				"?x=/free", "/.", "/..;/", "::$DATA", "~")) {
			all.add(path + ending);
		}
	}

	private static void absolute(Set<String> all, String path) {
		all.add("http://localhost" + path);
		all.add("HTTP://LOCALHOST" + path);
		all.add("http://localhost/x/.." + path);
		all.add("http://free.example" + path);
		all.add("http://user@localhost" + path);
		all.add("//localhost" + path);
		all.add(path.substring(1));
	}

	private static String everything(String text) {
		StringBuilder encoded = new StringBuilder();
		text.chars().forEach((character) -> encoded.append('%').append(hex(character)));
		return encoded.toString();
	}

	private static String hex(int character) {
		return String.format("%02x", character);
	}

}
