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
import io.x402.spring.evm.onchain.SignatureCheck.Result;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
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
 * @param approval allows the same by a transaction of its own, {@code null} if there is
 * none
 * @param signers the accounts of this facilitator
 */
record Permit2Authorization(PaymentRequirements offer, EvmPayload.Permit2 payment, DeclaredPayment declared,
		@Nullable Eip2612Permit sponsored, @Nullable Erc20Approval approval,
		Set<String> signers) implements Authorization {

	static final String PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

	private static final int MAX_CANDIDATES = 20;

	private static final String BITMAP = Abi.selector("nonceBitmap(address,uint256)");

	private static final Map<String, Reason> ERRORS = errors();

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
		if (!this.declared.scheme().equals(this.offer.scheme())) {
			return isUpto() ? Reason.INVALID_UPTO_EVM_SCHEME : Reason.UNSUPPORTED_PAYLOAD_TYPE;
		}
		if (!this.declared.isForNetworkOfOffer()) {
			return isUpto() ? Reason.INVALID_UPTO_EVM_NETWORK_MISMATCH : Reason.INVALID_EXACT_EVM_NETWORK_MISMATCH;
		}
		return mismatch(now, settling);
	}

	@Override
	public @Nullable Reason refusal(PaymentFacts facts, BigInteger now, boolean settling) {
		Reason objection = objection(now, settling);
		if (objection != null) {
			return objection;
		}
		if (!facts.tokenExists()) {
			return Reason.ASSET_NOT_DEPLOYED_CONTRACT;
		}
		if (facts.signature() != Result.VALID) {
			return Reason.INVALID_PERMIT2_SIGNATURE;
		}
		return (this.sponsored != null)
				? this.sponsored.refusal(this.payment.from(), this.offer.asset(), now.add(DeclaredPayment.MARGIN))
				: null;
	}

	private @Nullable Reason mismatch(BigInteger now, boolean settling) {
		if (!this.payment.spender().equalsIgnoreCase(proxy())) {
			return Reason.INVALID_PERMIT2_SPENDER;
		}
		if (!this.payment.to().equalsIgnoreCase(this.offer.payTo())) {
			return Reason.INVALID_PERMIT2_RECIPIENT_MISMATCH;
		}
		if (isUpto() && !isSettledByUs()) {
			return Reason.UPTO_FACILITATOR_MISMATCH;
		}
		if (this.payment.validBefore().compareTo(now.add(DeclaredPayment.MARGIN)) < 0) {
			return Reason.PERMIT2_DEADLINE_EXPIRED;
		}
		if (this.payment.validAfter().compareTo(now) > 0) {
			return Reason.PERMIT2_NOT_YET_VALID;
		}
		if (isUpto() && settling) {
			if (this.payment.value().compareTo(this.offer.amount()) < 0) {
				return Reason.INVALID_UPTO_EVM_PAYLOAD_SETTLEMENT_EXCEEDS_AMOUNT;
			}
		}
		else if (!this.payment.value().equals(this.offer.amount())) {
			return Reason.PERMIT2_AMOUNT_MISMATCH;
		}
		return this.payment.token().equalsIgnoreCase(this.offer.asset()) ? null : Reason.PERMIT2_TOKEN_MISMATCH;
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
	public @Nullable ContractCall deployment(ChainState chain) {
		return null;
	}

	/**
	 * Who submits it may be part of what was signed, and a permit may come with it.
	 */
	@Override
	public boolean mayShareTransaction() {
		return false;
	}

	@Override
	public Reason diagnosis(ChainState chain, NodeErrorException failure) {
		if (chain.code(proxy()).length() <= 2) {
			return Reason.PERMIT2_PROXY_NOT_DEPLOYED;
		}
		if (!token(chain).has(this.payment.from(), this.offer.amount())) {
			return Reason.PERMIT2_INSUFFICIENT_BALANCE;
		}
		Reason error = ERRORS.entrySet()
			.stream()
			.filter((known) -> failure.isCustomError(known.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
		boolean told = this.sponsored != null && error != null;
		if (!told && !token(chain).allows(this.payment.from(), PERMIT2, this.offer.amount())) {
			return Reason.PERMIT2_ALLOWANCE_REQUIRED;
		}
		return (error != null) ? error : Reason.PERMIT2_SIMULATION_FAILED;
	}

	@Override
	public Reason transactionFailed() {
		return isUpto() ? Reason.INVALID_UPTO_EVM_TRANSACTION_FAILED : Reason.INVALID_EXACT_EVM_TRANSACTION_FAILED;
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
			Traced traced = traced(chain, transaction);
			if (traced.use() != null) {
				return traced.use();
			}
			clear &= traced.finding().kind() == Finding.Kind.NONE;
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
				Use use = traced(chain, transactions.get(i)).use();
				if (use != null) {
					return use;
				}
			}
		}
		return null;
	}

	private Traced traced(Chain chain, String transaction) {
		TransactionReceipt receipt = chain.receipt(transaction);
		Finding finding = (receipt != null) ? trace(chain, receipt) : Finding.UNCLEAR;
		boolean used = finding.isSettled() || finding.kind() == Finding.Kind.VOID;
		return new Traced(finding, (receipt != null && used) ? Use.in(receipt, finding) : null);
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

	private static Map<String, Reason> errors() {
		Map<String, Reason> errors = new LinkedHashMap<>();
		errors.put(Abi.selector("InvalidAmount()"), Reason.PERMIT2_INVALID_AMOUNT);
		errors.put(Abi.selector("InvalidDestination()"), Reason.PERMIT2_INVALID_DESTINATION);
		errors.put(Abi.selector("InvalidOwner()"), Reason.PERMIT2_INVALID_OWNER);
		errors.put(Abi.selector("InvalidNonce()"), Reason.PERMIT2_INVALID_NONCE);
		errors.put(Abi.selector("PaymentTooEarly()"), Reason.PERMIT2_PAYMENT_TOO_EARLY);
		errors.put(Abi.selector("InvalidSignature()"), Reason.INVALID_PERMIT2_SIGNATURE);
		errors.put(Abi.selector("InvalidSigner()"), Reason.INVALID_PERMIT2_SIGNATURE);
		errors.put(Abi.selector("SignatureExpired(uint256)"), Reason.INVALID_PERMIT2_SIGNATURE);
		errors.put(Abi.selector("Permit2612AmountMismatch()"), Reason.PERMIT2_2612_AMOUNT_MISMATCH);
		errors.put(Abi.selector("AmountExceedsPermitted()"), Reason.UPTO_AMOUNT_EXCEEDS_PERMITTED);
		errors.put(Abi.selector("UnauthorizedFacilitator()"), Reason.UPTO_UNAUTHORIZED_FACILITATOR);
		return errors;
	}

	@Override
	public String toString() {
		return "Permit2Authorization[redacted]";
	}

	/**
	 * A transaction that may have used the nonce.
	 *
	 * @param finding what it proves
	 * @param use the use, or {@code null} if that is not proved
	 */
	private record Traced(Finding finding, @Nullable Use use) {

	}

}
