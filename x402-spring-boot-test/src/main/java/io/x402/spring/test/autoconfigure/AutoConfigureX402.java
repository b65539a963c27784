/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Has payments of a test taken by a {@link io.x402.spring.test.ScriptedFacilitator
 * ScriptedFacilitator} in memory: no key, no chain, no network call. Without
 * {@code x402.pay-to}, a test address is paid. {@code @WebMvcTest} needs this annotation
 * no more than it needs {@code @AutoConfigureMockMvc}.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration(X402TestAutoConfiguration.class)
public @interface AutoConfigureX402 {

}
