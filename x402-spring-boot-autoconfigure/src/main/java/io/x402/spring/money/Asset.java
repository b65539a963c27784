package io.x402.spring.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * A token on one network.
 *
 * @param symbol ticker, for example {@code USDC}
 * @param address contract address or mint, in its canonical spelling
 * @param decimals number of decimals of one token, 0 to 30
 * @param eip712Name name in the token's EIP-712 domain, or {@code null} if it is not
 * announced
 * @param eip712Version version in the token's EIP-712 domain, or {@code null} if it is
 * not announced
 * @param transferMethod how the token is moved
 */
public record Asset(String symbol, String address, int decimals, @Nullable String eip712Name,
		@Nullable String eip712Version, TransferMethod transferMethod) {

	/**
	 * Convert an amount of tokens to atomic units.
	 * @param amount amount in tokens
	 * @return the same amount in atomic units
	 * @throws InvalidPriceException if the amount has more decimals than the token
	 */
	public BigInteger toAtomic(BigDecimal amount) {
		try {
			return amount.movePointRight(this.decimals).toBigIntegerExact();
		}
		catch (ArithmeticException ex) {
			throw new InvalidPriceException(
					amount.toPlainString() + " has more than the " + this.decimals + " decimals of " + this.symbol);
		}
	}

	/**
	 * Convert atomic units to an amount of tokens.
	 * @param atomic atomic units
	 * @return the same amount in tokens
	 */
	public BigDecimal toTokens(BigInteger atomic) {
		return new BigDecimal(atomic, this.decimals);
	}

	/**
	 * Return what an offer in this token announces in {@code extra}.
	 * @return name and version of the EIP-712 domain and a transfer method other than the
	 * default
	 */
	public Map<String, Object> offerExtra() {
		Map<String, Object> extra = new LinkedHashMap<>();
		if (this.eip712Name != null && this.eip712Version != null) {
			extra.put("name", this.eip712Name);
			extra.put("version", this.eip712Version);
		}
		if (this.transferMethod == TransferMethod.PERMIT2) {
			extra.put(PaymentRequirements.ASSET_TRANSFER_METHOD, "permit2");
		}
		return extra;
	}

}
