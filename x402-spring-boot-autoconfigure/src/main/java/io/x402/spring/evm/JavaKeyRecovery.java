package io.x402.spring.evm;

import java.security.SignatureException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Sign;

/**
 * Recovers who signed with the Java code of web3j.
 */
final class JavaKeyRecovery implements KeyRecovery {

	@Override
	public @Nullable String address(byte[] digest, byte[] signature, int recoveryId) {
		Sign.SignatureData data = new Sign.SignatureData((byte) (27 + recoveryId), Arrays.copyOfRange(signature, 0, 32),
				Arrays.copyOfRange(signature, 32, 64));
		try {
			return Keys.getAddress(Sign.signedMessageHashToKey(digest, data));
		}
		catch (SignatureException | IllegalArgumentException | ArithmeticException ex) {
			return null;
		}
	}

}
