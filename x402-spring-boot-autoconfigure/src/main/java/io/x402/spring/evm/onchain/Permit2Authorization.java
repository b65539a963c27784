package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.x402.spring.evm.PaymentDigest;
import io.x402.spring.evm.onchain.SignatureCheck.Result;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Permit2Payload;
import org.jspecify.annotations.Nullable;
import org.web3j.abi.datatypes.Type;

/**
 * A payment through Permit2 and the x402 proxy of scheme {@code exact} or {@code upto}.
 *
 * @param offer the offer; its amount is what moves, which can be less than was signed
 * under scheme {@code upto}
 * @param payment the payment
 * @param claim what the buyer says that the payment is for
 * @param sponsored allows Permit2 to move the token, or {@code null} if the buyer did
 * that before
 * @param signers the accounts of this facilitator
 */
record Permit2Authorization(PaymentRequirements offer, Permit2Payload payment, Claim claim,
		@Nullable Eip2612Permit sponsored, Set<String> signers) implements Authorization {

	static final String PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

	private static final String PERMIT = "((address,uint256),uint256,uint256)";

	private static final String SETTLE = Abi.selector("settle(" + PERMIT + ",address,(address,uint256),bytes)");

	private static final String SETTLE_UPTO = Abi
		.selector("settle(" + PERMIT + ",uint256,address,(address,address,uint256),bytes)");

	private static final String SPONSOR = "(uint256,uint256,bytes32,bytes32,uint8)";

	private static final String SETTLE_SPONSORED = Abi
		.selector("settleWithPermit(" + SPONSOR + "," + PERMIT + ",address,(address,uint256),bytes)");

	private static final String SETTLE_UPTO_SPONSORED = Abi
		.selector("settleWithPermit(" + SPONSOR + "," + PERMIT + ",uint256,address,(address,address,uint256),bytes)");

	private static final String BITMAP = Abi.selector("nonceBitmap(address,uint256)");

	private static final Map<String, String> ERRORS = errors();

	private static final PaymentDigest DIGEST = new PaymentDigest();

	@Override
	public String networkName() {
		return this.claim.network();
	}

	@Override
	public @Nullable String refusal(Chain chain, SignatureCheck signatures, BigInteger now, boolean settling) {
		if (!this.claim.scheme().equals(this.offer.scheme())) {
			return isUpto() ? "invalid_upto_evm_scheme" : "unsupported_payload_type";
		}
		if (!this.claim.isForNetworkOfOffer()) {
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
				? this.sponsored.refusal(this.payment.from(), this.offer.asset(), now.add(Claim.MARGIN)) : null;
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
		if (this.payment.validBefore().compareTo(now.add(Claim.MARGIN)) < 0) {
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
			return isUpto() ? SETTLE_UPTO_SPONSORED : SETTLE_SPONSORED;
		}
		return isUpto() ? SETTLE_UPTO : SETTLE;
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

	@Override
	public List<EventLog> traces(Chain chain, long from, long to) {
		return chain
			.logs(this.offer.asset(), from, to, Token.TRANSFER, Hex.topic(this.payment.from()),
					Hex.topic(this.offer.payTo()))
			.stream()
			.filter((log) -> isTransfer(chain, log))
			.toList();
	}

	/**
	 * Permit2 tells no nonce, so a transfer of the same amount may be another payment of
	 * the same buyer. The signature in the transaction tells them apart.
	 */
	@Override
	public Trace trace(Chain chain, TransactionReceipt receipt) {
		if (!receipt.success() || receipt.logs().stream().noneMatch((log) -> isTransfer(chain, log))) {
			return Trace.NONE;
		}
		ContractCall call = chain.transaction(receipt.transaction());
		return (call != null && call.to().equalsIgnoreCase(proxy())
				&& call.data()
					.toLowerCase(Locale.ROOT)
					.contains(this.payment.signature().substring(2).toLowerCase(Locale.ROOT))) ? Trace.SETTLED
							: Trace.NONE;
	}

	private boolean isTransfer(Chain chain, EventLog log) {
		return token(chain).isTransfer(log, this.payment.from(), this.offer.payTo(), this.offer.amount());
	}

	private boolean isUpto() {
		return this.offer.scheme().equals(PaymentRequirements.UPTO);
	}

	private String proxy() {
		return isUpto() ? Permit2Payload.UPTO_PROXY : Permit2Payload.EXACT_PROXY;
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
