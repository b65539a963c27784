/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which code signs and recovers signers.
 */
class CurveTests {

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenNativeLibraryIsThereThenIsUsed() {
		assertThat(Curves.fastest()).isInstanceOf(NativeCurve.class);
	}

	@Test
	void whenNativeLibraryIsMissingThenJavaIsUsed() throws Exception {
		assertThat(fastestWithout("secp256k1", "kotlin")).isEqualTo(JavaCurve.class.getName());
	}

	/**
	 * So that a first payment does not load them for nothing.
	 */
	@Test
	@EnabledOnOs(OS.LINUX)
	void whenNativeLibraryIsThereThenNeitherWeb3jNorBouncyCastleIsNeeded() throws Exception {
		assertThat(fastestWithout("web3j", "bcprov")).isEqualTo(NativeCurve.class.getName());
	}

	private static String fastestWithout(String... libraries) throws Exception {
		URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> Arrays.stream(libraries).noneMatch(entry::contains))
			.map(CurveTests::url)
			.toArray(URL[]::new);
		try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			Method fastest = loader.loadClass(Curves.class.getName()).getDeclaredMethod("fastest");
			fastest.setAccessible(true);
			return fastest.invoke(null).getClass().getName();
		}
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
