/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.facilitator.X402FacilitatorProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The manifests of Kubernetes that the documentation shows are what the API server
 * accepts, fit each other, and leave a settlement the time that it may take.
 */
class DocumentedManifestsTests {

	private static final Map<String, String> VERSIONS = Map.of("Deployment", "apps/v1", "Ingress",
			"networking.k8s.io/v1", "Service", "v1", "ConfigMap", "v1");

	static Stream<Snippet> manifests() {
		return snippets("kind:");
	}

	private static Stream<Snippet> snippets(String line) {
		return Snippet.in(Snippet.pages())
			.filter((snippet) -> snippet.language().equals("yaml"))
			.filter((snippet) -> snippet.text().lines().anyMatch((each) -> each.startsWith(line)));
	}

	@Test
	void bothAreFound() {
		assertThat(manifests().map((snippet) -> text(parse(snippet), "kind"))).contains("Deployment", "Ingress");
	}

	@ParameterizedTest
	@MethodSource("manifests")
	void whenManifestIsAppliedThenItIsOneOfItsKind(Snippet snippet) {
		Map<String, Object> manifest = parse(snippet);
		assertThat(manifest.keySet()).isSubsetOf("apiVersion", "kind", "metadata", "spec", "data");
		assertThat(VERSIONS).containsEntry(text(manifest, "kind"), text(manifest, "apiVersion"));
		assertThat(text(map(manifest, "metadata"), "name")).matches("[a-z0-9-]+");
		switch (text(manifest, "kind")) {
			case "Deployment" -> checkDeployment(map(manifest, "spec"));
			case "Ingress" -> checkIngress(manifest);
			default -> assertThat(manifest).containsKey("spec");
		}
	}

	private static void checkDeployment(Map<String, Object> spec) {
		assertThat(spec.keySet()).isSubsetOf("replicas", "selector", "template", "strategy");
		Map<String, Object> template = map(spec, "template");
		assertThat(map(map(spec, "selector"), "matchLabels")).isEqualTo(map(map(template, "metadata"), "labels"));
		Map<String, Object> pod = map(template, "spec");
		assertThat(pod.keySet()).isSubsetOf("terminationGracePeriodSeconds", "containers", "volumes");
		assertThat(list(pod, "containers")).isNotEmpty()
			.allSatisfy((container) -> checkContainer(container, (int) pod.get("terminationGracePeriodSeconds")));
	}

	private static void checkContainer(Map<String, Object> container, int grace) {
		assertThat(container.keySet())
			.isSubsetOf("name", "image", "ports", "envFrom", "env", "lifecycle", "readinessProbe", "livenessProbe",
					"resources", "volumeMounts")
			.contains("name", "image");
		List<Object> ports = list(container, "ports").stream().map((port) -> port.get("containerPort")).toList();
		for (String probe : List.of("readinessProbe", "livenessProbe")) {
			Map<String, Object> request = map(map(container, probe), "httpGet");
			assertThat(ports).contains(request.get("port"));
			assertThat(request).containsEntry("path",
					"/actuator/health/" + probe.substring(0, probe.length() - "Probe".length()));
		}
		int pause = (int) map(map(map(container, "lifecycle"), "preStop"), "sleep").get("seconds");
		Duration shutdown = shutdownPhase();
		assertThat(shutdown).isGreaterThan(settleTimeout());
		assertThat(Duration.ofSeconds(grace)).isGreaterThan(shutdown.plusSeconds(pause));
	}

	private static void checkIngress(Map<String, Object> manifest) {
		Map<String, Object> annotations = map(map(manifest, "metadata"), "annotations");
		String prefix = "nginx.ingress.kubernetes.io/";
		assertThat(annotations).allSatisfy((name, value) -> {
			assertThat(name).startsWith(prefix);
			assertThat(value).as("annotations are strings").isInstanceOf(String.class);
		});
		assertThat(DataSize.parse(annotations.get(prefix + "proxy-buffer-size").toString().toUpperCase() + "B"))
			.isGreaterThan(DataSize.ofKilobytes(6));
		assertThat(Duration.ofSeconds(Long.parseLong(annotations.get(prefix + "proxy-read-timeout").toString())))
			.isGreaterThan(settleTimeout());
		assertThat(list(map(manifest, "spec"), "rules")).isNotEmpty()
			.allSatisfy((rule) -> assertThat(list(map(rule, "http"), "paths")).isNotEmpty().allSatisfy((path) -> {
				assertThat(path.get("pathType")).isIn(Set.of("Prefix", "Exact", "ImplementationSpecific"));
				Map<String, Object> service = map(map(path, "backend"), "service");
				assertThat(service.keySet()).containsExactly("name", "port");
				assertThat(map(service, "port")).containsKey("number");
			}));
	}

	@Test
	void whenGracePeriodIsShorterThanASettlementThenManifestIsFound() {
		Snippet deployment = manifests().filter((snippet) -> snippet.text().contains("kind: Deployment"))
			.findFirst()
			.orElseThrow();
		Snippet hasty = new Snippet(Path.of("docs/page.md"), 1, "yaml",
				deployment.text().replace("terminationGracePeriodSeconds: 120", "terminationGracePeriodSeconds: 30"));
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> whenManifestIsAppliedThenItIsOneOfItsKind(hasty));
	}

	/**
	 * The time that the application of the same page takes to shut down.
	 */
	private static Duration shutdownPhase() {
		return snippets("spring:").filter((snippet) -> snippet.page().endsWith("kubernetes.md"))
			.map((snippet) -> map(map(parse(snippet), "spring"), "lifecycle"))
			.map((lifecycle) -> DurationStyle.detectAndParse(text(lifecycle, "timeout-per-shutdown-phase")))
			.findFirst()
			.orElseThrow();
	}

	private static Duration settleTimeout() {
		Duration[] timeout = new Duration[1];
		Startup.engine()
			.run((context) -> timeout[0] = context.getBean(X402FacilitatorProperties.class).settleTimeout());
		return timeout[0];
	}

	private static Map<String, Object> parse(Snippet snippet) {
		LoaderOptions strict = new LoaderOptions();
		strict.setAllowDuplicateKeys(false);
		return cast(new Yaml(new SafeConstructor(strict)).load(snippet.text()));
	}

	private static String text(Map<String, Object> owner, String name) {
		return String.valueOf(owner.get(name));
	}

	private static Map<String, Object> map(Map<String, Object> owner, String name) {
		assertThat(owner).containsKey(name);
		return cast(owner.get(name));
	}

	private static List<Map<String, Object>> list(Map<String, Object> owner, String name) {
		assertThat(owner.get(name)).as(name).isInstanceOf(List.class);
		return ((List<?>) owner.get(name)).stream().map(DocumentedManifestsTests::cast).toList();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> cast(Object value) {
		assertThat(value).isInstanceOf(Map.class);
		return (Map<String, Object>) value;
	}

}
