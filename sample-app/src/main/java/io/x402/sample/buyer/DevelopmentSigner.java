package io.x402.sample.buyer;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Objects;

import io.x402.spring.protocol.Eip3009Payload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.Hash;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Sign;
import org.web3j.crypto.Sign.SignatureData;
import org.web3j.utils.Numeric;

/**
 * Signs EIP-3009 transfers with a private key.
 */
final class DevelopmentSigner {

	private static final byte[] DOMAIN_TYPE = keccak(
			"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

	private static final byte[] TRANSFER_TYPE = keccak("TransferWithAuthorization(address from,address to,uint256 value"
			+ ",uint256 validAfter,uint256 validBefore,bytes32 nonce)");

	private final SecureRandom random = new SecureRandom();

	private final Credentials credentials;

	DevelopmentSigner(String privateKey) {
		this.credentials = Credentials.create(privateKey);
	}

	String address() {
		return Keys.toChecksumAddress(this.credentials.getAddress());
	}

	/**
	 * Sign a transfer of exactly what an offer asks for, valid as long as it asks for.
	 * @param offer an offer of scheme {@code exact} on an EVM network
	 * @param now the current time
	 * @return the signed transfer
	 */
	Eip3009Payload sign(PaymentRequirements offer, Instant now) {
		byte[] nonce = new byte[32];
		this.random.nextBytes(nonce);
		return sign(offer, now.plusSeconds(offer.maxTimeoutSeconds()), nonce);
	}

	Eip3009Payload sign(PaymentRequirements offer, Instant validBefore, byte[] nonce) {
		BigInteger chainId = new BigInteger(offer.network().substring("eip155:".length()));
		BigInteger expiry = BigInteger.valueOf(validBefore.getEpochSecond());
		byte[] domain = keccak(DOMAIN_TYPE, keccak(offer.extraText("name")), keccak(offer.extraText("version")),
				word(chainId), word(offer.asset()));
		byte[] transfer = keccak(TRANSFER_TYPE, word(address()), word(offer.payTo()), word(offer.amount()),
				word(BigInteger.ZERO), word(expiry), nonce);
		byte[] digest = keccak(new byte[] { 0x19, 0x01 }, domain, transfer);
		SignatureData signature = Sign.signMessage(digest, this.credentials.getEcKeyPair(), false);
		return new Eip3009Payload(hex(signature.getR(), signature.getS(), signature.getV()), address(), offer.payTo(),
				offer.amount(), BigInteger.ZERO, expiry, hex(nonce));
	}

	private static byte[] word(String address) {
		return word(Numeric.toBigInt(address));
	}

	private static byte[] word(BigInteger number) {
		return Numeric.toBytesPadded(number, 32);
	}

	private static byte[] keccak(@Nullable String text) {
		Objects.requireNonNull(text, "The offer does not name the domain of its token");
		return Hash.sha3(text.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] keccak(byte[]... parts) {
		return Hash.sha3(concat(parts));
	}

	private static String hex(byte[]... parts) {
		return Numeric.toHexString(concat(parts));
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream whole = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			whole.writeBytes(part);
		}
		return whole.toByteArray();
	}

}
