/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.Keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Networks} and {@link Network}.
 */
class NetworksTests {

	private static final Asset OTHER = new Asset("OTHER", "0x1111111111111111111111111111111111111111", 18, "Other",
			"1", TransferMethod.EIP3009);

	private final Networks networks = Networks.load();

	static Stream<Network> shipped() {
		return Networks.load().all().stream();
	}

	@ParameterizedTest
	@CsvSource({ "eip155:84532,eip155:84532", "base-sepolia,eip155:84532", "base,eip155:8453",
			"arbitrum-one,eip155:42161", "avalanche,eip155:43114", "avalanche-c-chain,eip155:43114",
			"ethereum-sepolia,eip155:11155111", "sepolia,eip155:11155111",
			"solana,solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
			"solana-mainnet,solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp" })
	void whenNetworkIsNamedThenItIsFound(String name, String id) {
		assertThat(this.networks.get(name).id()).isEqualTo(id);
	}

	@ParameterizedTest
	@CsvSource({ "base-sepolla,base-sepolia", "Base,base", "BASE SEPOLIA,base-sepolia", "arbitrum,arbitrum-one",
			"polygon-mainnet,polygon", "eip155:845,eip155:8453", "sepolia-base,sepolia" })
	void whenNameIsNearlyRightThenTheMessageSuggestsIt(String name, String suggestion) {
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> this.networks.get(name))
			.withMessageContaining("did you mean ")
			.withMessageContaining("'" + suggestion + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "dogecoin", "EIP155:8453", "eip155:", "eip155:08453" })
	void whenNetworkIsUnknownThenItIsRefused(String name) {
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> this.networks.get(name));
		assertThat(this.networks.byId(name)).isNull();
	}

	@Test
	void whenNameIsHostileThenTheMessageIsOneBoundedPrintableLine() {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.get("x\r\nforged: line\u001b[0m" + "y".repeat(10_000)))
			.satisfies((ex) -> assertThat(ex.getMessage()).matches("[ -~]{1,256}"));
	}

	@Test
	void whenNameIsLookedUpByIdThenOnlyTheIdentifierCounts() {
		assertThat(this.networks.byId("eip155:8453")).isNotNull();
		assertThat(this.networks.byId("base")).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "base-sepolia,50000,0x036CbD53842c5426634e7929541eC2318f3dCF7e,USDC,2",
			"base,50000,0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913,USD Coin,2" })
	void whenPriceIsInDollarsThenTheDefaultAssetIsOffered(String name, BigInteger amount, String address,
			String eip712Name, String eip712Version) {
		Asset asset = this.networks.get(name).asset(null);
		assertThat(asset.toAtomic(Price.parse("$0.05").amount())).isEqualTo(amount);
		assertThat(asset.address()).isEqualTo(address);
		assertThat(asset.offerExtra()).isEqualTo(Map.of("name", eip712Name, "version", eip712Version));
	}

	@Test
	void whenDefaultAssetHasEighteenDecimalsThenADollarIsNotAMillionUnits() {
		Asset asset = this.networks.get("eip155:4326").asset("USD");
		assertThat(asset.toAtomic(Price.parse("$1").amount())).isEqualTo("1000000000000000000");
		assertThat(asset.offerExtra())
			.isEqualTo(Map.of("name", "MegaUSD", "version", "1", "assetTransferMethod", "permit2"));
	}

	@Test
	void whenTokenHasNoPermitThenItsSigningDomainIsNotAnnounced() {
		assertThat(this.networks.get("igra").asset(null).offerExtra())
			.isEqualTo(Map.of("assetTransferMethod", "permit2"));
	}

	@Test
	void whenNetworkIsOfV1OnlyThenItsLegacyTokenIsTheDefault() {
		Network fuji = this.networks.get("avalanche-fuji");
		assertThat(fuji.v1Buyers()).isTrue();
		assertThat(fuji.asset(null)).isEqualTo(new Asset("USDC", "0x5425890298aed601595a70AB815c96711a31Bc65", 6,
				"USD Coin", "2", TransferMethod.EIP3009));
	}

	@Test
	void whenTickerIsNamedThenThatTokenIsFoundInAnyCase() {
		Network celo = this.networks.get("celo");
		assertThat(celo.asset("usat").eip712Name()).isEqualTo("Tether America USD");
		assertThat(celo.asset("0x48065FBBE25F71C9282DDF5E1CD6D6A887483D5E").symbol()).isEqualTo("USDT");
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> celo.asset("DAI"))
			.withMessageContaining("x402.assets");
	}

	@Test
	void whenSolanaMintIsInAnotherCaseThenItIsAnotherToken() {
		Network solana = this.networks.get("solana");
		String mint = solana.asset("USDC").address();
		assertThat(solana.asset(mint).symbol()).isEqualTo("USDC");
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> solana.asset(mint.toLowerCase()));
	}

	@Test
	void whenNetworkHasNoAssetThenADollarPriceIsRefused() {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.get("sepolia").asset(null))
			.withMessageContaining("no default asset");
	}

	@Test
	void whenListIsLoadedThenItIsTheWholeList() {
		assertThat(this.networks.all()).hasSize(39).first().extracting(Network::id).isEqualTo("eip155:8453");
		assertThat(this.networks.all().stream().mapToInt((network) -> network.assets().size()).sum()).isEqualTo(48);
		assertThat(this.networks.all().stream().filter(Network::v1Buyers).map(Network::v1Name))
			.containsExactlyInAnyOrder("abstract", "abstract-testnet", "base-sepolia", "base", "avalanche-fuji",
					"avalanche", "iotex", "solana-devnet", "solana", "sei", "sei-testnet", "polygon", "polygon-amoy",
					"peaq", "story", "educhain", "skale-base-sepolia");
		assertThat(this.networks.get("flare").asset(null).eip712Name()).isEqualTo("USD\u20AE0");
	}

	@ParameterizedTest
	@MethodSource("shipped")
	void whenNetworkIsShippedThenItsAssetsAreValidAndTheirAddressesChecksummed(Network network) {
		Networks again = this.networks.withAssets(Map.of(network.id(), network.assets()));
		assertThat(again.get(network.id())).isEqualTo(network);
		assertThat(network.assets()).filteredOn((asset) -> network.isEvm())
			.extracting(Asset::address)
			.allMatch((address) -> address.equals(Keys.toChecksumAddress(address))
					|| address.equals(address.toLowerCase()));
	}

	@Test
	void whenAssetIsAddedThenItIsFoundAndTheDefaultStays() {
		Networks more = this.networks.withAssets(Map.of("base", List.of(OTHER)));
		assertThat(more.get("eip155:8453").asset("other")).isEqualTo(OTHER);
		assertThat(more.get("base").asset(null).symbol()).isEqualTo("USDC");
		assertThat(more.all()).hasSameSizeAs(this.networks.all());
		assertThat(this.networks.get("base").assets()).doesNotContain(OTHER);
	}

	@Test
	void whenAssetHasTheTickerOfAKnownOneThenItTakesItsPlace() {
		Asset bridged = new Asset("usdc", OTHER.address(), 18, "Bridged", "1", TransferMethod.EIP3009);
		assertThat(this.networks.withAssets(Map.of("celo", List.of(bridged))).get("celo").assets())
			.extracting(Asset::symbol)
			.containsExactly("usdc", "USDT", "USAT");
	}

	@Test
	void whenAssetHasTickerAndAddressOfTwoKnownOnesThenItReplacesBoth() {
		Network celo = this.networks.get("celo");
		Asset both = new Asset("USAT", celo.asset("USDC").address().toLowerCase(), 6, "Both", "1",
				TransferMethod.EIP3009);
		assertThat(this.networks.withAssets(Map.of("celo", List.of(both))).get("celo").assets())
			.extracting(Asset::symbol)
			.containsExactly("USAT", "USDT");
	}

	@Test
	void whenIdentifierIsUnknownThenTheNetworkIsAddedAsOneOfRealMoney() {
		Networks more = this.networks.withAssets(Map.of("eip155:31337", List.of(OTHER)));
		assertThat(more.get("eip155:31337"))
			.isEqualTo(new Network("eip155:31337", "eip155:31337", null, false, false, List.of(OTHER)));
		assertThat(more.all()).last().extracting(Network::id).isEqualTo("eip155:31337");
	}

	@ParameterizedTest
	@ValueSource(strings = { "eip155:0", "eip155:01", "eip155:-1", "eip155:\u0661", "eip155:1234567890123456789",
			"stellar:pubnet", "solana:short", "nonsense", "" })
	void whenNetworkCannotBePaidOnThenItIsNotAdded(String id) {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.withAssets(Map.of(id, List.of(OTHER))))
			.withMessageContaining("Unknown network");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0x", "036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0X036CbD53842c5426634e7929541eC2318f3dCF7e", "0x036CbD53842c5426634e7929541eC2318f3dCF7",
			"0x036CbD53842c5426634e7929541eC2318f3dCF7e0", "0x036CbD53842c5426634e7929541eC2318f3dCF7g",
			"0x0000000000000000000000000000000000000000", "\uFF10x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" })
	void whenAddressIsNotOneOfAnEvmTokenThenItIsRefused(String address) {
		Asset asset = new Asset("TKN", address, 6, "Token", "1", TransferMethod.EIP3009);
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.withAssets(Map.of("base", List.of(asset))))
			.withMessageContaining("not the address");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0PjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "EPjFWdd5" })
	void whenAddressIsNotOneOfASolanaMintThenItIsRefused(String address) {
		Asset asset = new Asset("TKN", address, 6, null, null, TransferMethod.SPL);
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.withAssets(Map.of("solana", List.of(asset))))
			.withMessageContaining("not the address");
	}

	@Test
	void whenTransferMethodIsOfAnotherFamilyThenTheAssetIsRefused() {
		Asset spl = new Asset("TKN", OTHER.address(), 6, null, null, TransferMethod.SPL);
		Asset permit2 = new Asset("TKN", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", 6, null, null,
				TransferMethod.PERMIT2);
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.withAssets(Map.of("base", List.of(spl))));
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.withAssets(Map.of("solana", List.of(permit2))));
	}

	@Test
	void whenTwoAddedAssetsAreTheSameThenTheyAreRefused() {
		Asset twin = new Asset("TWIN", OTHER.address(), 6, "Twin", "1", TransferMethod.EIP3009);
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> this.networks.withAssets(Map.of("base", List.of(OTHER, twin))))
			.withMessageContaining("two assets");
	}

}
