package io.x402.spring.client;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The account that each host was paid on first.
 */
final class RecipientPins {

	private final Map<String, String> pins = new ConcurrentHashMap<>();

	private final Map<String, String> known;

	RecipientPins(Map<String, String> known) {
		this.known = known;
	}

	/**
	 * Return the account a host has to be paid on, which is the given one if the host was
	 * not paid before.
	 * @param host the host
	 * @param network the network
	 * @param payTo the account it wants to be paid on now
	 * @return the account, in lower case
	 */
	String pin(String host, String network, String payTo) {
		String known = this.known.get(host);
		String now = payTo.toLowerCase(Locale.ROOT);
		if (known != null) {
			return known.toLowerCase(Locale.ROOT);
		}
		String before = this.pins.putIfAbsent(host + ' ' + network, now);
		return (before != null) ? before : now;
	}

}
