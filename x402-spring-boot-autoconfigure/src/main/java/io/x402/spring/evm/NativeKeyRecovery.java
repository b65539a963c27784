package io.x402.spring.evm;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;

/**
 * Recovers who signed with the native library libsecp256k1. Without its binding on the
 * class path this class cannot even be loaded.
 */
final class NativeKeyRecovery implements KeyRecovery {

	private static final int UNCOMPRESSED = 65;

	private final Secp256k1 library;

	private NativeKeyRecovery(Secp256k1 library) {
		this.library = library;
	}

	/**
	 * Load the library.
	 * @return the recovery, or {@code null} if it does not work here
	 * @throws LinkageError if the library is not there
	 */
	static @Nullable KeyRecovery load() {
		KeyRecovery recovery = new NativeKeyRecovery(Secp256k1.get());
		byte[] signature = new byte[64];
		signature[31] = 1;
		signature[63] = 1;
		byte[] digest = new byte[32];
		String expected = new JavaKeyRecovery().address(digest, signature, 0);
		return Objects.equals(recovery.address(digest, signature, 0), expected) ? recovery : null;
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
