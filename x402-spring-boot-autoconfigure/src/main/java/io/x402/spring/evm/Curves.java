/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import org.apache.commons.logging.LogFactory;

/**
 * Chooses an implementation of the curve.
 */
final class Curves {

	private Curves() {
	}

	/**
	 * Return the fastest implementation that works here.
	 */
	static Curve fastest() {
		Curve fast = null;
		try {
			fast = NativeCurve.load();
		}
		catch (LinkageError | RuntimeException ex) {
			LogFactory.getLog(Curves.class)
				.debug("Signatures are made and checked without native code: " + ex.getClass().getName());
		}
		return (fast != null) ? fast : new JavaCurve();
	}

}
