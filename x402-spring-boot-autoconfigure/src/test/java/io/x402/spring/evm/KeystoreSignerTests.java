/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KeystoreSigner}: the vector of the format's definition for PBKDF2, and
 * for scrypt the same key encrypted by Node.js at the light cost of Ethereum clients.
 */
class KeystoreSignerTests {

	private static final String PASSWORD = "testpassword";

	private static final String KEY = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

	private static final String PBKDF2 = """
			{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
			"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
			"kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
			"salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
			"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"version":3}
			""";

	private static final String SCRYPT = """
			{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
			"ciphertext":"584f4eb2783472ec149b334c22d77ddbf118a0783ea24e66ca8a7883cd2b4bf5","kdf":"scrypt",
			"kdfparams":{"dklen":32,"n":4096,"r":8,"p":6,
			"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
			"mac":"860ad3ce9642f99d709abc696e25ede7cd35daf6a6041e975d14c53dae118886"},"version":3}
			""";

	@ParameterizedTest
	@ValueSource(strings = { PBKDF2, SCRYPT })
	void whenPasswordIsRightThenSignsWithTheKey(String keystore) {
		KeystoreSigner signer = new KeystoreSigner(keystore, PASSWORD);
		assertThat(signer.address()).isEqualTo(new PrivateKeySigner(KEY).address());
		assertThat(signer.sign(new byte[32])).isEqualTo(new PrivateKeySigner(KEY).sign(new byte[32]));
		assertThat(signer).hasToString("KeystoreSigner[" + signer.address() + "]");
	}

	@Test
	void whenPasswordIsWrongThenIsRefusedWithoutRepeatingIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> new KeystoreSigner(PBKDF2, "letmein"))
			.withMessage("The password of the keystore is wrong")
			.withNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "{\"version\":3}", "{\"version\":1,\"crypto\":{}}" })
	void whenFileIsNoKeystoreThenIsRefused(String keystore) {
		assertThatIllegalArgumentException().isThrownBy(() -> new KeystoreSigner(keystore, PASSWORD))
			.withMessageContaining("not a key file of version 3")
			.withNoCause();
	}

	@Test
	void whenCostIsBeyondAllMeasureThenNoMemoryIsTaken() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new KeystoreSigner(SCRYPT.replace("\"r\":8,", "\"r\":1000000,"), PASSWORD))
			.withMessageContaining("unsupported cost");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new KeystoreSigner(PBKDF2.replace("262144", "2000000000"), PASSWORD))
			.withMessageContaining("unsupported cost");
	}

	@Test
	void whenAlgorithmIsUnknownThenIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new KeystoreSigner(PBKDF2.replace("pbkdf2", "md5"), PASSWORD))
			.withMessageContaining("unsupported key derivation");
	}

}
