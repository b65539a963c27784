package io.x402.spring.pricing;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentTerms;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ResourceInfo;

/**
 * Offers for tests.
 */
public final class Offers {

	static final PaymentCodec CODEC = new PaymentCodec(1024 * 1024);

	public static final Networks NETWORKS = Networks.load();

	public static final PaymentRequirements BASE_SEPOLIA = on("eip155:84532");

	static final PaymentRequirements ARBITRUM_SEPOLIA = on("eip155:421614");

	private Offers() {
	}

	static PaymentRequirements on(String network) {
		return new PaymentRequirements("exact", network, BigInteger.valueOf(50000),
				NETWORKS.get(network).assets().get(0).address(), "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60,
				Map.of("name", "USDC", "version", "2"));
	}

	public static PaymentTerms terms(String url, String description, PaymentRequirements... offers) {
		return new PaymentTerms(new ResourceInfo(url, description, "application/json"), List.of(offers));
	}

	public static ChallengeEncoder encoder(int budget, String description, PaymentRequirements... offers) {
		return new ChallengeEncoder(CODEC,
				new ChallengeSettings(Set.of(ProtocolVersion.V1, ProtocolVersion.V2), budget, 500, Map.of()), NETWORKS,
				terms("", description, offers));
	}

}
