/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.protocol.NetworkId;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * The known networks and their assets. Immutable.
 * <p>
 * The shipped list holds the default assets of the reference implementation and, for the
 * networks that only protocol v1 knows, those of the legacy packages. Addresses are in
 * the spelling of that list, which is the checksummed one where the contract's publisher
 * gives it. Legacy buyers prefer an offer whose asset is string-equal to their own
 * spelling, which is all lower case on Polygon and Sei; this matters to them only when
 * they are offered several assets, and never makes them refuse.
 *
 * @since 0.1.0
 */
public final class Networks {

	private static final String SHIPPED = "x402-networks.json";

	private static final int MAX_SUGGESTIONS = 3;

	private static final int MIN_COMMON_PREFIX = 3;

	private final SingletonSupplier<Index> index;

	private Networks(Supplier<Index> index) {
		this.index = SingletonSupplier.of(index);
	}

	/**
	 * Return the networks and assets that ship with this library. They are read when they
	 * are first asked for.
	 * @return the networks
	 */
	public static Networks load() {
		return new Networks(() -> Index.of(shipped()));
	}

	private static List<Network> shipped() {
		try (InputStream resource = Networks.class.getResourceAsStream(SHIPPED)) {
			if (resource == null) {
				throw new IllegalStateException("No resource " + SHIPPED);
			}
			return ShippedNetworks.read(resource);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Add assets to networks; an asset replaces one of the same address or symbol, in its
	 * place. On a network without assets the first one becomes the default.
	 * @param assets assets by network, named as in {@link #get(String)}; an unknown
	 * CAIP-2 identifier adds the network, which counts as one of real money
	 * @return a new registry
	 * @throws InvalidPriceException if a network or asset is not valid
	 */
	public Networks withAssets(Map<String, ? extends Collection<Asset>> assets) {
		if (assets.isEmpty()) {
			return this;
		}
		Map<String, Network> networks = new LinkedHashMap<>(this.index.obtain().byId());
		assets.forEach((name, additions) -> {
			Network known = find(name);
			Network network = networks.get((known != null) ? known.id() : name);
			if (network == null) {
				network = added(name);
			}
			networks.put(network.id(), network.withAssets(additions));
		});
		Index index = Index.of(networks.values());
		return new Networks(() -> index);
	}

	/**
	 * Find a network.
	 * @param name CAIP-2 identifier, v1 name, or display name in lower case with hyphens,
	 * for example {@code arbitrum-one}
	 * @return the network
	 * @throws InvalidPriceException if there is none; the message suggests similar names
	 */
	public Network get(String name) {
		Network network = find(name);
		if (network == null) {
			throw unknown(name);
		}
		return network;
	}

	/**
	 * Find a network by its CAIP-2 identifier.
	 * @param id the identifier
	 * @return the network, or {@code null}
	 */
	public @Nullable Network byId(String id) {
		return this.index.obtain().byId().get(id);
	}

	/**
	 * Return all networks.
	 * @return the networks in the order of preference of the shipped list
	 */
	public List<Network> all() {
		return List.copyOf(this.index.obtain().byId().values());
	}

	private @Nullable Network find(String name) {
		Network network = byId(name);
		return (network != null) ? network : this.index.obtain().byName().get(name);
	}

	private Network added(String id) {
		if (!new NetworkId(id).isWellFormed()) {
			throw unknown(id);
		}
		return new Network(id, id, null, false, false, List.of());
	}

	private InvalidPriceException unknown(String name) {
		String similar = similar(name).map(InvalidPriceException::quote).collect(Collectors.joining(", "));
		return new InvalidPriceException("Unknown network " + InvalidPriceException.quote(name)
				+ (similar.isEmpty() ? "; use a CAIP-2 identifier such as 'eip155:8453' or a name such as 'base'"
						: "; did you mean " + similar + "?"));
	}

	private Stream<String> similar(String name) {
		String wanted = hyphenated(name);
		Index index = this.index.obtain();
		List<String> known = Stream.concat(index.byName().keySet().stream(), index.byId().keySet().stream()).toList();
		List<String> misspelled = Spelling.similar(wanted, known);
		return misspelled.isEmpty() ? related(wanted, known) : misspelled.stream();
	}

	private static Stream<String> related(String wanted, List<String> known) {
		return known.stream()
			.filter((candidate) -> similarity(wanted, candidate) >= MIN_COMMON_PREFIX)
			.sorted(Comparator.<String>comparingInt((candidate) -> -similarity(wanted, candidate))
				.thenComparing(Comparator.naturalOrder()))
			.limit(MAX_SUGGESTIONS);
	}

	private static int similarity(String wanted, String candidate) {
		String known = candidate.toLowerCase(Locale.ROOT);
		if (known.contains(wanted) || wanted.contains(known)) {
			return Math.min(known.length(), wanted.length());
		}
		int common = 0;
		while (common < Math.min(known.length(), wanted.length()) && known.charAt(common) == wanted.charAt(common)) {
			common++;
		}
		return (known.indexOf(':') < common) ? common - known.indexOf(':') - 1 : 0;
	}

	private static Set<String> names(Network network) {
		Set<String> names = new LinkedHashSet<>();
		if (network.v1Name() != null) {
			names.add(network.v1Name());
		}
		names.add(hyphenated(network.name()));
		return names;
	}

	private static String hyphenated(String name) {
		return name.strip().toLowerCase(Locale.ROOT).replaceAll("[ _]+", "-");
	}

	/**
	 * Networks by what they are called.
	 *
	 * @param byId networks by CAIP-2 identifier, in order
	 * @param byName networks by other names
	 */
	private record Index(Map<String, Network> byId, Map<String, Network> byName) {

		static Index of(Collection<Network> networks) {
			Map<String, Network> byId = new LinkedHashMap<>();
			Map<String, Network> byName = new HashMap<>();
			for (Network network : networks) {
				byId.put(network.id(), network);
				for (String name : names(network)) {
					if (byName.put(name, network) != null) {
						throw new InvalidPriceException("Two networks are called " + InvalidPriceException.quote(name));
					}
				}
			}
			return new Index(byId, byName);
		}

	}

}
