/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.unit.DataSize;

/**
 * {@link FailureAnalyzer} for a value of an {@code x402} property that cannot be
 * converted to the type of the property. Says which values are possible.
 */
@Order(1)
final class InvalidValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("x402");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		ConversionFailedException conversion = findCause(cause, ConversionFailedException.class);
		ConfigurationProperty property = cause.getProperty();
		if (conversion == null || property == null || !PREFIX.isAncestorOf(property.getName())) {
			return null;
		}
		InvalidPropertyException invalid = invalid(property, conversion);
		return new FailureAnalysis(invalid.description(), invalid.remedy(), cause);
	}

	private static InvalidPropertyException invalid(ConfigurationProperty property,
			ConversionFailedException conversion) {
		Class<?> type = conversion.getTargetType().getType();
		String name = property.getName().toString();
		String value = String.valueOf(property.getValue());
		if (type == Duration.class) {
			return new InvalidPropertyException(name, value, "must be a duration",
					"Use a number with a unit, such as 500ms, 60s or 10m.");
		}
		if (type == DataSize.class) {
			return new InvalidPropertyException(name, value, "must be a size",
					"Use a number with a unit, such as 64KB or 2MB.");
		}
		if (type == TokenAmount.class) {
			return new InvalidPropertyException(name, value, "must be a decimal number of tokens, without a ticker",
					"Use an amount such as $0.05 or 0.05.");
		}
		if (type.isEnum()) {
			return new InvalidPropertyException(name, value, "must be one of " + values(type),
					"Use one of the values.");
		}
		if (type == Boolean.class || type == boolean.class) {
			return new InvalidPropertyException(name, value, "must be true or false", "Use true or false.");
		}
		return new InvalidPropertyException(name, value,
				(Number.class.isAssignableFrom(type) || type.isPrimitive()) ? "must be a number"
						: "cannot be read as " + type.getSimpleName(),
				"Correct the value, or remove the property to use its default.");
	}

	private static String values(Class<?> type) {
		return Arrays.stream(type.getEnumConstants())
			.map((value) -> value.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
			.collect(Collectors.joining(", "));
	}

}
