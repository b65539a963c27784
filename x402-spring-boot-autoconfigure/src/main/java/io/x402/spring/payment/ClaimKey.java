package io.x402.spring.payment;

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

	@Override
	public String toString() {
		return "ClaimKey[network=" + this.network + ", asset=" + this.asset + ", payer=" + this.payer + "]";
	}

}
