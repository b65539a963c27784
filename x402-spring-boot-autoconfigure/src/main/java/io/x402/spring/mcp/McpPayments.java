/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;

import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedMethods;
import io.x402.spring.pricing.PricingCheck;
import io.x402.spring.pricing.ToolCatalog;
import io.x402.spring.protocol.PaymentCodec;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Payments for the tools of MCP servers: assembles what finds priced tools, puts a gate
 * before them and checks at startup that no call passes it by.
 *
 * @since 0.1.0
 */
public final class McpPayments implements PricedMethods {

	private final AnnotatedTools tools = new AnnotatedTools();

	private final ToolGateProcessor processor;

	/**
	 * Create an instance. It finds annotated methods while beans are created, so that it
	 * must exist before them.
	 * @param gate the gate, none if tools cannot be sold in this application
	 */
	public McpPayments(ObjectProvider<ToolGate> gate) {
		this.processor = new ToolGateProcessor(this.tools, gate);
	}

	/**
	 * Return what puts the gate before the tools of all specifications and servers that
	 * are beans.
	 * @return the processor, to be declared as a bean
	 */
	public BeanPostProcessor processor() {
		return this.processor;
	}

	/**
	 * Create a gate that asks for payment before a priced tool runs.
	 * @param pricing creates prices
	 * @param offers the offers of the configuration; several for one tool are
	 * alternatives
	 * @param processor takes payments
	 * @param settings how calls are read and responded to
	 * @return the gate
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	public ToolGate gate(HandlerPricing pricing, List<ToolOffer> offers, PaymentProcessor processor,
			ToolSettings settings) {
		return new PaidToolGate(new ToolPricing(pricing, this.tools, offers), processor, settings);
	}

	/**
	 * Create a gate that sells nothing and refuses all calls of priced tools.
	 * @param pricing creates prices
	 * @param offers the offers of the configuration
	 * @param codec encodes refusals
	 * @return the gate
	 * @throws InvalidPricingException if an offer cannot be made
	 */
	public ToolGate closedGate(HandlerPricing pricing, List<ToolOffer> offers, PaymentCodec codec) {
		return new ClosedToolGate(new ToolPricing(pricing, this.tools, offers), codec);
	}

	/**
	 * Create the check at startup that the calls of all priced tools pass the gate. It
	 * logs which tools are paid and which are free.
	 * @param gate the gate
	 * @param check checks every price
	 * @param beanFactory where the servers are looked up
	 * @return the check, to be declared as a bean
	 */
	public SmartInitializingSingleton report(ToolGate gate, PricingCheck check, ListableBeanFactory beanFactory) {
		return new ToolReport(gate.pricing(), this.processor, check, beanFactory);
	}

	/**
	 * Create the list of the tools of all servers that are beans.
	 * @param gate the gate
	 * @param beanFactory where the servers are looked up
	 * @return the list, to be declared as a bean
	 * @since 0.2.0
	 */
	public ToolCatalog catalog(ToolGate gate, ListableBeanFactory beanFactory) {
		return new ServedTools(gate.pricing(), beanFactory);
	}

	/**
	 * Return the names of tools whose method is annotated.
	 * @return the names, sorted
	 */
	public Set<String> annotatedTools() {
		return this.tools.names();
	}

	@Override
	public boolean contains(Class<?> type, Method method) {
		return this.tools.contains(type, method);
	}

	@Override
	public boolean contains(Class<?> type) {
		return this.tools.contains(type);
	}

}
