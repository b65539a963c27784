/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedOffer;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Puts the gate into the call path of tools, of all four kinds of servers. Safe for
 * concurrent use.
 */
final class ToolSpecifications {

	private final ToolGate gate;

	/**
	 * The descriptions of tools whose calls pass the gate, as long as a server holds
	 * them.
	 */
	private final List<WeakReference<Tool>> gated = new CopyOnWriteArrayList<>();

	ToolSpecifications(ToolGate gate) {
		this.gate = gate;
	}

	/**
	 * Return whether the calls of a tool of a server pass the gate.
	 */
	boolean isGated(Tool tool) {
		return this.gated.stream().anyMatch((known) -> known.refersTo(tool));
	}

	/**
	 * Put the gate before a tool.
	 * @param specification a specification of any kind
	 * @return the same kind of specification, or what was given if it is none
	 */
	Object gate(Object specification) {
		SpecifiedTool specified = SpecifiedTool.of(specification);
		if (specified == null || isGated(specified)) {
			return specification;
		}
		if (specification instanceof McpServerFeatures.SyncToolSpecification sync) {
			return sync(sync);
		}
		if (specification instanceof McpServerFeatures.AsyncToolSpecification async) {
			return async(async);
		}
		return (specification instanceof McpStatelessServerFeatures.SyncToolSpecification sync) ? sync(sync)
				: async((McpStatelessServerFeatures.AsyncToolSpecification) specification);
	}

	/**
	 * A listed description can be given to a server again, with another handler.
	 */
	private boolean isGated(SpecifiedTool specified) {
		return isGated(specified.tool()) && specified.handler() instanceof GatedHandler;
	}

	/**
	 * Check that the calls of a tool of a server pass the gate if it has a price.
	 * @throws InvalidPricingException if they do not
	 */
	void check(Tool tool) {
		if (!isGated(tool) && this.gate.pricing().isPriced(tool.name())) {
			throw ungated(tool);
		}
	}

	static InvalidPricingException ungated(Tool tool) {
		return new InvalidPricingException("name", tool.name(),
				"the tool has a price, but its server was given it in a way that calls do not pass the payment gate",
				"Declare its specification, or a list of them, as a bean, or add it with addTool of the server bean.")
			.of("tool " + tool.name());
	}

	private McpServerFeatures.SyncToolSpecification sync(McpServerFeatures.SyncToolSpecification specification) {
		Tool tool = describe(specification.tool());
		var handler = GatedHandler.original(specification.callHandler());
		return new McpServerFeatures.SyncToolSpecification(tool,
				new GatedHandler<>(handler,
						(exchange, request) -> call(tool, request, (free) -> handler.apply(exchange, free),
								(run) -> handler.apply(AnnouncingExchange.of(exchange, run), run.request()))));
	}

	private McpStatelessServerFeatures.SyncToolSpecification sync(
			McpStatelessServerFeatures.SyncToolSpecification specification) {
		Tool tool = describe(specification.tool());
		var handler = GatedHandler.original(specification.callHandler());
		return new McpStatelessServerFeatures.SyncToolSpecification(tool,
				new GatedHandler<>(handler, (context, request) -> call(tool, request,
						(free) -> handler.apply(context, free), (run) -> handler.apply(context, run.request()))));
	}

	private McpServerFeatures.AsyncToolSpecification async(McpServerFeatures.AsyncToolSpecification specification) {
		Tool tool = describe(specification.tool());
		var handler = GatedHandler.original(specification.callHandler());
		return new McpServerFeatures.AsyncToolSpecification(tool,
				new GatedHandler<>(handler,
						(exchange, request) -> callAsync(tool, request, (free) -> handler.apply(exchange, free),
								(run) -> handler.apply(AnnouncingExchange.of(exchange, run), run.request()))));
	}

