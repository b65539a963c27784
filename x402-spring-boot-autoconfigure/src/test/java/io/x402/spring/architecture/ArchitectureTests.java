/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.x402.spring.protocol.HmacSha256;
import io.x402.spring.store.ClaimStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps every class in its room. {@code docs/architecture.md} shows the rooms.
 */
class ArchitectureTests {

	private static final String ROOT = House.ROOT + ".";

	/** The package of what the author of a handler imports. */
	private static final String API = "";

	/** The package that every other one may use. */
	private static final String TIME = "time";

	/**
	 * Which packages of ours each package may use. Those of the auto-configuration may
	 * use all.
	 */
	private static final Map<String, Set<String>> MAY_USE = Map
		.ofEntries(entry(TIME, Set.of()), entry("protocol", Set.of()), entry("money", Set.of("protocol")),
				entry(API, Set.of("protocol", "money")), entry("facilitator", Set.of("protocol", "money")),
				entry("facilitator.http", Set.of("facilitator", "protocol", "money")),
				entry("evm", Set.of("protocol", "money", "facilitator", API)),
				entry("evm.onchain", Set.of("evm", "protocol", "money", "facilitator", API)),
				entry("store", Set.of("protocol")), entry("store.jdbc", Set.of("store", "protocol")),
				entry("store.redis", Set.of("store", "protocol")),
				entry("payment", Set.of("protocol", "money", "facilitator", "store", API)),
				entry("pricing", Set.of("payment", "protocol", "money", "facilitator", API)),
				entry("discovery", Set.of("pricing", "protocol", "money", API)),
				entry("signin", Set.of("evm", "store", "protocol")),
				entry("access", Set.of("signin", "pricing", "payment", "store", "protocol", API)),
				entry("web.paywall", Set.of("payment", "protocol", "money")),
				entry("web",
						Set.of("access", "web.paywall", "pricing", "payment", "store", "protocol", "money",
								"facilitator", API)),
				entry("web.mpp", Set.of("web", "pricing", "payment", "evm", "protocol", "money")),
				entry("web.servlet",
						Set.of("web", "access", "pricing", "payment", "store", "protocol", "money", "facilitator",
								API)),
				entry("web.reactive", Set.of("web", "access", "pricing", "payment", "store", "protocol", "money", API)),
				entry("mcp", Set.of("pricing", "payment", "store", "protocol", "money", "facilitator", API)),
				entry("client", Set.of("protocol", "money", "evm", "store")),
				entry("client.mcp", Set.of("client", "protocol")),
				entry("observation", Set.of("payment", "facilitator", "client", "store", "protocol", "money", API)),
				entry("server", Set.of("protocol", "money", "facilitator", "pricing", "web", "web.servlet", API)));

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.withImportOption(new ImportOption.DoNotIncludeJars())
		.importPackages(House.ROOT);

	private static final House HOUSE = House.of(ClaimStep.class);

	private static final Set<String> READINGS = Set.of("System.nanoTime", "System.currentTimeMillis", "Instant.now");

	// Each of these lists may only shrink; entries that are not needed fail

	/** Classes outside the one transport that know servlets. */
	private static final Set<String> SERVLETS_AT_THE_WRONG_PLACE = Set.of(
			"autoconfigure.server.X402FacilitatorServerAutoConfiguration", "server.CallerTokens",
			"server.FacilitatorCallerResolver", "server.FacilitatorServerController");

	/** The only class that reads the time of the machine. */
	private static final Set<String> CLOCKS = Set.of("time.MonotonicClock");

	static Stream<String> rooms() {
		return MAY_USE.keySet().stream();
	}

	@ParameterizedTest
	@MethodSource("rooms")
	void roomUsesOnlyWhatItMay(String room) {
		classes().that(new DescribedPredicate<JavaClass>("are in the room '" + room + "'") {

			@Override
			public boolean test(JavaClass type) {
				return House.room(type).equals(room);
			}

		})
			.should()
			.onlyDependOnClassesThat(new DescribedPredicate<JavaClass>("are foreign or in " + MAY_USE.get(room)) {

				@Override
				public boolean test(JavaClass type) {
					return !House.isOurs(type) || House.room(type).equals(room) || House.room(type).equals(TIME)
							|| MAY_USE.get(room).contains(House.room(type));
				}

			})
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void everyRoomHasARule() {
		assertThat(CLASSES.stream().map(House::room).distinct()).isNotEmpty()
			.allMatch((room) -> room.startsWith("autoconfigure") || MAY_USE.containsKey(room));
	}

	@Test
	void rulesHaveNoCycles() {
		assertThat(House.cycles(MAY_USE)).isEmpty();
	}

	@Test
	void packagesHaveNoCycles() {
		assertThat(House.cycles(HOUSE.roomsUsed())).isEmpty();
	}

	@Test
	void classesOfAPackageHaveNoCycles() {
		assertThat(HOUSE.classCycles()).isEmpty();
	}

	@Test
	void onlyAutoConfigurationUsesSpringBoot() {
		noClasses().that()
			.resideOutsideOfPackage(ROOT + "autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(CLASSES);
	}

	@Test
	void onlyOneTransportUsesServlets() {
		noClasses().that()
			.resideOutsideOfPackages(ROOT + "web.servlet..", ROOT + "autoconfigure.web..")
			.and(areNot(SERVLETS_AT_THE_WRONG_PLACE))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.servlet..",
					"org.springframework.web.context..", "org.springframework.web.filter..")
			.check(CLASSES);
	}

	@Test
	void onlyOneTransportUsesWebFlux() {
		noClasses().that()
			.resideOutsideOfPackages(ROOT + "web.reactive..", ROOT + "autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.web.server..", "org.springframework.web.reactive",
					"org.springframework.web.reactive.result..", "org.springframework.web.reactive.handler..",
					"org.springframework.web.reactive.function.server..", "org.springframework.http.server.reactive..")
			.check(CLASSES);
	}

	@Test
	void onlyEvmUsesWeb3j() {
		noClasses().that()
			.resideOutsideOfPackage(ROOT + "evm..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.web3j..", "org.bouncycastle..")
			.check(CLASSES);
	}

	/**
	 * {@code javax.crypto} belongs to the module {@code java.base}.
	 */
	@Test
	void protocolUsesOnlyTheJdkAndJackson() {
		classes().that()
			.resideInAPackage(ROOT + "protocol..")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "javax.crypto..", ROOT + "protocol..", "tools.jackson..",
					"com.fasterxml.jackson.annotation..", "org.jspecify..")
			.check(CLASSES);
	}

