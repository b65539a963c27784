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
import io.x402.spring.evm.onchain.OnChainSettlementProbe.LogRange;
import io.x402.spring.protocol.Eip3009Payload;
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
record Eip3009Authorization(PaymentRequirements offer, Eip3009Payload payment,
		DeclaredPayment declared) implements Authorization {

	private static final String STATE = Abi.selector("authorizationState(address,bytes32)");

	private static final PaymentDigest DIGEST = new PaymentDigest();

	@Override
	public String networkName() {
		return this.declared.network();
	}

	@Override
	public @Nullable String refusal(Chain chain, SignatureCheck signatures, BigInteger now, boolean settling) {
		if (Schemes.of(this.offer) != Schemes.EXACT || !this.declared.scheme().equals(this.offer.scheme())) {
			return "invalid_exact_evm_scheme";
		}
		if (this.offer.extraText("name") == null || this.offer.extraText("version") == null) {
			return "invalid_exact_evm_missing_eip712_domain";
		}
		if (!this.declared.isForNetworkOfOffer()) {
			return "invalid_exact_evm_network_mismatch";
		}
		String reason = switch (signatures.check(chain, this.payment.from(), DIGEST.of(this.offer, this.payment),
				this.payment.signature())) {
			case VALID, COUNTERFACTUAL -> mismatch(now);
			case INVALID -> "invalid_exact_evm_signature";
			case FACTORY_NOT_ALLOWED -> "eip6492_factory_not_allowed";
		};
		return (reason != null || token(chain).exists()) ? reason : "asset_not_deployed_contract";
	}

	private @Nullable String mismatch(BigInteger now) {
		if (!this.payment.to().equalsIgnoreCase(this.offer.payTo())) {
			return "invalid_exact_evm_recipient_mismatch";
		}
		if (this.payment.validBefore().compareTo(now.add(DeclaredPayment.MARGIN)) < 0) {
			return "invalid_exact_evm_payload_authorization_valid_before";
		}
		if (this.payment.validAfter().compareTo(now) > 0) {
			return "invalid_exact_evm_payload_authorization_valid_after";
		}
		if (!this.payment.value().equals(this.offer.amount())) {
			return this.declared.legacy() ? "invalid_exact_evm_authorization_value"
					: "invalid_exact_evm_payload_authorization_value_mismatch";
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
	public @Nullable ContractCall deployment(Chain chain) {
		WalletSignature wrapped = WalletSignature.of(this.payment.signature());
		ContractCall deployment = (wrapped != null) ? wrapped.deployment() : null;
		return (deployment != null && chain.code(this.payment.from()).length() <= 2) ? deployment : null;
	}

	@Override
	public @Nullable String settler() {
		return null;
	}

	@Override
	public String diagnosis(Chain chain, NodeErrorException failure) {
		Token token = token(chain);
		Boolean used = state(chain, Chain.LATEST);
		if (used == null) {
			return "invalid_exact_evm_eip3009_not_supported";
		}
		if (used) {
			return "invalid_exact_evm_nonce_already_used";
		}
		if (!token.isNamed(this.offer.extraText("name"))) {
			return "invalid_exact_evm_token_name_mismatch";
		}
		if (!token.isOfVersion(this.offer.extraText("version"))) {
			return "invalid_exact_evm_token_version_mismatch";
		}
		return token.has(this.payment.from(), this.payment.value()) ? "invalid_exact_evm_transaction_simulation_failed"
				: "invalid_exact_evm_insufficient_balance";
	}

	@Override
	public String transactionFailed() {
		return "invalid_exact_evm_transaction_failed";
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

	private Token token(Chain chain) {
		return new Token(chain, this.offer.asset());
	}

	private String nonceTopic() {
		return this.payment.nonce().toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return "Eip3009Authorization[redacted]";
	}

}
