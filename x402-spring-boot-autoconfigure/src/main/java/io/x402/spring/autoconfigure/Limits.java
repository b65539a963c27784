package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Limits within which configuration properties make sense.
 */
public final class Limits {

	private Limits() {
	}

	/**
	 * Require a duration.
	 * @param property name of the property
	 * @param value its value
	 * @param least the shortest that makes sense
	 * @param most the longest that makes sense
	 */
	public static void duration(String property, Duration value, Duration least, Duration most) {
		if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
			throw new InvalidPropertyException(property, text(value),
					"it has to be between " + text(least) + " and " + text(most),
					"Write a duration with its unit, such as 60s; a number without unit is milliseconds.");
		}
	}

	/**
	 * Require a size that an array can have.
	 * @param property name of the property
	 * @param value its value
	 * @param least the smallest that makes sense
	 * @param most the largest that makes sense
	 */
	public static void size(String property, DataSize value, DataSize least, DataSize most) {
		if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
			throw new InvalidPropertyException(property, text(value),
					"it has to be between " + text(least) + " and " + text(most),
					"Write a size with its unit, such as 64KB.");
		}
	}

	/**
	 * Require a number.
	 * @param property name of the property
	 * @param value its value
	 * @param least the smallest that makes sense
	 */
	public static void number(String property, long value, long least) {
		if (value < least) {
			throw new InvalidPropertyException(property, Long.toString(value), "it has to be at least " + least,
					"Choose a larger number, or remove the property.");
		}
	}

	/**
	 * Require a list with entries.
	 * @param property name of the property
	 * @param value its value
	 */
	public static void notEmpty(String property, Collection<?> value) {
		if (value.isEmpty()) {
			throw new InvalidPropertyException(property, "", "it needs at least one entry",
					"Name at least one, or remove the property to get its default.");
		}
	}

	/**
	 * Require a value.
	 * @param property name of the property
	 * @param value its value
	 */
	public static void required(String property, @Nullable Object value) {
		if (value == null || value.toString().isBlank()) {
			throw new InvalidPropertyException(property, null, "it is missing", "Set it.");
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
