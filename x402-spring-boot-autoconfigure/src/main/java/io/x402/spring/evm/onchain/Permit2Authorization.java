/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

import io.x402.spring.evm.PaymentDigest;
import io.x402.spring.evm.onchain.OnChainSettlementProbe.LogRange;
import io.x402.spring.evm.onchain.SignatureCheck.Result;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Permit2Payload;
import io.x402.spring.protocol.Schemes;
import org.jspecify.annotations.Nullable;
import org.web3j.abi.datatypes.Type;

/**
 * A payment through Permit2 and the x402 proxy of scheme {@code exact} or {@code upto}.
 *
 * @param offer the offer; its amount is what moves, which can be less than was signed
 * under scheme {@code upto}
 * @param payment the payment
 * @param declared what the buyer says that the payment is for
 * @param sponsored allows Permit2 to move the token, or {@code null} if the buyer did
 * that before
 * @param signers the accounts of this facilitator
 */
record Permit2Authorization(PaymentRequirements offer, Permit2Payload payment, DeclaredPayment declared,
		@Nullable Eip2612Permit sponsored, Set<String> signers) implements Authorization {

	static final String PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

	private static final int MAX_CANDIDATES = 20;

	private static final String BITMAP = Abi.selector("nonceBitmap(address,uint256)");

	private static final Map<String, String> ERRORS = errors();

	private static final PaymentDigest DIGEST = new PaymentDigest();

	@Override
	public String networkName() {
		return this.declared.network();
	}

	@Override
	public @Nullable String refusal(Chain chain, SignatureCheck signatures, BigInteger now, boolean settling) {
		if (!this.declared.scheme().equals(this.offer.scheme())) {
			return isUpto() ? "invalid_upto_evm_scheme" : "unsupported_payload_type";
		}
		if (!this.declared.isForNetworkOfOffer()) {
			return isUpto() ? "invalid_upto_evm_network_mismatch" : "invalid_exact_evm_network_mismatch";
		}
		String reason = mismatch(now, settling);
		if (reason != null) {
			return reason;
		}
		if (!token(chain).exists()) {
			return "asset_not_deployed_contract";
		}
		if (signatures.check(chain, this.payment.from(), DIGEST.of(this.offer, this.payment),
				this.payment.signature()) != Result.VALID) {
			return "invalid_permit2_signature";
		}
		return (this.sponsored != null)
				? this.sponsored.refusal(this.payment.from(), this.offer.asset(), now.add(DeclaredPayment.MARGIN))
				: null;
	}

	private @Nullable String mismatch(BigInteger now, boolean settling) {
		if (!this.payment.spender().equalsIgnoreCase(proxy())) {
			return "invalid_permit2_spender";
		}
		if (!this.payment.to().equalsIgnoreCase(this.offer.payTo())) {
			return "invalid_permit2_recipient_mismatch";
		}
		if (isUpto() && !isSettledByUs()) {
			return "upto_facilitator_mismatch";
		}
		if (this.payment.validBefore().compareTo(now.add(DeclaredPayment.MARGIN)) < 0) {
			return "permit2_deadline_expired";
		}
		if (this.payment.validAfter().compareTo(now) > 0) {
			return "permit2_not_yet_valid";
		}
		if (isUpto() && settling) {
			if (this.payment.value().compareTo(this.offer.amount()) < 0) {
				return "invalid_upto_evm_payload_settlement_exceeds_amount";
			}
		}
		else if (!this.payment.value().equals(this.offer.amount())) {
			return "permit2_amount_mismatch";
		}
		return this.payment.token().equalsIgnoreCase(this.offer.asset()) ? null : "permit2_token_mismatch";
	}

	private boolean isSettledByUs() {
		return this.payment.facilitator() != null
				&& this.signers.contains(this.payment.facilitator().toLowerCase(Locale.ROOT));
	}

	@Override
	public @Nullable String settler() {
		return this.payment.facilitator();
	}

	@Override
	public ContractCall transfer() {
		List<Type<?>> parameters = new ArrayList<>();
		if (this.sponsored != null) {
			this.sponsored.words().forEach((word) -> parameters.add(Abi.uint(word)));
		}
		parameters.addAll(List.of(Abi.address(this.payment.token()), Abi.uint(this.payment.value()), Abi.uint(nonce()),
				Abi.uint(this.payment.validBefore())));
		if (isUpto()) {
			parameters.add(Abi.uint(this.offer.amount()));
		}
		parameters.addAll(List.of(Abi.address(this.payment.from()), Abi.address(this.payment.to())));
		if (this.payment.facilitator() != null) {
			parameters.add(Abi.address(this.payment.facilitator()));
		}
		parameters.addAll(List.of(Abi.uint(this.payment.validAfter()), Abi.bytes(this.payment.signature())));
		return new ContractCall(proxy(), Abi.encode(selector(), parameters.toArray(Type<?>[]::new)));
	}

	private String selector() {
		if (this.sponsored != null) {
			return isUpto() ? Permit2Call.SETTLE_UPTO_SPONSORED : Permit2Call.SETTLE_SPONSORED;
		}
		return isUpto() ? Permit2Call.SETTLE_UPTO : Permit2Call.SETTLE;
	}

	@Override
	public @Nullable ContractCall deployment(Chain chain) {
		return null;
	}

	@Override
	public String diagnosis(Chain chain, NodeErrorException failure) {
		if (chain.code(proxy()).length() <= 2) {
			return "permit2_proxy_not_deployed";
		}
		if (!token(chain).has(this.payment.from(), this.offer.amount())) {
			return "permit2_insufficient_balance";
		}
		String error = ERRORS.entrySet()
			.stream()
			.filter((known) -> failure.isCustomError(known.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
		boolean told = this.sponsored != null && error != null;
		if (!told && !token(chain).allows(this.payment.from(), PERMIT2, this.offer.amount())) {
			return "permit2_allowance_required";
		}
		return (error != null) ? error : "permit2_simulation_failed";
	}

	@Override
	public String transactionFailed() {
		return isUpto() ? "invalid_upto_evm_transaction_failed" : "invalid_exact_evm_transaction_failed";
	}

	@Override
	public boolean isUsed(Chain chain, String block) {
		BigInteger bitmap = Abi.number(chain.call(new ContractCall(PERMIT2,
				Abi.encode(BITMAP, Abi.address(this.payment.from()), Abi.uint(nonce().shiftRight(8)))), block));
		if (bitmap == null) {
			throw new NodeUnavailableException("Permit2 tells no state of nonces");
		}
		return bitmap.testBit(nonce().intValue() & 0xff);
	}

	/**
	 * Permit2 tells no nonce in its events, so the call that settled is what counts. A
	 * transfer alone may be another payment of the same buyer.
	 */
	@Override
	public Finding read(TransactionReceipt receipt, Calls calls) {
		if (!receipt.success() || receipt.logs().stream().noneMatch(this::isTransferToRecipient)) {
			return Finding.NONE;
		}
		List<Permit2Call> settled = calls.made().stream().map(Permit2Call::of).filter((call) -> call != null).toList();
		for (int i = 0; i < settled.size(); i++) {
			if (settled.get(i).usesNonceOf(this.payment)) {
				return read(settled.get(i), equalOnes(settled.subList(0, i)), receipt);
			}
		}
		return calls.complete() ? Finding.NONE : Finding.UNCLEAR;
	}

	/**
	 * Other terms under the same nonce are another permit, which leaves nothing for this
	 * one.
	 */
	private Finding read(Permit2Call call, long equalBefore, TransactionReceipt receipt) {
		if (!call.hasTermsOf(this.payment)) {
			return Finding.VOID;
		}
		if (!call.amount().equals(this.offer.amount()) || !call.to().equalsIgnoreCase(this.offer.payTo())
				|| !call.token().equalsIgnoreCase(this.offer.asset())) {
			return Finding.UNCLEAR;
		}
		List<Integer> transfers = IntStream.range(0, receipt.logs().size())
			.filter((i) -> Token.isTransfer(receipt.logs().get(i), this.offer.asset(), this.payment.from(),
					this.offer.payTo(), this.offer.amount()))
			.boxed()
			.toList();
		return (equalBefore < transfers.size()) ? Finding.settled(transfers.get((int) equalBefore)) : Finding.UNCLEAR;
	}

	/**
	 * Each of them has a transfer that looks like the one of this payment.
	 */
	private long equalOnes(List<Permit2Call> before) {
		return before.stream()
			.filter((call) -> call.owner().equalsIgnoreCase(this.payment.from())
					&& call.token().equalsIgnoreCase(this.offer.asset())
					&& call.to().equalsIgnoreCase(this.offer.payTo()) && call.amount().equals(this.offer.amount()))
			.count();
	}

	/**
	 * Neither token nor proxy calls anything that settles another payment.
	 */
	@Override
	public boolean isAnsweredBy(ContractCall outermost) {
		return Permit2Call.of(outermost) != null || outermost.to().equalsIgnoreCase(this.offer.asset());
	}

	/**
	 * A settlement sets the nonce and moves the money in one transaction. So it is in the
	 * block that set the nonce, or nowhere.
	 */
	@Override
	public @Nullable Use find(Chain chain, Block head, LogRange range) {
		long oldest = range.oldest(head);
		try {
			Long block = new UseSearch((number) -> isUsed(chain, Hex.quantity(number))).find(oldest, head.number());
			return (block != null) ? findIn(chain, chain.block(Hex.quantity(block)))
					: findBeforeValidity(chain, oldest);
		}
		catch (NodeErrorException ex) {
			// nodes forget old states
			return findByTransfers(chain, head.number(), oldest, range.chunk());
		}
	}

	private @Nullable Use findIn(Chain chain, Block block) {
		boolean clear = true;
		for (String transaction : transactions(chain.logsOfBlock(this.offer.asset(), block.hash(), Token.TRANSFER,
				Hex.topic(this.payment.from()), Hex.topic(this.offer.payTo())))) {
			TransactionReceipt receipt = chain.receipt(transaction);
			Finding finding = (receipt != null) ? trace(chain, receipt) : Finding.UNCLEAR;
			if (receipt != null && (finding.isSettled() || finding.kind() == Finding.Kind.VOID)) {
				return Use.in(receipt, finding);
			}
			clear &= finding.kind() == Finding.Kind.NONE;
		}
		return clear ? Use.forSomethingElse(block.number()) : null;
	}

	/**
	 * Only what is found proves anything here.
	 */
	private @Nullable Use findByTransfers(Chain chain, long head, long oldest, long chunk) {
		int left = MAX_CANDIDATES;
		for (long to = head; to >= oldest && left > 0; to -= chunk) {
			List<EventLog> logs = chain
				.logs(this.offer.asset(), Math.max(oldest, to - chunk + 1), to, Token.TRANSFER,
						Hex.topic(this.payment.from()), Hex.topic(this.offer.payTo()))
				.stream()
				.filter((log) -> this.offer.amount().equals(Abi.number(log.data())))
				.toList();
			List<String> transactions = transactions(logs);
			for (int i = transactions.size() - 1; i >= 0 && left > 0; i--, left--) {
				TransactionReceipt receipt = chain.receipt(transactions.get(i));
				Finding finding = (receipt != null) ? trace(chain, receipt) : Finding.UNCLEAR;
				if (receipt != null && (finding.isSettled() || finding.kind() == Finding.Kind.VOID)) {
					return Use.in(receipt, finding);
				}
			}
		}
		return null;
	}

	private static List<String> transactions(List<EventLog> logs) {
		return logs.stream().map(EventLog::transaction).distinct().toList();
	}

	private boolean isTransferToRecipient(EventLog log) {
		return log.is(this.offer.asset(), Token.TRANSFER, Hex.topic(this.payment.from()),
				Hex.topic(this.offer.payTo()));
	}

	private boolean isUpto() {
		return Schemes.of(this.offer).isMetered();
	}

	private String proxy() {
		return Objects.requireNonNull(Schemes.of(this.offer).permit2Proxy(), "No proxy");
	}

	private BigInteger nonce() {
		return new BigInteger(this.payment.nonce());
	}

	private Token token(Chain chain) {
		return new Token(chain, this.offer.asset());
	}

	private static Map<String, String> errors() {
		Map<String, String> errors = new LinkedHashMap<>();
		errors.put(Abi.selector("InvalidAmount()"), "permit2_invalid_amount");
		errors.put(Abi.selector("InvalidDestination()"), "permit2_invalid_destination");
		errors.put(Abi.selector("InvalidOwner()"), "permit2_invalid_owner");
		errors.put(Abi.selector("InvalidNonce()"), "permit2_invalid_nonce");
		errors.put(Abi.selector("PaymentTooEarly()"), "permit2_payment_too_early");
		errors.put(Abi.selector("InvalidSignature()"), "invalid_permit2_signature");
		errors.put(Abi.selector("InvalidSigner()"), "invalid_permit2_signature");
		errors.put(Abi.selector("SignatureExpired(uint256)"), "invalid_permit2_signature");
		errors.put(Abi.selector("Permit2612AmountMismatch()"), "permit2_2612_amount_mismatch");
		errors.put(Abi.selector("AmountExceedsPermitted()"), "upto_amount_exceeds_permitted");
		errors.put(Abi.selector("UnauthorizedFacilitator()"), "upto_unauthorized_facilitator");
		return errors;
	}

	@Override
	public String toString() {
		return "Permit2Authorization[redacted]";
	}

}
