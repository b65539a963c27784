package io.x402.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * A configuration property whose value cannot be used.
 */
public final class InvalidPropertyException extends RuntimeException {

	private final String property;

	private final @Nullable String value;

	private final String problem;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param property name of the property
	 * @param value its value, {@code null} if it is missing or must not be shown
	 * @param problem what is wrong with it
	 * @param remedy what to do about it
	 */
	public InvalidPropertyException(String property, @Nullable String value, String problem, String remedy) {
		super(property + ": " + problem);
		this.property = property;
		this.value = value;
		this.problem = problem;
		this.remedy = remedy;
	}

	String description() {
		String what = (this.value != null) ? "' is '" + this.value + "': " : "' is not usable: ";
		return "The property '" + this.property + what + this.problem + (this.problem.endsWith("?") ? "" : ".");
	}

	String remedy() {
		return this.remedy;
	}

}
