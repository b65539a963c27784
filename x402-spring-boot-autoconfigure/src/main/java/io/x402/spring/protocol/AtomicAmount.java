package io.x402.spring.protocol;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * The grammar of amounts and times on the wire: ASCII decimal digits without sign or
 * leading zeros, at most as long as an unsigned 256-bit integer.
 */
public final class AtomicAmount {

	private static final int MAX_DIGITS = 78;

	private AtomicAmount() {
	}

	/**
	 * Parse a wire amount. The length is checked before a number is built.
	 * @param text the text, may be {@code null}
	 * @return the amount, or {@code null} if the text is not one
	 */
	public static @Nullable BigInteger parse(@Nullable Object text) {
		if (!(text instanceof String digits) || digits.isEmpty() || digits.length() > MAX_DIGITS) {
			return null;
		}
		for (int i = 0; i < digits.length(); i++) {
			char c = digits.charAt(i);
			if (c < '0' || c > '9') {
				return null;
			}
		}
		if (digits.length() > 1 && digits.charAt(0) == '0') {
			return null;
		}
		BigInteger value = new BigInteger(digits);
		return (value.bitLength() <= 256) ? value : null;
	}

}
