/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.util.List;
import java.util.Locale;

/**
 * One aim and what was measured for it.
 *
 * @param name what is measured
 * @param value what was measured
 * @param bound what it is compared with
 * @param atLeast whether the bound is the least good value instead of the most
 * @param unit unit of value and bound
 */
record Aim(String name, double value, double bound, boolean atLeast, String unit) {

	static Aim atMost(String name, double value, double bound, String unit) {
		return new Aim(name, value, bound, false, unit);
	}

	static Aim atLeast(String name, double value, double bound, String unit) {
		return new Aim(name, value, bound, true, unit);
	}

	private boolean isMet() {
		return this.atLeast ? this.value >= this.bound : this.value <= this.bound;
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%-6s  %-66s %10.3f  %s %.3f %s", isMet() ? "met" : "MISSED", this.name,
				this.value, this.atLeast ? ">=" : "<=", this.bound, this.unit);
	}

	static void print(List<Aim> aims) {
		System.out.println();
		System.out.println("Aims");
		aims.forEach(System.out::println);
	}

}
