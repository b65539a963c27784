/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.money.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What only payments need is not loaded by the start of an application that sells.
 */
@Timeout(300)
class StartedClassesTests {

	private static final String CLASS_PATH = System.getProperty("java.class.path");

	/** The condition on web3j loads this class, and does not initialize it. */
	private static final String CONDITION = "org.web3j.crypto.Sign";

	/** What an application leaves out that has no use for metrics. */
	private static final Pattern METRICS = Pattern
		.compile("micrometer-(core|metrics|jakarta9|registry)|spring-boot-micrometer"
				+ "|spring-boot-actuator|spring-boot-health|HdrHistogram");

	@TempDir
	private Path directory;

	@Test
	void whenNothingIsPricedThenNetworksAreNotRead() throws Exception {
		assertThat(classesOfStart(Application.class, CLASS_PATH)).contains(Networks.class.getName())
			.doesNotContain(Networks.class.getPackageName() + ".ShippedNetworks");
	}

	@Test
	void whenApplicationStartsWithoutMetricsThenNeitherCryptographyNorHttpClientNorJsonOfOffersIsLoaded()
			throws Exception {
		List<String> classes = classesOfStart(SellingApplication.class,
				Stream.of(CLASS_PATH.split(File.pathSeparator))
					.filter((entry) -> !METRICS.matcher(entry).find())
					.collect(Collectors.joining(File.pathSeparator)));
		assertThat(classes).doesNotContain("io.micrometer.core.instrument.MeterRegistry");
		assertThat(classes).contains(PaymentRequired.class.getName(), Shop.class.getName());
		assertThat(classes).filteredOn((name) -> !name.equals(CONDITION))
			.filteredOn(StartedClassesTests::isForPaymentsOnly)
			.isEmpty();
	}

	private List<String> classesOfStart(Class<?> application, String classPath)
			throws IOException, InterruptedException {
		Path log = this.directory.resolve("classes");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xlog:class+load:file=" + log + "", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
				classPath, application.getName())
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("output").toFile())
			.start();
		assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
		assertThat(process.exitValue()).as(Files.readString(this.directory.resolve("output"))).isZero();
		try (Stream<String> lines = Files.lines(log)) {
			return lines.map(StartedClassesTests::className).toList();
		}
	}

	private static boolean isForPaymentsOnly(String name) {
		return name.startsWith("org.bouncycastle.") || name.startsWith("org.web3j.") || name.startsWith("fr.acinq.")
				|| name.equals("io.x402.spring.protocol.PaymentRequirementsV1")
				|| name.equals("io.x402.spring.web.paywall.CompactScript")
				|| name.equals("tools.jackson.databind.ser.BeanSerializerBuilder")
				|| name.equals("jdk.internal.net.http.HttpClientImpl")
				|| name.equals("org.springframework.web.reactive.function.client.DefaultWebClient");
	}

	private static String className(String line) {
		return line.replaceFirst("^(\\[[^]]*])+ ", "").replaceFirst(" .*", "");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		public static void main(String[] arguments) {
			start(Application.class);
		}

		static void start(Class<?> application) {
			ApplicationListener<ApplicationStartedEvent> end = (event) -> Runtime.getRuntime().halt(0);
			new SpringApplicationBuilder(application).listeners(end)
				.run("--server.port=0", "--" + Startup.PAY_TO, "--x402.facilitator.url=http://localhost:1",
						"--spring.docker.compose.enabled=false");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Application.class, Shop.class })
	static class SellingApplication {

		public static void main(String[] arguments) {
			Application.start(SellingApplication.class);
		}

	}

	@RestController
	static class Shop {

		@PaymentRequired(price = "$0.01")
		@GetMapping("/weather")
		String weather() {
			return "sunny";
		}

	}

}
