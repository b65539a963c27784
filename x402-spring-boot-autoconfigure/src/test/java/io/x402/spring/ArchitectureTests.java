package io.x402.spring;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.Map.entry;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the packages apart.
 */
class ArchitectureTests {

	private static final String ROOT = "io.x402.spring.";

	/** The package of what a handler's author imports. */
	private static final String HANDLER_API = "(root)";

	/** Which packages of ours each package may use. */
	private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(entry("protocol", Set.of()),
			entry("money", Set.of("protocol")), entry(HANDLER_API, Set.of("protocol", "money")),
			entry("facilitator", Set.of("protocol", "money")),
			entry("facilitator.http", Set.of("facilitator", "protocol", "money")),
			entry("evm", Set.of("protocol", "money", "facilitator", HANDLER_API)),
			entry("evm.onchain", Set.of("evm", "protocol", "money", "facilitator", HANDLER_API)),
			entry("store", Set.of("protocol")), entry("store.jdbc", Set.of("store", "protocol")),
			entry("store.redis", Set.of("store", "protocol")),
			entry("payment", Set.of("protocol", "money", "facilitator", "store", HANDLER_API)),
			entry("pricing", Set.of("payment", "protocol", "money", "facilitator", HANDLER_API)),
			entry("web", Set.of("pricing", "payment", "protocol", "money", "facilitator", HANDLER_API)),
			entry("web.servlet",
					Set.of("web", "pricing", "payment", "store", "protocol", "money", "facilitator", HANDLER_API)),
			entry("client", Set.of("protocol", "money", "evm", "store")),
			entry("observation", Set.of("payment", "facilitator", "client", "store", "protocol", "money", HANDLER_API)),
			entry("server", Set.of("protocol", "money", "facilitator", "pricing", "web", "web.servlet", HANDLER_API)));

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.withImportOption(new ImportOption.DoNotIncludeJars())
		.importPackages("io.x402.spring");

	static Stream<String> packages() {
		return MAY_USE.keySet().stream();
	}

	@ParameterizedTest
	@MethodSource("packages")
	void packageUsesOnlyWhatItMay(String name) {
		classes().that()
			.resideInAPackage(name.equals(HANDLER_API) ? "io.x402.spring" : ROOT + name)
			.should()
			.onlyDependOnClassesThat(new DescribedPredicate<JavaClass>("are foreign or of " + MAY_USE.get(name)) {

				@Override
				public boolean test(JavaClass type) {
					String other = packageOf(type);
					return other.isEmpty() || other.equals(name) || MAY_USE.get(name).contains(other);
				}

			})
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void everyPackageHasARule() {
		assertThat(CLASSES.stream().map(ArchitectureTests::packageOf).distinct()).isNotEmpty()
			.allMatch((name) -> name.startsWith("autoconfigure") || MAY_USE.containsKey(name));
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
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
	void onlyEvmUsesWeb3j() {
		noClasses().that()
			.resideOutsideOfPackage(ROOT + "evm..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.web3j..", "org.bouncycastle..")
			.check(CLASSES);
	}

	@Test
	void protocolUsesOnlyTheJdkAndJackson() {
		classes().that()
			.resideInAPackage(ROOT + "protocol..")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", ROOT + "protocol..", "tools.jackson..", "com.fasterxml.jackson.annotation..",
					"org.jspecify..")
			.check(CLASSES);
	}

	@Test
	void engineKnowsNoTransport() {
		noClasses().that()
			.resideInAnyPackage(ROOT + "payment..", ROOT + "money..", ROOT + "store..")
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
			.haveSimpleNameNotEndingWith("JsonValues")
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

	private static String packageOf(JavaClass type) {
		String name = type.getPackageName();
		if (name.equals("io.x402.spring")) {
			return HANDLER_API;
		}
		return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
	}

}
