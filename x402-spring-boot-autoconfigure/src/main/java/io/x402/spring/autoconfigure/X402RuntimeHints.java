/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.sql.Connection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/**
 * What is found by name at run time: messages that Jackson reads and writes, files of
 * this library, and classes of optional libraries.
 */
final class X402RuntimeHints implements RuntimeHintsRegistrar {

	private static final String ROOT = "io.x402.spring.";

	/** Records that are components of these are included. */
	private static final List<String> MESSAGES = List.of("protocol.PaymentCodec$Versioned",
			"protocol.PaymentPayload$V1", "protocol.PaymentPayload$V2", "protocol.PaymentRequiredDocument",
			"protocol.PaymentRequirements", "protocol.PaymentRequirementsV1", "protocol.SettlementResponse",
			"protocol.SignInPayload", "protocol.SupportedResponse", "protocol.VerifyResponse",
			"payment.StoredRequests$Stored", "server.CallReader$Versioned", "server.CallReader$PayloadV1",
			"server.CallReader$PayloadV2", "server.CallReader$RequirementsV1", "server.CallReader$RequirementsV2",
			"client.PayingFetchTool$Call", "client.PaymentSearchTool$Search");

	private static final List<String> FILES = List.of("io/x402/spring/money/*.json",
			"io/x402/spring/autoconfigure/*.txt", "io/x402/spring/autoconfigure/*.properties",
			"io/x402/spring/autoconfigure/actuate/*.*", "io/x402/spring/web/paywall/*.*",
			"io/x402/spring/store/jdbc/*.sql", "io/x402/spring/store/redis/*.lua");

	/** Says where a connection comes from, whatever the headers of a request say. */
	private static final String NETTY_CONNECTION = "reactor.netty.http.server.ConnectionInformation";

	/** Looked for before what needs them is used. */
	static final List<String> LOOKED_FOR = List.of("java.net.http.HttpClient", "reactor.netty.http.client.HttpClient",
			"org.eclipse.jetty.reactive.client.ReactiveRequest",
			"org.apache.hc.core5.reactive.ReactiveResponseConsumer", "org.springframework.jdbc.core.simple.JdbcClient",
			"org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer",
			"org.springframework.data.redis.core.StringRedisTemplate", "jakarta.validation.constraints.NotNull",
			"com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule",
			"io.netty.util.internal.ThreadExecutorMap", "io.micrometer.context.ContextSnapshotFactory",
			NETTY_CONNECTION);

	/** The object and the method of a tool are read from it. */
	private static final String TOOL_CALLBACK = "org.springframework.ai.tool.method.MethodToolCallback";

	/** Its own code finds the library by its platform, and the exception by its name. */
	private static final String NATIVE_CURVE = "fr.acinq.secp256k1.";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
		for (String message : MESSAGES) {
			binding.registerReflectionHints(hints.reflection(),
					ClassUtils.resolveClassName(ROOT + message, classLoader));
		}
		FILES.forEach((file) -> hints.resources().registerPattern(file));
		LOOKED_FOR.forEach((type) -> hints.reflection().registerTypeIfPresent(classLoader, type));
		hints.reflection().registerTypeIfPresent(classLoader, TOOL_CALLBACK, MemberCategory.ACCESS_DECLARED_FIELDS);
		hints.reflection().registerTypeIfPresent(classLoader, NETTY_CONNECTION, MemberCategory.INVOKE_PUBLIC_METHODS);
		hints.proxies().registerJdkProxy(Connection.class);
		registerNativeCurve(hints, classLoader);
	}

	private static void registerNativeCurve(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		String loader = NATIVE_CURVE + "jni.NativeSecp256k1JvmLoader";
		if (ClassUtils.isPresent(NATIVE_CURVE + "Secp256k1", classLoader)) {
			hints.reflection().registerTypeIfPresent(classLoader, loader, MemberCategory.INVOKE_PUBLIC_METHODS);
			hints.jni()
				.registerType(TypeReference.of(NATIVE_CURVE + "Secp256k1Exception"),
						MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
			hints.resources().registerPattern("fr/acinq/secp256k1/jni/native/**");
		}
	}

}
