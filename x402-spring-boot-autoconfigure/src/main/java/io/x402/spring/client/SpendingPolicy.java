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
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
	 * @param recipients accounts by host that are known beforehand
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
			recipients = Map.copyOf(recipients);
		}

		/**
		 * Return why a seller may not be paid.
		 * @param uri what is bought
		 * @return the reason, or {@code null} if it may
		 */
		@Nullable RefusalReason check(URI uri) {
			String host = host(uri);
			if (host.isEmpty() || this.hosts.stream().noneMatch((allowed) -> matches(allowed, uri, host))) {
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
			int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
			return (uri.getPort() < 0 || uri.getPort() == usual) ? host(uri) : host(uri) + ":" + uri.getPort();
		}

		private static boolean matches(String allowed, URI uri, String host) {
			if (allowed.equals(ANY)) {
				return true;
			}
			if (allowed.startsWith(BELOW)) {
				return authority(uri).endsWith(allowed.substring(1)) && authority(uri).length() >= allowed.length();
			}
			return allowed.equals(authority(uri)) || (allowed.equals(host) && LOOPBACK.matcher(host).matches());
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
