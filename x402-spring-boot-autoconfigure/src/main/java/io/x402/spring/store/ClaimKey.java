package io.x402.spring.store;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Identity of an authorization, made of what the payer signed and never of signature
 * bytes.
 *
 * @param network CAIP-2 identifier
 * @param asset address of the token, lower case on EVM networks
 * @param payer address of the payer, lower case on EVM networks; empty where the payload
 * does not show it
 * @param nonce what makes the authorization unique for its payer
 */
public record ClaimKey(String network, String asset, String payer, String nonce) {

	private static final String SIGNATURE = "signature";

	/**
	 * Derive the identity of a payment.
	 * @param payload the payment
	 * @param requirements the offer it pays
	 * @return its identity, or {@code null} if it cannot be told what was signed
	 */
	public static @Nullable ClaimKey of(PaymentPayload payload, PaymentRequirements requirements) {
		return of(payload, requirements.network(), requirements.asset());
	}

	/**
	 * Derive the identity of a payment.
	 * @param payload the payment
	 * @param network CAIP-2 identifier
	 * @param token address of the token in any letter case
	 * @return its identity, or {@code null} if it cannot be told what was signed
	 */
	public static @Nullable ClaimKey of(PaymentPayload payload, String network, String token) {
		boolean evm = network.startsWith("eip155:");
		String asset = evm ? lower(token) : token;
		EvmPayload authorization = evm ? EvmPayload.from(payload.payload()) : null;
		if (authorization != null) {
			return new ClaimKey(network, asset, lower(authorization.from()), authorization.nonce());
		}
		String digest = (network.startsWith("solana:")
				&& payload.payload().get("transaction") instanceof String transaction)
						? SolanaMessage.digest(transaction) : digest(payload.payload());
		return (digest != null) ? new ClaimKey(network, asset, "", digest) : null;
	}

	/**
	 * Make the identity of an identifier that a buyer gave a purchase.
	 * @param identifier the identifier
	 * @param route what is bought
	 * @param payer address of the buyer, or {@code null}
	 * @return the identity
	 */
	public static ClaimKey ofIdentifier(String identifier, String route, @Nullable String payer) {
		return new ClaimKey(PaymentIdentifier.KEY, PayloadDigest.of(Map.of("route", route)),
				(payer != null) ? lower(payer) : "", identifier);
	}

	private static String digest(Map<String, Object> payload) {
		return PayloadDigest.of(payload.entrySet()
			.stream()
			.filter((entry) -> !SIGNATURE.equals(entry.getKey()))
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
	}

	private static String lower(String address) {
		return address.toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return "ClaimKey[network=" + this.network + ", asset=" + this.asset + ", payer=" + this.payer + "]";
	}

}
