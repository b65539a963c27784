/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;

/**
 * The compiled main classes of the library, and who uses whom. Nested types count as
 * their outermost type.
 */
final class House {

	static final String ROOT = "io.x402.spring";

	private static final String SEPARATOR = ".";

	private final Collection<JavaClass> classes;

	private House(Collection<JavaClass> classes) {
		this.classes = classes;
	}

	/**
	 * Import compiled classes.
	 * @param directory where they are
	 */
	static House of(Path directory) {
		return new House(new ClassFileImporter().importPath(directory).stream().filter(House::isOurs).toList());
	}

	/**
	 * Import the compiled classes beside which a class is.
	 */
	static House of(Class<?> type) {
		return of(Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())));
	}

	/**
	 * Return all types, without anonymous ones.
	 */
	List<JavaClass> types() {
		return this.classes.stream()
			.filter((type) -> !type.isAnonymousClass() && !type.getSimpleName().equals("package-info"))
			.toList();
	}

	/**
	 * Return whether a type belongs to the library.
	 */
	static boolean isOurs(JavaClass type) {
		return (type.getPackageName() + SEPARATOR).startsWith(ROOT + SEPARATOR);
	}

	/**
	 * Return a name without the root package, such as {@code payment.Claim}.
	 */
	static String shortName(JavaClass type) {
		return type.getName().substring(ROOT.length() + 1);
	}

	/**
	 * Return the package of a type without the root package; empty for the root itself.
	 */
	static String room(JavaClass type) {
		return type.getPackageName().equals(ROOT) ? "" : type.getPackageName().substring(ROOT.length() + 1);
	}

	/**
	 * Return which packages use which.
	 * @return users and what they use, by {@link #room short names}
	 */
	Map<String, Set<String>> roomsUsed() {
		Map<String, Set<String>> used = new TreeMap<>();
		this.classes.forEach((type) -> used.computeIfAbsent(room(type), (room) -> new TreeSet<>())
			.addAll(targets(type).map(House::room).filter((room) -> !room.equals(room(type))).toList()));
		return used;
	}

	/**
	 * Return the cycles between the classes of each package.
	 * @return groups of classes that reach each other, each in alphabetical order
	 */
	List<Set<String>> classCycles() {
		Map<String, Set<String>> graph = new TreeMap<>();
		for (JavaClass type : this.classes) {
			Set<String> used = graph.computeIfAbsent(shortName(outermost(type)), (name) -> new TreeSet<>());
			targets(type).filter((target) -> room(target).equals(room(type)))
				.map((target) -> shortName(outermost(target)))
				.filter((target) -> !target.equals(shortName(outermost(type))))
				.forEach(used::add);
		}
		return cycles(graph);
	}

	/**
	 * Return the cycles of a graph.
	 * @return groups of nodes that reach each other, each in alphabetical order
	 */
	static List<Set<String>> cycles(Map<String, Set<String>> graph) {
		return new Components(graph).cycles();
	}

	private static Stream<JavaClass> targets(JavaClass type) {
		return type.getDirectDependenciesFromSelf()
			.stream()
			.map(Dependency::getTargetClass)
			.map(JavaClass::getBaseComponentType)
			.filter(House::isOurs);
	}

	static JavaClass outermost(JavaClass type) {
		return type.getEnclosingClass().map(House::outermost).orElse(type);
	}

	/**
	 * Strongly connected components, by Tarjan's algorithm.
	 */
	private static final class Components {

		private final Map<String, Set<String>> graph;

		private final Map<String, Integer> index = new HashMap<>();

		private final Map<String, Integer> low = new HashMap<>();

		private final Deque<String> stack = new ArrayDeque<>();

		private final List<Set<String>> cycles = new ArrayList<>();

		Components(Map<String, Set<String>> graph) {
			this.graph = graph;
		}

		List<Set<String>> cycles() {
			this.graph.keySet().stream().filter((node) -> !this.index.containsKey(node)).forEach(this::visit);
			return this.cycles.stream()
				.sorted((one, other) -> one.iterator().next().compareTo(other.iterator().next()))
				.toList();
		}

		private void visit(String node) {
			this.index.put(node, this.index.size());
			this.low.put(node, this.index.get(node));
			this.stack.push(node);
			for (String target : this.graph.getOrDefault(node, Set.of())) {
				if (!this.index.containsKey(target)) {
					visit(target);
					this.low.merge(node, this.low.get(target), Math::min);
				}
				else if (this.stack.contains(target)) {
					this.low.merge(node, this.index.get(target), Math::min);
				}
			}
			if (this.low.get(node).equals(this.index.get(node))) {
				pop(node);
			}
		}

		private void pop(String node) {
			Set<String> component = new TreeSet<>();
			do {
				component.add(this.stack.peek());
			}
			while (!this.stack.pop().equals(node));
			if (component.size() > 1) {
				this.cycles.add(component);
			}
		}

	}

}
