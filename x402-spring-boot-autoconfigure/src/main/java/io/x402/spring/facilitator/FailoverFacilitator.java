/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SupportedUnion.Source;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.JsonValues;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Several facilitators of which the first that can be used is used. A verification moves
 * on as long as no one responds. A settlement moves on only if it certainly was not sent;
 * one that may have been sent stays with that facilitator for good.
 * <p>
 * Which facilitator that was is remembered in this process for the 50,000 payments used
 * last.
 *
 * @since 0.1.0
 */
public final class FailoverFacilitator implements MonitoredFacilitator, AutoCloseable {

	private static final Log logger = LogFactory.getLog(FailoverFacilitator.class);

	private final List<Member> members;

	private final SupportedUnion kinds;

	private final Map<AuthorizationKey, Member> verified = Collections.synchronizedMap(new RecentlyUsed<>());

	private final SettleCalls<Member> settleCalls = new SettleCalls<>();

	/**
	 * Create a facilitator.
	 * @param members the facilitators in the order of preference, at least one
	 */
	public FailoverFacilitator(List<Member> members) {
		if (members.isEmpty()) {
			throw new IllegalArgumentException("There must be a facilitator");
		}
		this.members = List.copyOf(members);
		this.kinds = new SupportedUnion(this.members.stream().map(Member::source).toList());
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		VerificationOutcome outcome = new Unavailable("no facilitator is configured for the network");
		for (Member member : candidates(request)) {
			outcome = member.verify(request);
			if (outcome instanceof Valid) {
				this.verified.put(request.authorizationKey(), member);
			}
			if (!(outcome instanceof Unavailable unavailable)) {
				return outcome;
			}
			logger.warn("A payment was not verified at " + member.name() + ": " + unavailable.detail());
		}
		return outcome;
	}

	@Override
	public Optional<Unavailable> unavailable(FacilitatorRequest request) {
		Optional<Unavailable> reason = Optional.empty();
		for (Member member : candidates(request)) {
			reason = member.unavailable(request);
			if (reason.isEmpty()) {
				return reason;
			}
		}
		return reason;
	}

	/**
	 * Return the least of all facilitators, each of which may be the one that is used.
	 */
	@Override
	public int maxConcurrentVerifications() {
		return this.members.stream().mapToInt(Member::maxConcurrentVerifications).min().orElse(Integer.MAX_VALUE);
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		return this.settleCalls.settle(request,
				() -> verifierFirst(candidates(request), this.verified.get(request.authorizationKey())),
				(member) -> member.settle(request));
	}

	private static List<Member> verifierFirst(List<Member> candidates, @Nullable Member verifier) {
		List<Member> ordered = new ArrayList<>(candidates);
		ordered.sort(Comparator.comparing((member) -> member != verifier));
		return ordered;
	}

	/**
	 * Those that take the network, of them preferably those that list the kind of offer,
	 * of these preferably those whose own data the offer holds.
	 */
	private List<Member> candidates(FacilitatorRequest request) {
		List<Member> serving = this.members.stream().filter((member) -> member.serves(request)).toList();
		List<Member> listing = prefer(serving, (member) -> member.lists(request));
		return prefer(listing, (member) -> member.isNamedIn(request));
	}

	private static List<Member> prefer(List<Member> members, Predicate<Member> preferred) {
		List<Member> some = members.stream().filter(preferred).toList();
		return some.isEmpty() ? members : some;
	}

	/**
	 * Return what all facilitators together support. Of several that support a kind, the
	 * first usable one determines the entries that its offers need.
	 */
	@Override
	public SupportedKinds supportedKinds() {
		return this.kinds;
	}

	@Override
	public List<FacilitatorCondition> conditions() {
		return this.members.stream().flatMap((member) -> member.conditions().stream()).toList();
	}

	@Override
	public Map<String, Long> refusedCalls() {
		Map<String, Long> all = new TreeMap<>();
		this.members
			.forEach((member) -> member.refusedCalls().forEach((limit, calls) -> all.merge(limit, calls, Long::sum)));
		return all;
	}

