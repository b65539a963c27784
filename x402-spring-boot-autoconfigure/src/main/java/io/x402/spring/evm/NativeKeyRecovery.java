package io.x402.spring.evm;

import java.util.Arrays;
import java.util.HexFormat;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;

/**
 * Recovers who signed with the native library libsecp256k1, if its binding is on the class
 * path and works on this machine.
 */
final class NativeKeyRecovery implements KeyRecovery {

	private static final Log logger = LogFactory.getLog(NativeKeyRecovery.class);

	private static final int UNCOMPRESSED = 65;

	private final Secp256k1 library;

	private NativeKeyRecovery(Secp256k1 library) {
		this.library = library;
	}

	static @Nullable KeyRecovery ifAvailable() {
		try {
			KeyRecovery recovery = new NativeKeyRecovery(Secp256k1.get());
			byte[] one = new byte[64];
			one[31] = 1;
			one[63] = 1;
			byte[] digest = new byte[32];
			return String.valueOf(new JavaKeyRecovery().address(digest, one, 0))
				.equals(recovery.address(digest, one, 0)) ? recovery : null;
		}
		catch (LinkageError | RuntimeException ex) {
			logger.debug("Signatures are checked without native code: " + ex.getClass().getName());
			return null;
		}
	}

	@Override
	public @Nullable String address(byte[] digest, byte[] signature, int recoveryId) {
		try {
			byte[] key = this.library.ecdsaRecover(signature, digest, recoveryId);
			if (key.length != UNCOMPRESSED) {
				throw new IllegalStateException("The native library returns keys of another form");
			}
			byte[] hash = Hash.sha3(Arrays.copyOfRange(key, 1, UNCOMPRESSED));
			return HexFormat.of().formatHex(hash, 12, 32);
		}
		catch (Secp256k1Exception ex) {
			return null;
		}
	}

}
