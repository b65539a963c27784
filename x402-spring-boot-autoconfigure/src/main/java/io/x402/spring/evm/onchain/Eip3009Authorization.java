/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.x402.spring.evm.AccountSignature;
import io.x402.spring.evm.PaymentDigest;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint8;

/**
 * A payment of scheme {@code exact} by {@code transferWithAuthorization} of the token.
 *
 * @param offer the offer
 * @param payment the payment
 * @param declared what the buyer says that the payment is for
 */
record Eip3009Authorization(PaymentRequirements offer, EvmPayload.Eip3009 payment,
		DeclaredPayment declared) implements Authorization {

	private static final String STATE = Abi.selector("authorizationState(address,bytes32)");

	private static final PaymentDigest DIGEST = new PaymentDigest();

	@Override
	public byte @Nullable [] digest() {
		return DIGEST.of(this.offer, this.payment);
	}

	@Override
	public String networkName() {
		return this.declared.network();
	}

	@Override
	public @Nullable Reason objection(BigInteger now, boolean settling) {
		if (Schemes.of(this.offer) != Schemes.EXACT || !this.declared.scheme().equals(this.offer.scheme())) {
			return Reason.INVALID_EXACT_EVM_SCHEME;
		}
		if (this.offer.extraText("name") == null || this.offer.extraText("version") == null) {
			return Reason.INVALID_EXACT_EVM_MISSING_EIP712_DOMAIN;
		}
		return this.declared.isForNetworkOfOffer() ? null : Reason.INVALID_EXACT_EVM_NETWORK_MISMATCH;
	}

	@Override
	public @Nullable Reason refusal(PaymentFacts facts, BigInteger now, boolean settling) {
		Reason objection = objection(now, settling);
		if (objection != null) {
			return objection;
		}
		Reason reason = switch (facts.signature()) {
			case VALID, COUNTERFACTUAL -> mismatch(now);
			case INVALID -> Reason.INVALID_EXACT_EVM_SIGNATURE;
			case FACTORY_NOT_ALLOWED -> Reason.EIP6492_FACTORY_NOT_ALLOWED;
		};
		return (reason != null || facts.tokenExists()) ? reason : Reason.ASSET_NOT_DEPLOYED_CONTRACT;
	}

	private @Nullable Reason mismatch(BigInteger now) {
		if (!this.payment.to().equalsIgnoreCase(this.offer.payTo())) {
			return Reason.INVALID_EXACT_EVM_RECIPIENT_MISMATCH;
		}
		if (this.payment.validBefore().compareTo(now.add(DeclaredPayment.MARGIN)) < 0) {
			return Reason.INVALID_EXACT_EVM_PAYLOAD_AUTHORIZATION_VALID_BEFORE;
		}
		if (this.payment.validAfter().compareTo(now) > 0) {
			return Reason.INVALID_EXACT_EVM_PAYLOAD_AUTHORIZATION_VALID_AFTER;
		}
		if (!this.payment.value().equals(this.offer.amount())) {
			return this.declared.legacy() ? Reason.INVALID_EXACT_EVM_AUTHORIZATION_VALUE
					: Reason.INVALID_EXACT_EVM_PAYLOAD_AUTHORIZATION_VALUE_MISMATCH;
		}
		return null;
	}

	@Override
	public ContractCall transfer() {
		WalletSignature wrapped = WalletSignature.of(this.payment.signature());
		String signature = (wrapped != null) ? wrapped.inner() : this.payment.signature();
		boolean plain = AccountSignature.isOne(signature);
		List<Type<?>> parameters = new ArrayList<>(List.of(Abi.address(this.payment.from()),
				Abi.address(this.payment.to()), Abi.uint(this.payment.value()), Abi.uint(this.payment.validAfter()),
				Abi.uint(this.payment.validBefore()), Abi.bytes32(this.payment.nonce())));
		if (plain) {
			String digits = signature.substring(2);
			parameters.add(new Uint8(new BigInteger(digits.substring(128), 16)));
			parameters.add(Abi.bytes32("0x" + digits.substring(0, 64)));
			parameters.add(Abi.bytes32("0x" + digits.substring(64, 128)));
		}
		else {
			parameters.add(Abi.bytes(signature));
		}
		return new ContractCall(this.offer.asset(), Abi
			.encode(plain ? Eip3009Call.TRANSFER_VRS : Eip3009Call.TRANSFER_BYTES, parameters.toArray(new Type<?>[0])));
	}

	@Override
	public @Nullable ContractCall deployment(ChainState chain) {
		WalletSignature wrapped = WalletSignature.of(this.payment.signature());
		ContractCall deployment = (wrapped != null) ? wrapped.deployment() : null;
		return (deployment != null && chain.code(this.payment.from()).length() <= 2) ? deployment : null;
	}

	@Override
	public @Nullable String settler() {
		return null;
	}

	@Override
	public boolean mayShareTransaction() {
		return AccountSignature.isOne(this.payment.signature());
	}

	@Override
	public Reason diagnosis(ChainState chain, NodeErrorException failure) {
		Token token = token(chain);
		Boolean used = state(chain.chain(), chain.block());
		if (used == null) {
			return Reason.INVALID_EXACT_EVM_EIP3009_NOT_SUPPORTED;
		}
		if (used) {
			return Reason.INVALID_EXACT_EVM_NONCE_ALREADY_USED;
		}
		if (!token.isNamed(this.offer.extraText("name"))) {
			return Reason.INVALID_EXACT_EVM_TOKEN_NAME_MISMATCH;
		}
		if (!token.isOfVersion(this.offer.extraText("version"))) {
			return Reason.INVALID_EXACT_EVM_TOKEN_VERSION_MISMATCH;
		}
		return token.has(this.payment.from(), this.payment.value())
				? Reason.INVALID_EXACT_EVM_TRANSACTION_SIMULATION_FAILED
				: Reason.INVALID_EXACT_EVM_INSUFFICIENT_BALANCE;
	}

	@Override
	public Reason transactionFailed() {
		return Reason.INVALID_EXACT_EVM_TRANSACTION_FAILED;
	}

	@Override
	public boolean isUsed(Chain chain, String block) {
		Boolean state = state(chain, block);
		if (state == null) {
			throw new NodeUnavailableException("the token tells no state of authorizations");
		}
		return state;
	}

	/**
	 * Return whether the authorization is used.
	 * @return {@code null} if the token knows no authorizations
	 */
	private @Nullable Boolean state(Chain chain, String block) {
		try {
			BigInteger state = Abi.number(chain.call(
					new ContractCall(this.offer.asset(),
							Abi.encode(STATE, Abi.address(this.payment.from()), Abi.bytes32(this.payment.nonce()))),
					block));
			return (state != null) ? state.signum() != 0 : null;
		}
		catch (NodeErrorException ex) {
			if (ex.isRevert()) {
				return null;
			}
			throw ex;
		}
	}

	@Override
	public Finding read(TransactionReceipt receipt, Calls calls) {
		Eip3009Events events = new Eip3009Events(this.offer.asset(), this.payment, this.offer.payTo(),
				this.offer.amount(), receipt.logs());
		Finding finding = receipt.success() ? events.read() : Finding.NONE;
		return (finding.kind() == Finding.Kind.UNCLEAR) ? calls.made()
			.stream()
			.map((call) -> Eip3009Call.of(call, this.offer.asset()))
			.filter((call) -> call != null && call.usesNonceOf(this.payment))
			.findFirst()
			.map((call) -> read(call, events))
			.orElse(Finding.UNCLEAR) : finding;
	}

	private Finding read(Eip3009Call call, Eip3009Events events) {
		if (!call.pays(this.offer.payTo(), this.offer.amount())) {
			return Finding.VOID;
		}
		int transfer = events.transferOfKnownCall();
		return (transfer >= 0) ? Finding.settled(transfer) : Finding.UNCLEAR;
	}

	@Override
	public boolean isAnsweredBy(ContractCall outermost) {
		return outermost.to().equalsIgnoreCase(this.offer.asset());
	}

	/**
	 * The event of its use names payer and nonce, and no second one ever comes.
	 */
	@Override
	public @Nullable Use find(Chain chain, Block head, LogRange range) {
		long oldest = range.oldest(head);
		for (long to = head.number(); to >= oldest; to -= range.chunk()) {
			List<EventLog> logs = chain.logs(this.offer.asset(), Math.max(oldest, to - range.chunk() + 1), to,
					List.of(Eip3009Events.USED, Eip3009Events.CANCELED), Hex.topic(this.payment.from()), nonceTopic());
			if (!logs.isEmpty()) {
				TransactionReceipt receipt = chain.receipt(logs.get(logs.size() - 1).transaction());
				return (receipt != null) ? Use.in(receipt, trace(chain, receipt)) : null;
			}
		}
		return findBeforeValidity(chain, oldest);
	}

	private String nonceTopic() {
		return this.payment.nonce().toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return "Eip3009Authorization[redacted]";
	}

}
