package io.x402.spring.money;

/**
 * How a token is moved on behalf of its owner.
 */
public enum TransferMethod {

	/**
	 * The token's own {@code transferWithAuthorization}.
	 */
	EIP3009,

	/**
	 * Uniswap's Permit2 with the x402 proxy.
	 */
	PERMIT2,

	/**
	 * A Solana token program transfer.
	 */
	SPL

}
