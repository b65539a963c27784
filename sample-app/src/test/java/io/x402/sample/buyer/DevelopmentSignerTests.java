package io.x402.sample.buyer;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

import io.x402.spring.protocol.Eip3009Payload;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DevelopmentSigner}.
 */
class DevelopmentSignerTests {

	private final DevelopmentSigner signer = new DevelopmentSigner("0x" + "1".repeat(64));

	private final PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(50000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, Map.of("name", "USDC", "version", "2"));

	@Test
	void whenSignedThenTheSignatureIsThatOfTheReferenceImplementation() {
		byte[] nonce = new byte[32];
		Arrays.fill(nonce, (byte) 0xab);
		assertThat(this.signer.sign(this.offer, Instant.ofEpochSecond(1_900_000_000), nonce).signature())
			.isEqualTo("0x4f380528ac8ec72003b43f950a2357910a9e9c1c12de8c472978eaf5aeab5ea4"
					+ "0d1ed80d980fe084f5ee49961bd093469d0a89fbd78bf1a9b9869a57f05f6afb1b");
	}

	@Test
	void whenSignedThenItIsValidForAsLongAsTheOfferAsks() {
		Eip3009Payload payload = this.signer.sign(this.offer, Instant.ofEpochSecond(1000));
		assertThat(payload.from()).isEqualTo("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A");
		assertThat(payload.validAfter()).isZero();
		assertThat(payload.validBefore()).isEqualTo(1060);
	}

	@Test
	void whenSignedTwiceThenTheNoncesDiffer() {
		assertThat(this.signer.sign(this.offer, Instant.EPOCH).nonce())
			.isNotEqualTo(this.signer.sign(this.offer, Instant.EPOCH).nonce());
	}

}
