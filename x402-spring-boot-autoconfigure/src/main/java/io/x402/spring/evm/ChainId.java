package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Chain ids in CAIP-2 identifiers.
 */
final class ChainId {

	private static final Pattern NETWORK = Pattern.compile("eip155:([0-9]{1,32})");

	private ChainId() {
	}

	static @Nullable BigInteger of(String network) {
		Matcher matcher = NETWORK.matcher(network);
		return matcher.matches() ? new BigInteger(matcher.group(1)) : null;
	}

}
