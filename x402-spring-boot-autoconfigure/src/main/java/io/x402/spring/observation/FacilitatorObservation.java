/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.Locale;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.observation.FacilitatorObservationContext.Operation;
import io.x402.spring.observation.FacilitatorObservationContext.Outcome;
import io.x402.spring.protocol.ReasonCode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One observed call. Nothing that an observation handler, filter or convention throws
 * leaves this class: a settlement that moved money must not look like one that failed.
 */
final class FacilitatorObservation {

	private static final Log logger = LogFactory.getLog(FacilitatorObservation.class);

	private static final int MAX_TEXT = 128;

	private final ObservationRegistry registry;

	private final FacilitatorRequest request;

	private final FacilitatorObservationContext context;

	private final Observation.@Nullable Scope enclosing;

	private Observation observation = Observation.NOOP;

	private Observation.Scope scope = Observation.Scope.NOOP;

	FacilitatorObservation(ObservationRegistry registry, Operation operation, FacilitatorRequest request) {
		this.registry = registry;
		this.request = request;
		this.context = new FacilitatorObservationContext(operation, request.payload().version(),
				request.requirements());
		this.enclosing = registry.getCurrentObservationScope();
		this.context.setPayer(request.payer());
	}

	void start(@Nullable FacilitatorObservationConvention convention) {
		quietly(() -> {
			this.observation = observation(convention);
			this.observation.start();
			this.scope = this.observation.openScope();
		});
	}

	private Observation observation(@Nullable FacilitatorObservationConvention convention) {
		FacilitatorObservationDocumentation documentation = (this.context.getOperation() == Operation.VERIFY)
				? FacilitatorObservationDocumentation.VERIFY : FacilitatorObservationDocumentation.SETTLE;
		return (convention != null)
				? documentation.observation(this.registry, () -> this.context).observationConvention(convention)
				: Observation.createNotStarted(null,
						new DefaultFacilitatorObservationConvention(documentation.getName()), () -> this.context,
						this.registry);
	}

	void end(Outcome outcome, @Nullable ReasonCode reason, @Nullable String payer, @Nullable String transaction) {
		this.context.end(outcome, reason);
		if (this.context.getPayer() == null) {
			this.context.setPayer(harmless(payer));
		}
		this.context.setTransaction(harmless(transaction));
	}

	void fail(Outcome outcome, ReasonCode reason, RuntimeException failure) {
		this.context.end(outcome, reason);
		quietly(() -> this.observation.error(FacilitatorException.withoutText(failure)));
	}

	void stop() {
		quietly(this.scope::close);
		quietly(this.observation::stop);
		if (this.registry.getCurrentObservationScope() != this.enclosing) {
			this.registry.setCurrentObservationScope(this.enclosing);
		}
	}

	/**
	 * What a facilitator calls a payer or a transaction may be a piece of the payment.
	 */
	private @Nullable String harmless(@Nullable String text) {
		if (text == null || text.isBlank() || text.length() > MAX_TEXT) {
			return null;
		}
		String payment = this.request.payload().payload().toString().toLowerCase(Locale.ROOT);
		return payment.contains(text.toLowerCase(Locale.ROOT)) ? null : text;
	}

	private static void quietly(Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.error("A call of the facilitator could not be observed", ex);
		}
	}

}
