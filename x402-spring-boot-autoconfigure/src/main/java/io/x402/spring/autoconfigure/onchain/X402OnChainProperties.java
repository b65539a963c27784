package io.x402.spring.autoconfigure.onchain;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * The facilitator that settles on chain itself.
 *
 * @param rpcUrl Comma-separated list of addresses of JSON-RPC nodes, preferred ones
 * first. Each tells its own network.
 * @param rpcTimeout Time limit for one call of a node.
 * @param privateKeys Comma-separated list of private keys of accounts that pay for gas.
 * Meant for test networks.
 * @param keystores Comma-separated list of locations of encrypted keystore files with
 * keys of accounts that pay for gas.
 * @param keystorePassword Password of the keystore files.
 * @param signers Comma-separated list of names of Signer beans that sign instead of
 * private keys and keystores.
 * @param confirmations Number of blocks that have to confirm a payment, the one of its
 * transaction included.
 * @param confirmationsAbove Number of blocks that have to confirm a payment of more than
 * so many tokens.
 * @param pollInterval Time after which a node is asked for a new block while a payment is
 * waited for.
 * @param replaceAfter Time for which a transaction may wait for a block before its fees
 * are raised.
 * @param maxFeeGwei Most gwei to pay per unit of gas.
 * @param maxGas Most gas that one transaction may use.
 * @param walletFactories Comma-separated list of addresses of contracts that may be
 * called to create the wallet of a payer.
 * @param lowBalance Balance of an account that pays for gas, in the currency of the
 * network, below which it is unhealthy.
 * @param lookback Number of blocks in which a settlement is looked for.
 * @param logRange Most blocks that a node searches at once.
 */
@ConfigurationProperties("x402.facilitator.onchain")
public record X402OnChainProperties(@DefaultValue List<String> rpcUrl, @DefaultValue("5s") Duration rpcTimeout,
		@DefaultValue List<String> privateKeys, @DefaultValue List<Resource> keystores,
		@Nullable String keystorePassword, @DefaultValue List<String> signers, @DefaultValue("1") int confirmations,
		@DefaultValue Map<BigDecimal, Integer> confirmationsAbove, @DefaultValue("500ms") Duration pollInterval,
		@DefaultValue("30s") Duration replaceAfter, @DefaultValue("100") BigDecimal maxFeeGwei,
		@DefaultValue("1000000") long maxGas, @DefaultValue Set<String> walletFactories,
		@DefaultValue("0.001") BigDecimal lowBalance, @DefaultValue("10000") long lookback,
		@DefaultValue("2000") long logRange) {

	private static final String PREFIX = "x402.facilitator.onchain.";

	public X402OnChainProperties {
		Limits.duration(PREFIX + "rpc-timeout", rpcTimeout, Duration.ofMillis(100), Duration.ofMinutes(2));
		Limits.number(PREFIX + "confirmations", confirmations, 1);
		confirmationsAbove
			.forEach((amount, number) -> Limits.number(PREFIX + "confirmations-above." + amount, number, 1));
		Limits.duration(PREFIX + "poll-interval", pollInterval, Duration.ofMillis(10), Duration.ofMinutes(1));
		Limits.duration(PREFIX + "replace-after", replaceAfter, Duration.ofSeconds(1), Duration.ofHours(1));
		if (maxFeeGwei.signum() <= 0) {
			throw new InvalidPropertyException(PREFIX + "max-fee-gwei", maxFeeGwei.toPlainString(),
					"it has to be more than 0", "Choose the most that you would pay.");
		}
		Limits.number(PREFIX + "max-gas", maxGas, 21_000);
		Limits.number(PREFIX + "lookback", lookback, 1);
		Limits.number(PREFIX + "log-range", logRange, 1);
	}

	@Override
	public String toString() {
		return "X402OnChainProperties[signers=" + this.signers + ", privateKeys=" + this.privateKeys.size()
				+ ", keystores=" + this.keystores.size() + "]";
	}

}
