/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.HashMap;
import java.util.Map;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.pricing.ResourceDeclaration;
import io.x402.spring.protocol.InvalidPaymentException;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.ResourceInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks for payment before a priced tool runs. What it cannot decide it refuses.
 */
final class PaidToolGate extends ToolGate {

	private static final Log logger = LogFactory.getLog(PaidToolGate.class);

	private final PaymentProcessor processor;

	private final ToolPayments payments;

	private final ToolResults results;

	private final @Nullable ToolDeclarations declarations;

	/**
	 * Create a gate.
	 * @param pricing finds prices
	 * @param processor takes payments
	 * @param settings how calls are read and responded to
	 */
	PaidToolGate(ToolPricing pricing, PaymentProcessor processor, ToolSettings settings) {
		super(pricing);
		this.processor = processor;
		this.payments = new ToolPayments(settings.codec(), settings.versions());
		this.results = new ToolResults(settings);
		this.declarations = (settings.transport() != null) ? new ToolDeclarations(settings.transport()) : null;
	}

	@Override
	ToolAdmission begin(Tool tool, CallToolRequest request) {
		PricedRequest priced;
		PaymentOffers offers;
		try {
			priced = pricing().find(request, () -> declaration(tool));
			if (priced == null) {
				return new ToolAdmission.Free(request);
			}
			offers = priced.offers(ResourceInfo.toolUrl(request.name()));
		}
		catch (RuntimeException ex) {
			logger.error("Tool " + tool.name() + " is not available because its price cannot be found", ex);
			return new ToolAdmission.Answered(this.results.unavailable());
		}
		return (offers != null) ? pay(tool, request, priced, offers)
				: new ToolAdmission.Free(withPayment(request, null));
	}

	private ToolAdmission pay(Tool tool, CallToolRequest request, PricedRequest priced, PaymentOffers offers) {
		PaymentPayload payload;
		try {
			payload = this.payments.read(request);
		}
		catch (InvalidPaymentException ex) {
			return refuse(tool, priced, offers, ex.reason());
		}
		if (payload == null) {
			return refuse(tool, priced, offers, ReasonCode.PAYMENT_REQUIRED);
		}
		PaymentDecision decision = this.processor.process(priced.declaredTo(offers, payload), payload,
				ToolIdentity.of(tool, request));
		if (decision instanceof Refused refused) {
			return new ToolAdmission.Answered(refusal(tool, priced, offers, refused.refusal()));
		}
		if (decision instanceof Redelivered redelivered) {
			CallToolResult stored = this.results.read(redelivered.response());
			redelivered.record().run();
			return new ToolAdmission.Answered(this.results.paid(stored, redelivered.exchange().receipt()));
		}
		PaymentExchange exchange = ((Accepted) decision).exchange();
		return new ToolAdmission.Paid(new PaidRun(tool, withPayment(request, exchange.payment()),
				new CommitPoint(exchange, null), this.results, (refusal) -> refusal(tool, priced, offers, refusal)));
	}

	private @Nullable ResourceDeclaration declaration(Tool tool) {
		return (this.declarations != null) ? this.declarations.of(tool) : null;
	}

	private ToolAdmission refuse(Tool tool, PricedRequest priced, PaymentOffers offers, ReasonCode reason) {
		this.processor.refused(offers, reason);
		return new ToolAdmission.Answered(refusal(tool, priced, offers, PaymentRefusal.of(reason)));
	}

	private CallToolResult refusal(Tool tool, PricedRequest priced, PaymentOffers offers, PaymentRefusal refusal) {
		return this.results.refused(tool, priced.challenge(offers, refusal), priced.pricing());
	}

	/**
	 * The handler sees what was paid, and nothing of the signature.
	 */
	private static CallToolRequest withPayment(CallToolRequest request, @Nullable VerifiedPayment payment) {
		Map<String, Object> meta = (request.meta() != null) ? new HashMap<>(request.meta()) : new HashMap<>();
		meta.remove(ToolPayments.PAYMENT);
		meta.remove(VerifiedPayment.class.getName());
		if (payment != null) {
			meta.put(VerifiedPayment.class.getName(), payment);
		}
		return new CallToolRequest(request.name(), request.arguments(), meta);
	}

}
