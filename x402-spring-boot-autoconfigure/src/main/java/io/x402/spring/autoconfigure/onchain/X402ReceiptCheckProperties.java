package io.x402.spring.autoconfigure.onchain;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The check of receipts of a remote facilitator with an own node.
 *
 * @param enabled Whether receipts are checked. They are if a node is set here, unless
 * this says otherwise; nodes of a service connection need it.
 * @param rpcUrl Comma-separated list of addresses of JSON-RPC nodes, preferred ones
 * first. Each tells its own network.
 * @param rpcTimeout Time limit for one call of a node.
 * @param above Amount in tokens above which receipts are checked.
 * @param confirmations Number of blocks that have to confirm a payment, the one of its
 * transaction included.
 * @param timeout Time for which a transaction is looked for before its outcome is
 * unknown.
 * @param pollInterval Time after which it is looked for again.
 * @param lookback Number of blocks in which a settlement is looked for.
 * @param logRange Most blocks that a node searches at once.
 */
@ConfigurationProperties("x402.receipt-check")
public record X402ReceiptCheckProperties(@Nullable Boolean enabled, @DefaultValue List<String> rpcUrl,
		@DefaultValue("5s") Duration rpcTimeout, @DefaultValue("0") BigDecimal above,
		@DefaultValue("1") int confirmations, @DefaultValue("20s") Duration timeout,
		@DefaultValue("500ms") Duration pollInterval, @DefaultValue("10000") long lookback,
		@DefaultValue("2000") long logRange) {

	private static final String PREFIX = "x402.receipt-check.";

	public X402ReceiptCheckProperties {
		Limits.duration(PREFIX + "rpc-timeout", rpcTimeout, Duration.ofMillis(100), Duration.ofMinutes(2));
		if (above.signum() < 0) {
			throw new InvalidPropertyException(PREFIX + "above", above.toPlainString(), "it must not be negative",
					"Choose an amount of tokens, or 0 to check every receipt.");
		}
		Limits.number(PREFIX + "confirmations", confirmations, 1);
		Limits.duration(PREFIX + "timeout", timeout, Duration.ZERO, Duration.ofMinutes(10));
		Limits.duration(PREFIX + "poll-interval", pollInterval, Duration.ofMillis(10), Duration.ofMinutes(1));
		Limits.number(PREFIX + "lookback", lookback, 1);
		Limits.number(PREFIX + "log-range", logRange, 1);
	}

	@Override
	public String toString() {
		return "X402ReceiptCheckProperties[nodes=" + this.rpcUrl.size() + ", above=" + this.above + "]";
	}

}
