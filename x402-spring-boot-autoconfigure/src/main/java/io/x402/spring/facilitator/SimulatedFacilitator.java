/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Network;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

/**
 * A facilitator without a chain, for development and tests: every account starts with the
 * same balance of play money in memory. It must be given test networks only.
 * <p>
 * A settlement that is repeated with the identical payment returns the first transaction
 * and moves nothing. The least recently used of 50,000 accounts and of 50,000
 * authorizations are forgotten.
 *
 * @since 0.1.0
 */
public final class SimulatedFacilitator implements Facilitator {

	/** Has no known key, and needs none. */
	private static final String SETTLING_ACCOUNT = "0x000000000000000000000000000000000000dEaD";

	private final SupportedResponse supported;

	private final List<PayloadCheck> checks;

	private final BigInteger startingBalance;

	private final SecureRandom random = new SecureRandom();

	private final Map<Account, BigInteger> balances = new RecentlyUsed<>();

	private final Map<Authorization, Settlement> settlements = new RecentlyUsed<>();

	/**
	 * Create a facilitator.
	 * @param kinds what it takes, test networks only: for each network a kind of protocol
	 * version 2, and one of version 1 if buyers of that version are served
	 * @param checks what a payment must pass; one of them must prove that the payer has
	 * signed it
	 * @param startingBalance what every account owns of every asset at first, in atomic
	 * units, not negative
	 */
	public SimulatedFacilitator(List<SupportedResponse.Kind> kinds, List<PayloadCheck> checks,
			BigInteger startingBalance) {
		if (startingBalance.signum() < 0) {
			throw new IllegalArgumentException("The starting balance must not be negative");
		}
		this.supported = new SupportedResponse(kinds, List.of(), Map.of());
		this.checks = List.copyOf(checks);
		this.startingBalance = startingBalance;
	}

	/**
	 * Return all kinds of payments on the EVM networks among some networks.
	 * @param networks the networks
	 * @return the kinds, for every known scheme
	 */
	public static List<SupportedResponse.Kind> kinds(Collection<Network> networks) {
		return networks.stream()
			.filter(Network::isEvm)
			.flatMap((network) -> Schemes.known()
				.stream()
				.flatMap((scheme) -> scheme.kinds(network.networkId(), network.v1Name(), SETTLING_ACCOUNT).stream()))
			.toList();
	}

	@Override
	public VerificationOutcome verify(FacilitatorRequest request) {
		EvmPayload payment = payment(request);
		if (payment == null) {
			return new Invalid(ReasonCode.UNSUPPORTED_PAYLOAD);
		}
		ReasonCode refusal = refusal(request);
		synchronized (this.balances) {
			if (refusal == null) {
				refusal = refusal(request.requirements(), payment);
			}
		}
		return (refusal != null) ? new Invalid(refusal) : new Valid(payment.from());
	}

	@Override
	public SettlementOutcome settle(FacilitatorRequest request) {
		EvmPayload payment = payment(request);
		if (payment == null) {
			return declined(request, ReasonCode.UNSUPPORTED_PAYLOAD);
		}
		Settlement before = settlement(request.requirements(), payment);
		if (before != null && before.payment().equals(payment)) {
			return settled(request, before);
		}
		ReasonCode refusal = (request.requirements().amount().compareTo(payment.value()) > 0)
				? ReasonCode.AMOUNT_MISMATCH : refusal(request);
		if (refusal != null) {
			return declined(request, refusal);
		}
		return move(request, payment);
	}

	private SettlementOutcome move(FacilitatorRequest request, EvmPayload payment) {
		PaymentRequirements offer = request.requirements();
		synchronized (this.balances) {
			Settlement before = settlement(offer, payment);
			if (before != null && before.payment().equals(payment)) {
				return settled(request, before);
			}
			ReasonCode refusal = refusal(offer, payment);
			if (refusal != null) {
				return declined(request, refusal);
			}
			Settlement settlement = new Settlement(payment, transaction(offer));
			if (offer.amount().signum() > 0) {
				add(Account.of(offer, payment.from()), offer.amount().negate());
				add(Account.of(offer, payment.to()), offer.amount());
				this.settlements.put(Authorization.of(offer, payment), settlement);
			}
			return settled(request, settlement);
		}
	}

