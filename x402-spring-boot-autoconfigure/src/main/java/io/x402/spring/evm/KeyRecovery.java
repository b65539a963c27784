package io.x402.spring.evm;

import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Recovers who signed. All implementations give the same answers.
 */
interface KeyRecovery {

	/**
	 * Recover the account that signed a digest.
	 * @param digest 32 bytes
	 * @param signature {@code r} and {@code s}, 32 bytes each and within the order of the
	 * curve
	 * @param recoveryId 0 or 1
	 * @return the address in 40 hexadecimal digits, or {@code null} if the signature is
	 * of nobody
	 */
	@Nullable String address(byte[] digest, byte[] signature, int recoveryId);

	/**
	 * Return the fastest implementation that works here.
	 */
	static KeyRecovery fastest() {
		KeyRecovery fast = null;
		try {
			fast = NativeKeyRecovery.load();
		}
		catch (LinkageError | RuntimeException ex) {
			LogFactory.getLog(KeyRecovery.class)
				.debug("Signatures are checked without native code: " + ex.getClass().getName());
		}
		return (fast != null) ? fast : new JavaKeyRecovery();
	}

}
