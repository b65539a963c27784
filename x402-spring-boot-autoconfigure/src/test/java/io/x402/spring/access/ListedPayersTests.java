/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The list of a file, and what becomes of it while the file changes.
 */
@ExtendWith(OutputCaptureExtension.class)
class ListedPayersTests {

	private static final String PAYER = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";

	private static final String OTHER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String SOLANA = "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin";

	private final MovingClock clock = MovingClock.standing();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ PAYER, "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a", "0X19E7E376E7C213B7E7E7E46CC70A5DD086DAFF2A" })
	void whenAddressIsListedThenItsSpellingDoesNotCount(String spelling) throws IOException {
		ListedPayers payers = payers("\uFEFF# sanctioned\n\n" + PAYER + "  # since May\r\n" + SOLANA + "\n");
		assertThat(payers.accepts(spelling, offer("eip155:8453"))).isFalse();
		assertThat(payers.accepts(spelling, offer("eip155:84532"))).isFalse();
		assertThat(payers.accepts(OTHER, offer("eip155:8453"))).isTrue();
	}

	@Test
	void whenNetworkTellsLetterCasesApartThenSoDoesTheList() throws IOException {
		ListedPayers payers = payers(SOLANA);
		PaymentRequirements offer = offer("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp");
		assertThat(payers.accepts(SOLANA, offer)).isFalse();
		assertThat(payers.accepts(SOLANA.toLowerCase(), offer)).isTrue();
	}

	@Test
	void whenFileChangesThenItIsReadAgain() throws IOException {
		ListedPayers payers = payers(PAYER);
		write(OTHER + "\n" + SOLANA);
		assertThat(payers.accepts(OTHER, offer("eip155:8453"))).isTrue();
		pass();
		assertThat(payers.accepts(OTHER, offer("eip155:8453"))).isFalse();
		assertThat(payers.accepts(PAYER, offer("eip155:8453"))).isTrue();
		write("# nobody at present");
		pass();
		assertThat(payers.accepts(OTHER, offer("eip155:8453"))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2", "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A0",
			"two words", "vitalik.eth", "" })
	void whenFileBecomesUnusableThenLastListRemainsAndThatIsSaidOnce(String content, CapturedOutput output)
			throws IOException {
		ListedPayers payers = payers(PAYER);
		write(content);
		for (int i = 0; i < 3; i++) {
			pass();
			assertThat(payers.accepts(PAYER, offer("eip155:8453"))).isFalse();
		}
		assertThat(output.getOut().split("the last one remains in use", -1)).hasSize(2);
		write(OTHER);
		pass();
		assertThat(payers.accepts(PAYER, offer("eip155:8453"))).isTrue();
		assertThat(payers.accepts(OTHER, offer("eip155:8453"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", "19e7e376e7c213b7e7e7e46cc70a5dd086daff2",
			"000000000000000000000000000000000000000000000" })
	void whenAddressHasNoPrefixThenTheLineAndTheRemedyAreNamed(String address) throws IOException {
		write("# sanctioned\n" + PAYER + "\n" + address);
		assertThatThrownBy(this::open).isInstanceOf(IOException.class)
			.hasMessage("line 3 is no address; those of EVM networks begin with 0x");
	}

	@Test
	void whenPrefixIsInUpperCaseThenAddressIsListed() throws IOException {
		ListedPayers payers = payers("0X19E7E376E7C213B7E7E7E46CC70A5DD086DAFF2A");
		assertThat(payers.accepts(PAYER, offer("eip155:8453"))).isFalse();
		write("0X19E7E376E7C213B7E7E7E46CC70A5DD086DAFF2");
		assertThatThrownBy(this::open).hasMessage("line 1 is no address");
	}

	@Test
	void whenFileIsRemovedThenLastListRemains(CapturedOutput output) throws IOException {
		ListedPayers payers = payers(PAYER);
		Files.delete(file());
		pass();
		assertThat(payers.accepts(PAYER, offer("eip155:8453"))).isFalse();
		assertThat(output).contains("the last one remains in use", "there is no such file");
		write(PAYER + "\n" + OTHER);
		pass();
		assertThat(payers.accepts(OTHER, offer("eip155:8453"))).isFalse();
	}

	@Test
	void whenFileCannotBeUsedAtStartThenSaysWhy() throws IOException {
		assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessage("there is no such file");
		Files.createDirectory(file());
		assertThatThrownBy(this::open).hasMessage("it is a directory");
		Files.delete(file());
		Files.write(file(), new byte[] { (byte) 0xff });
		assertThatThrownBy(this::open).hasMessage("it is not in UTF-8");
		write(PAYER + "\n0x12");
		assertThatThrownBy(this::open).hasMessage("line 2 is no address");
	}

	private void pass() {
		this.clock.pass(Duration.ofSeconds(11));
	}

	private ListedPayers payers(String content) throws IOException {
		write(content);
		return open();
	}

	private ListedPayers open() throws IOException {
		return new ListedPayers(file(), Duration.ofSeconds(10), this.clock::nanos);
	}

	private Path file() {
		return this.directory.resolve("refused.txt");
	}

	private void write(String content) throws IOException {
		Files.writeString(file(), content);
	}

	private static PaymentRequirements offer(String network) {
		return new PaymentRequirements("exact", network, BigInteger.TEN, OTHER, OTHER, 60, Map.of());
	}

}
