/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.common;

import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;

/**
 * Chooses the embedded simulated facilitator while {@code x402.facilitator.url} names no
 * other, so that a sample works offline, without a wallet and without a chain.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("'${x402.facilitator.url:}'.isEmpty()")
@PropertySource("classpath:simulated-facilitator.properties")
public class SimulatedFacilitatorConfiguration {

}