	@Override
	public List<CatalogueListing> listings() {
		return this.members.stream()
			.flatMap(Member::monitored)
			.flatMap((member) -> member.listings().stream())
			.toList();
	}

	@Override
	public void onListing(Consumer<CatalogueListing> listener) {
		this.members.stream().flatMap(Member::monitored).forEach((member) -> member.onListing(listener));
	}

	/**
	 * Close the facilitators that can be closed.
	 */
	@Override
	public void close() {
		this.members.forEach(Member::close);
	}

	/**
	 * One of several facilitators.
	 */
	public static final class Member {

		private final String name;

		private final Facilitator facilitator;

		private final Set<String> networks;

		private final SupportedKinds kinds;

		/**
		 * Create a member.
		 * @param name its name in logs, without secrets
		 * @param facilitator the facilitator
		 * @param networks names of the networks that it is used for, as in both versions
		 * of the protocol; empty for all
		 */
		public Member(String name, Facilitator facilitator, Set<String> networks) {
			this.name = name;
			this.facilitator = facilitator;
			this.networks = Set.copyOf(networks);
			this.kinds = SupportedCache.of(facilitator);
		}

		String name() {
			return this.name;
		}

		Source source() {
			return new Source(this.kinds, this::isUsable, this::takes);
		}

		boolean takes(String network) {
			return this.networks.isEmpty() || this.networks.contains(network);
		}

		boolean serves(FacilitatorRequest request) {
			return takes(request.requirements().network());
		}

		boolean lists(FacilitatorRequest request) {
			SupportedResponse supported = this.kinds.known();
			ProtocolVersion version = request.payload().version();
			return supported == null
					|| supported.supports(version, request.requirements().scheme(), request.networkName());
		}

		boolean isNamedIn(FacilitatorRequest request) {
			SupportedResponse supported = this.kinds.known();
			Kind kind = (supported != null) ? supported.kind(request.requirements()) : null;
			if (kind == null || kind.extra() == null) {
				return true;
			}
			Map<String, Object> offered = request.requirements().extra();
			return kind.extra()
				.entrySet()
				.stream()
				.allMatch((entry) -> !offered.containsKey(entry.getKey())
						|| JsonValues.isEqual(offered.get(entry.getKey()), entry.getValue()));
		}

		VerificationOutcome verify(FacilitatorRequest request) {
			try {
				return Objects.requireNonNull(this.facilitator.verify(request), "No outcome");
			}
			catch (RuntimeException ex) {
				return new Unavailable("the facilitator threw " + ex.getClass().getName());
			}
		}

		Optional<Unavailable> unavailable(FacilitatorRequest request) {
			return this.facilitator.unavailable(request);
		}

		int maxConcurrentVerifications() {
			return this.facilitator.maxConcurrentVerifications();
		}

		SettlementOutcome settle(FacilitatorRequest request) {
			try {
				return Objects.requireNonNull(this.facilitator.settle(request), "No outcome");
			}
			catch (RuntimeException ex) {
				return new Unknown("the facilitator threw " + ex.getClass().getName(), null);
			}
		}

		void close() {
			if (this.facilitator instanceof AutoCloseable closeable) {
				try {
					closeable.close();
				}
				catch (Exception ex) {
					logger.warn("A facilitator could not be closed: " + ex.getClass().getName());
				}
			}
		}

		Stream<MonitoredFacilitator> monitored() {
			return (this.facilitator instanceof MonitoredFacilitator monitored) ? Stream.of(monitored) : Stream.empty();
		}

		boolean isUsable() {
			return conditions().stream().anyMatch(FacilitatorCondition::usable);
		}

		Map<String, Long> refusedCalls() {
			return (this.facilitator instanceof MonitoredFacilitator monitored) ? monitored.refusedCalls() : Map.of();
		}

		List<FacilitatorCondition> conditions() {
			return (this.facilitator instanceof MonitoredFacilitator monitored) ? monitored.conditions()
					: List.of(new FacilitatorCondition(this.name, true, ""));
		}

	}

}