	@Test
	void onlyOneClassMakesCodesAndComparesSecrets() {
		noClasses().that()
			.doNotHaveFullyQualifiedName(HmacSha256.class.getName())
			.should()
			.dependOnClassesThat()
			.haveFullyQualifiedName("javax.crypto.Mac")
			.orShould()
			.callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
			.check(CLASSES);
	}

	@Test
	void engineKnowsNoTransport() {
		noClasses().that()
			.resideInAnyPackage(House.ROOT, ROOT + "payment..", ROOT + "money..", ROOT + "store..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.web..", "org.springframework.http..",
					"java.net.http..")
			.check(CLASSES);
	}

	@Test
	void wireMessagesHoldNoInexactNumbers() {
		noClasses().that()
			.resideInAPackage(ROOT + "protocol..")
			.and()
			.doNotHaveSimpleName("JsonValues")
			.and()
			.doNotHaveSimpleName("PayloadDigest")
			.should()
			.dependOnClassesThat()
			.haveFullyQualifiedName("java.math.BigDecimal")
			.check(CLASSES);
	}

	@Test
	void nothingLogsPastCommonsLogging() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.slf4j..", "java.util.logging..")
			.check(CLASSES);
		noClasses().should()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.check(CLASSES);
	}

	/**
	 * Spring Cloud Function publishes beans of these types over HTTP, and Spring Cloud
	 * Stream binds the only one that there is.
	 */
	@Test
	void noBeanIsAFunctionOfTheApplication() {
		noMethods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.haveRawReturnType(resideInAPackage("java.util.function"))
			.check(CLASSES);
	}

	@Test
	void onlyClocksReadTheTime() {
		noClasses().that(areNot(CLOCKS))
			.should()
			.accessTargetWhere(new DescribedPredicate<JavaAccess<?>>("it reads the time of the machine") {

				@Override
				public boolean test(JavaAccess<?> access) {
					return READINGS.contains(access.getTargetOwner().getSimpleName() + "." + access.getName());
				}

			})
			.check(CLASSES);
	}

	@Test
	void listsHoldNoClassThatIsNotThere() {
		Set<String> names = CLASSES.stream().map(House::shortName).collect(Collectors.toSet());
		assertThat(names).containsAll(CLOCKS).containsAll(SERVLETS_AT_THE_WRONG_PLACE);
	}

	@Test
	void listOfClocksHoldsOnlyClassesThatReadTheTime() {
		assertThat(CLOCKS).allSatisfy((name) -> assertThat(CLASSES.stream()
			.filter((type) -> House.shortName(type).equals(name))
			.flatMap((type) -> type.getAccessesFromSelf().stream())
			.anyMatch((access) -> READINGS.contains(access.getTargetOwner().getSimpleName() + "." + access.getName())))
			.as(name)
			.isTrue());
	}

	@Test
	void listOfServletsHoldsOnlyClassesThatKnowThem() {
		assertThat(SERVLETS_AT_THE_WRONG_PLACE).allSatisfy((name) -> assertThat(CLASSES.stream()
			.filter((type) -> House.shortName(type).equals(name))
			.flatMap((type) -> type.getDirectDependenciesFromSelf().stream())
			.map((dependency) -> dependency.getTargetClass().getPackageName())
			.anyMatch((used) -> used
				.matches("jakarta\\.servlet.*|org\\.springframework\\.web\\.(servlet|context|filter).*")))
			.as(name)
			.isTrue());
	}

	@Test
	void onlyAutoConfigurationChoosesTheClock() {
		noClasses().that()
			.resideOutsideOfPackage(ROOT + "autoconfigure..")
			.should()
			.accessTargetWhere(new DescribedPredicate<JavaAccess<?>>("it is the clock of the machine") {

				@Override
				public boolean test(JavaAccess<?> access) {
					return access.getTargetOwner().isEquivalentTo(Clock.class) && access.getName().startsWith("system");
				}

			})
			.check(CLASSES);
	}

	@Test
	void onlyTheProtocolKnowsTheNamespaceOfEvmNetworks() throws IOException {
		assertThat(sources("\"eip155")).containsExactly("EvmFamily.java");
	}

	private static DescribedPredicate<JavaClass> areNot(Set<String> names) {
		return new DescribedPredicate<>("are not in " + names) {

			@Override
			public boolean test(JavaClass type) {
				return !names.contains(House.shortName(type));
			}

		};
	}

	/**
	 * Constants are inlined, so the compiled classes do not show who spells them.
	 */
	private static List<String> sources(String text) throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.filter((file) -> contains(file, text))
				.map((file) -> file.getFileName().toString())
				.sorted()
				.toList();
		}
	}

	private static boolean contains(Path file, String text) {
		try {
			return Files.readString(file).contains(text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