	@Override
	public SupportedResponse supported() {
		return this.supported;
	}

	/**
	 * Return the balance of an account.
	 * @param network CAIP-2 identifier of the network
	 * @param asset address of the token, in any letter case
	 * @param account address of the account, in any letter case
	 * @return the balance in atomic units
	 */
	public BigInteger balance(String network, String asset, String account) {
		synchronized (this.balances) {
			return balance(new Account(network, lowerCase(asset), lowerCase(account)));
		}
	}

	private BigInteger balance(Account account) {
		return this.balances.getOrDefault(account, this.startingBalance);
	}

	private void add(Account account, BigInteger amount) {
		this.balances.put(account, balance(account).add(amount));
	}

	private @Nullable EvmPayload payment(FacilitatorRequest request) {
		PaymentRequirements offer = request.requirements();
		boolean supports = this.supported.supports(ProtocolVersion.V2, offer.scheme(), offer.network())
				&& (!(request.payload() instanceof PaymentPayload.V1 v1)
						|| this.supported.supports(ProtocolVersion.V1, offer.scheme(), v1.network()));
		return (supports && request.signed() instanceof EvmPayload payment) ? payment : null;
	}

	private @Nullable ReasonCode refusal(FacilitatorRequest request) {
		for (PayloadCheck check : this.checks) {
			ReasonCode refusal = check.check(request);
			if (refusal != null) {
				return refusal;
			}
		}
		// there is no chain, so no one but the owner of a key can have signed
		boolean signed = this.checks.stream().anyMatch((check) -> check.provesPayer(request));
		return signed ? null : ReasonCode.INVALID_SIGNATURE;
	}

	private @Nullable ReasonCode refusal(PaymentRequirements offer, EvmPayload payment) {
		if (settlement(offer, payment) != null) {
			return ReasonCode.NONCE_ALREADY_USED;
		}
		return (balance(Account.of(offer, payment.from())).compareTo(payment.value()) < 0)
				? ReasonCode.INSUFFICIENT_FUNDS : null;
	}

	private @Nullable Settlement settlement(PaymentRequirements offer, EvmPayload payment) {
		synchronized (this.balances) {
			return this.settlements.get(Authorization.of(offer, payment));
		}
	}

	private String transaction(PaymentRequirements offer) {
		if (offer.amount().signum() == 0) {
			return "";
		}
		byte[] hash = new byte[32];
		this.random.nextBytes(hash);
		return "0x" + HexFormat.of().formatHex(hash);
	}

	private static SettlementOutcome settled(FacilitatorRequest request, Settlement settlement) {
		return new Settled(SettlementResponse.success(settlement.transaction(), request.networkName(),
				settlement.payment().from()));
	}

	private static SettlementOutcome declined(FacilitatorRequest request, ReasonCode code) {
		return new Declined(code, SettlementResponse.failure(code.code(), request.networkName(), request.payer()));
	}

	private static String lowerCase(String text) {
		return text.toLowerCase(Locale.ROOT);
	}

	private record Account(String network, String asset, String owner) {

		static Account of(PaymentRequirements offer, String owner) {
			return new Account(offer.network(), lowerCase(offer.asset()), lowerCase(owner));
		}

	}

	private record Authorization(Account payer, String nonce) {

		static Authorization of(PaymentRequirements offer, EvmPayload payment) {
			return new Authorization(Account.of(offer, payment.from()), payment.nonce());
		}

	}

	private record Settlement(EvmPayload payment, String transaction) {

	}

}
