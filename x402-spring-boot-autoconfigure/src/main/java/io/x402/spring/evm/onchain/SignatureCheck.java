/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.evm.AccountSignature;
import io.x402.spring.evm.onchain.Multicall.CallResult;
import org.jspecify.annotations.Nullable;

/**
 * Checks signatures as a token contract would: of a plain account by recovery of the
 * signer, of a contract wallet by its {@code isValidSignature} (EIP-1271) and by nothing
 * else. The signature of a wallet that does not exist yet (ERC-6492) can only be checked
 * by a simulation, of its creation or of the payment.
 */
final class SignatureCheck {

	private static final String IS_VALID = Abi.selector("isValidSignature(bytes32,bytes)");

	private final Set<String> factories;

	/**
	 * Create a check.
	 * @param factories addresses of the factories that may be called to create wallets
	 */
	SignatureCheck(Set<String> factories) {
		this.factories = factories.stream()
			.map((factory) -> factory.toLowerCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Check a signature.
	 * @param chain the state of the network
	 * @param payer the account
	 * @param digest what it signed, {@code null} if no one knows
	 * @param signature the signature
	 * @return the outcome
	 */
	Result check(ChainState chain, String payer, byte @Nullable [] digest, String signature) {
		WalletSignature wrapped = WalletSignature.of(signature);
		if (wrapped == null || digest == null) {
			return Result.INVALID;
		}
		boolean contract = chain.code(payer).length() > 2;
		ContractCall deployment = wrapped.deployment();
		if (deployment != null && !contract) {
			return this.factories.contains(deployment.to().toLowerCase(Locale.ROOT)) ? Result.COUNTERFACTUAL
					: Result.FACTORY_NOT_ALLOWED;
		}
		boolean valid = contract ? isValid(chain, payer, digest, wrapped.inner())
				: AccountSignature.isOne(wrapped.inner()) && AccountSignature.isBy(payer, digest, wrapped.inner());
		return valid ? Result.VALID : Result.INVALID;
	}

	/**
	 * Check a signature of a wallet that does not exist yet, in a simulation that creates
	 * it.
	 * @param chain the state of the network
	 * @param payer the wallet
	 * @param digest what it signed
	 * @param signature the signature
	 * @return {@link Result#VALID}, {@link Result#INVALID}, or
	 * {@link Result#COUNTERFACTUAL} if the wallet cannot be created in a simulation
	 */
	Result checkCreated(ChainState chain, String payer, byte[] digest, String signature) {
		WalletSignature wrapped = WalletSignature.of(signature);
		ContractCall deployment = (wrapped != null) ? wrapped.deployment() : null;
		List<CallResult> results = (wrapped != null && deployment != null)
				? Multicall.results(chain, deployment, isValidSignature(payer, digest, wrapped.inner())) : List.of();
		if (results.size() < 2 || !results.get(0).success()) {
			return Result.COUNTERFACTUAL;
		}
		CallResult check = results.get(1);
		return (check.success() && isAccepted(check.data())) ? Result.VALID : Result.INVALID;
	}

	private static ContractCall isValidSignature(String wallet, byte[] digest, String signature) {
		return new ContractCall(wallet, Abi.encode(IS_VALID, Abi.bytes32(Hex.of(digest)), Abi.bytes(signature)));
	}

	private static boolean isAccepted(String result) {
		BigInteger word = Abi.number(result);
		return word != null && word.equals(new BigInteger(IS_VALID.substring(2) + "0".repeat(56), 16));
	}

	private static boolean isValid(ChainState chain, String wallet, byte[] digest, String signature) {
		try {
			return isAccepted(chain.call(isValidSignature(wallet, digest, signature)));
		}
		catch (NodeErrorException ex) {
			if (ex.isRevert()) {
				return false;
			}
			throw ex;
		}
	}

	/**
	 * What is known about a signature.
	 */
	enum Result {

		/** The account made it. */
		VALID,

		/** The account did not make it. */
		INVALID,

		/** The wallet does not exist yet, and its factory may be called. */
		COUNTERFACTUAL,

		/** The wallet does not exist yet, and its factory is not known. */
		FACTORY_NOT_ALLOWED

	}

}
