/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.unit.DataSize;

/**
 * Requirements that several configuration properties share.
 *
 * @since 0.1.0
 */
public final class Limits {

	private Limits() {
	}

	/**
	 * Require a duration within limits.
	 * @param property name of the property
	 * @param value value of the property
	 * @param min minimum
	 * @param max maximum
	 */
	public static void duration(String property, Duration value, Duration min, Duration max) {
		if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
			throw new InvalidPropertyException(property, text(value),
					"must be between " + text(min) + " and " + text(max),
					"Use a duration with a unit, such as 60s; a number without a unit is milliseconds.");
		}
	}

	/**
	 * Require a size within limits.
	 * @param property name of the property
	 * @param value value of the property
	 * @param min minimum
	 * @param max maximum
	 */
	public static void size(String property, DataSize value, DataSize min, DataSize max) {
		if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
			throw new InvalidPropertyException(property, text(value),
					"must be between " + text(min) + " and " + text(max), "Use a size with a unit, such as 64KB.");
		}
	}

	/**
	 * Require a minimum.
	 * @param property name of the property
	 * @param value value of the property
	 * @param min minimum
	 */
	public static void number(String property, long value, long min) {
		if (value < min) {
			throw new InvalidPropertyException(property, Long.toString(value), "must be at least " + min,
					"Use a larger number, or remove the property.");
		}
	}

	/**
	 * Require at least one entry.
	 * @param property name of the property
	 * @param value value of the property
	 */
	public static void notEmpty(String property, Collection<?> value) {
		if (value.isEmpty()) {
			throw new InvalidPropertyException(property, "", "must have at least one entry",
					"Add an entry, or remove the property to use its default.");
		}
	}

	/**
	 * Require a value.
	 * @param property name of the property
	 * @param value value of the property
	 */
	public static void required(String property, @Nullable Object value) {
		if (value == null || value.toString().isBlank()) {
			throw new InvalidPropertyException(property, null, "must be set", "Set the property.");
		}
	}

	/**
	 * Require the name of an SSL bundle.
	 * @param property name of the property
	 * @param value value of the property
	 * @param bundles the bundles of the application
	 * @return the bundle
	 */
	public static SslBundle sslBundle(String property, String value, ObjectProvider<SslBundles> bundles) {
		try {
			return bundles.getObject().getBundle(value);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidPropertyException(property, value, "must be the name of an SSL bundle",
					"Declare the bundle under spring.ssl.bundle.");
		}
	}

	private static String text(Duration duration) {
		return (duration.getNano() == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
	}

	private static String text(DataSize size) {
		return (size.toKilobytes() != 0 && size.toBytes() % 1024 == 0) ? size.toKilobytes() + "KB"
				: size.toBytes() + "B";
	}

}