	private McpStatelessServerFeatures.AsyncToolSpecification async(
			McpStatelessServerFeatures.AsyncToolSpecification specification) {
		Tool tool = describe(specification.tool());
		var handler = GatedHandler.original(specification.callHandler());
		return new McpStatelessServerFeatures.AsyncToolSpecification(tool,
				new GatedHandler<>(handler, (context, request) -> callAsync(tool, request,
						(free) -> handler.apply(context, free), (run) -> handler.apply(context, run.request()))));
	}

	private CallToolResult call(Tool tool, CallToolRequest request, Function<CallToolRequest, CallToolResult> free,
			Function<PaidRun, CallToolResult> paid) {
		return this.gate.begin(tool, request).fold(free, Function.identity(), (run) -> run(tool, run, paid));
	}

	private static CallToolResult run(Tool tool, PaidRun run, Function<PaidRun, CallToolResult> paid) {
		CallToolResult result;
		try {
			result = paid.apply(run);
			if (result == null) {
				throw new IllegalStateException("Tool " + tool.name() + " has no result");
			}
		}
		catch (RuntimeException | Error ex) {
			CallToolResult refusal = run.fail();
			if (refusal == null) {
				throw ex;
			}
			return refusal;
		}
		return run.end(result);
	}

	/**
	 * A paid call goes on without its client, who can collect the result.
	 */
	private Mono<CallToolResult> callAsync(Tool tool, CallToolRequest request,
			Function<CallToolRequest, Mono<CallToolResult>> free, Function<PaidRun, Mono<CallToolResult>> paid) {
		if (!this.gate.pricing().isPriced(request.name())) {
			return free.apply(new ToolAdmission.Free(request).request());
		}
		Mono<CallToolResult> whole = Mono.fromCallable(() -> this.gate.begin(tool, request))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((admission) -> admission.fold(free, Mono::just, (run) -> runAsync(tool, run, paid)));
		return Mono.deferContextual((context) -> Mono.fromFuture(whole.contextWrite(context).toFuture(), true));
	}

	private static Mono<CallToolResult> runAsync(Tool tool, PaidRun run, Function<PaidRun, Mono<CallToolResult>> paid) {
		return Mono.defer(() -> paid.apply(run))
			.switchIfEmpty(Mono.error(() -> new IllegalStateException("Tool " + tool.name() + " has no result")))
			.onErrorResume((ex) -> Mono.fromCallable(run::fail)
				.subscribeOn(Schedulers.boundedElastic())
				.switchIfEmpty(Mono.error(ex)))
			.publishOn(Schedulers.boundedElastic())
			.map(run::end);
	}

	/**
	 * Return a copy of a description with the price. Only copies count as gated, so that
	 * a description that is used again does not.
	 */
	private Tool describe(Tool tool) {
		Tool described = new Tool(tool.name(), tool.title(), tool.description(), tool.inputSchema(),
				tool.outputSchema(), tool.annotations(), meta(tool), tool.icons());
		this.gated.removeIf((known) -> known.refersTo(null));
		this.gated.add(new WeakReference<>(described));
		return described;
	}

	private @Nullable Map<String, Object> meta(Tool tool) {
		Pricing pricing = this.gate.price(tool.name());
		if (pricing == null || pricing.isFree()) {
			return tool.meta();
		}
		Map<String, Object> meta = new LinkedHashMap<>((tool.meta() != null) ? tool.meta() : Map.of());
		meta.put("agents-x402/paymentRequired", true);
		PricedOffer offer = pricing.offers().get(0);
		if (offer.price().matches("\\$\\d+(\\.\\d+)?")) {
			meta.put("agents-x402/priceUSD", new BigDecimal(offer.price().substring(1)));
		}
		PaymentRequirements requirements = offer.requirements();
		if (requirements != null) {
			meta.put("x402", Map.of("scheme", requirements.scheme(), "network", requirements.network(), "amount",
					requirements.amount().toString(), "asset", requirements.asset(), "payTo", requirements.payTo()));
		}
		return meta;
	}

}
