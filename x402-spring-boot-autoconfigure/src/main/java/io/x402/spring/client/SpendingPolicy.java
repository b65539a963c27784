/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.money.Asset;
import io.x402.spring.store.SpendingLimit;
import org.jspecify.annotations.Nullable;

/**
 * What may be spent, and on whom. Whatever it does not allow is not paid.
 *
 * @param sellers who may be paid
 * @param offers which offers may be taken
 * @param maxAmountPerRequest most that one request may cost, in tokens
 * @param approveAbove amount in tokens above which every payment must be approved, or
 * {@code null} if none has
 * @param limits budgets over several payments
 * @since 0.1.0
 */
public record SpendingPolicy(Sellers sellers, Offers offers, BigDecimal maxAmountPerRequest,
		@Nullable BigDecimal approveAbove, List<SpendingLimit> limits) {

	public SpendingPolicy {
		limits = List.copyOf(limits);
	}

	boolean needsApproval(BigDecimal price) {
		return this.approveAbove != null && price.compareTo(this.approveAbove) > 0;
	}

	/**
	 * Who may be paid.
	 *
	 * @param hosts hosts, each with its port if that is not the usual one: a name,
	 * {@code *.example.com} for the names below a domain, or {@code *} for all
	 * @param plainHttp whether a payment may travel unencrypted to other machines
	 * @param pinRecipients whether the account that a host wants to be paid on must stay
	 * the first one
	 * @param recipients accounts by host that are known beforehand; a host is written as
	 * above, without {@code *}
	 */
	public record Sellers(List<String> hosts, boolean plainHttp, boolean pinRecipients,
			Map<String, String> recipients) {

		private static final Pattern LOOPBACK = Pattern
			.compile("localhost|\\[::1]|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

		/** Pipes to a process of this machine. */
		private static final String STDIO = "stdio";

		private static final String ANY = "*";

		private static final String BELOW = "*.";

		public Sellers {
			hosts = hosts.stream().map((host) -> host.strip().toLowerCase(Locale.ROOT)).toList();
			recipients = recipients.entrySet()
				.stream()
				.collect(Collectors.toUnmodifiableMap((known) -> host(known.getKey()), Map.Entry::getValue));
		}

		private static String host(String known) {
			if (known.contains(ANY)) {
				throw new IllegalArgumentException("A known recipient is that of one host, not of " + known);
			}
			return known.strip().toLowerCase(Locale.ROOT);
		}

		/**
		 * Return why a seller may not be paid.
		 * @param uri what is bought
		 * @return the reason, or {@code null} if it may
		 */
		@Nullable RefusalReason check(URI uri) {
			String host = host(uri);
			List<String> names = names(uri);
			if (host.isEmpty() || this.hosts.stream().noneMatch((allowed) -> matches(allowed, names))) {
				return RefusalReason.HOST_NOT_ALLOWED;
			}
			boolean safe = "https".equalsIgnoreCase(uri.getScheme()) || STDIO.equalsIgnoreCase(uri.getScheme())
					|| this.plainHttp || LOOPBACK.matcher(host).matches();
			return safe ? null : RefusalReason.PLAIN_HTTP_NOT_ALLOWED;
		}

		/**
		 * Return the name under which a seller is remembered.
		 * @param uri what is bought
		 * @return host in lower case, with its port if that is not the usual one
		 */
		static String authority(URI uri) {
			return (uri.getPort() < 0 || uri.getPort() == usualPort(uri)) ? host(uri) : host(uri) + ":" + uri.getPort();
		}

		/**
		 * Return the account on which a seller must be paid.
		 * @param uri what is bought
		 * @return the account, or {@code null} if it is not known beforehand
		 */
		@Nullable String recipient(URI uri) {
			return names(uri).stream().map(this.recipients::get).filter(Objects::nonNull).findFirst().orElse(null);
		}

		/**
		 * Return the hosts whose recipient is known, and that may not be paid. They may
		 * be misspelled.
		 */
		List<String> unusedRecipients() {
			return this.recipients.keySet()
				.stream()
				.filter((known) -> Stream.of("https://", "http://")
					.map((scheme) -> check(URI.create(scheme + known)))
					.allMatch(RefusalReason.HOST_NOT_ALLOWED::equals))
				.sorted()
				.toList();
		}

		/**
		 * Return how a seller can be written, the most exact first: with its port,
		 * without the usual port, and on this machine without any.
		 */
		private static List<String> names(URI uri) {
			String host = host(uri);
			int port = (uri.getPort() < 0) ? usualPort(uri) : uri.getPort();
			return LOOPBACK.matcher(host).matches() ? List.of(host + ":" + port, host)
					: List.of(host + ":" + port, authority(uri));
		}

		private static int usualPort(URI uri) {
			return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
		}

		private static boolean matches(String allowed, List<String> names) {
			return allowed.equals(ANY) || names.contains(allowed) || (allowed.startsWith(BELOW)
					&& names.stream().anyMatch((name) -> name.endsWith(allowed.substring(1))));
		}

		private static String host(URI uri) {
			return (uri.getHost() != null) ? uri.getHost().toLowerCase(Locale.ROOT) : "";
		}

	}

	/**
	 * Which offers may be taken. Tokens are always those of the registry.
	 *
	 * @param networks CAIP-2 identifiers of the networks
	 * @param assets tickers or addresses of the tokens, all of the registry if empty
	 * @param schemes payment schemes, of {@code exact} and {@code upto}
	 * @param flows payment flows, of {@code authorization} and {@code upfront}
	 */
	public record Offers(Set<String> networks, Set<String> assets, Set<String> schemes, Set<String> flows) {

		public Offers {
			networks = Set.copyOf(networks);
			assets = assets.stream()
				.map((asset) -> asset.toLowerCase(Locale.ROOT))
				.collect(Collectors.toUnmodifiableSet());
			schemes = Set.copyOf(schemes);
			flows = Set.copyOf(flows);
		}

		boolean allows(Asset asset) {
			return this.assets.isEmpty() || this.assets.contains(asset.symbol().toLowerCase(Locale.ROOT))
					|| this.assets.contains(asset.address().toLowerCase(Locale.ROOT));
		}

	}

}
