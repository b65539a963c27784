/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.payment.Abandonment;
import io.x402.spring.payment.CommitPoint;
import io.x402.spring.payment.CommitPoint.Progress;
import io.x402.spring.payment.CommitPoint.Verdict;
import io.x402.spring.payment.PaymentRefusal;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One run of a paid tool: holds its result until the payment is settled. Safe for
 * concurrent use.
 */
final class PaidRun {

	private static final Log logger = LogFactory.getLog(PaidRun.class);

	private static final int SUCCESS = 200;

	private static final int ERROR = 500;

	/**
	 * Held while a payment is settled, which a virtual thread may do without its carrier.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final Tool tool;

	private final CallToolRequest request;

	private final CommitPoint commit;

	private final ToolResults results;

	private final Function<PaymentRefusal, CallToolResult> refusals;

	private @Nullable PaymentRefusal refusal;

	/**
	 * Create a run.
	 * @param tool the tool
	 * @param request the call as its handler sees it
	 * @param commit decides about the result
	 * @param results writes results
	 * @param refusals writes refusals
	 */
	PaidRun(Tool tool, CallToolRequest request, CommitPoint commit, ToolResults results,
			Function<PaymentRefusal, CallToolResult> refusals) {
		this.tool = tool;
		this.request = request;
		this.commit = commit;
		this.results = results;
		this.refusals = refusals;
	}

	CallToolRequest request() {
		return this.request;
	}

	/**
	 * Make sure that a message to the client may leave before the result is known: settle
	 * the payment ahead.
	 * @throws IllegalStateException if it cannot be settled
	 */
	void announce() {
		this.lock.lock();
		try {
			settleAhead();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settleAhead() {
		if (this.refusal == null && !this.commit.isReleased()) {
			Verdict verdict = this.commit.releaseEarly(new Progress(SUCCESS, -1, 0, false));
			this.refusal = (verdict instanceof Verdict.Refuse refuse) ? refuse.refusal() : null;
		}
		if (!this.commit.isReleased()) {
			throw new IllegalStateException(
					"The payment of tool " + this.tool.name() + " was not settled, so that nothing may leave");
		}
		this.commit.delivering();
	}

	/**
	 * Decide about the result of the handler. May block while the payment is settled.
	 * @param result the result
	 * @return the result that the client gets
	 */
	CallToolResult end(CallToolResult result) {
		this.lock.lock();
		try {
			return decide(result);
		}
		finally {
			this.lock.unlock();
		}
	}

	private CallToolResult decide(CallToolResult result) {
		if (this.refusal != null) {
			return this.refusals.apply(this.refusal);
		}
		boolean error = Boolean.TRUE.equals(result.isError());
		CallToolResult complete;
		byte[] written;
		try {
			complete = error ? result : this.results.complete(this.tool, result);
			written = this.results.write(complete);
		}
		catch (RuntimeException | Error ex) {
			fail();
			logger.error("The result of paid tool " + this.tool.name() + " cannot be sent; nothing is charged for it",
					ex);
			return ToolResults.failed();
		}
		if (error && this.commit.isReleased()) {
			fail();
			return result;
		}
		Verdict verdict = this.commit.end(new Progress(error ? ERROR : SUCCESS, -1, written.length, false),
				() -> this.results.storable(written));
		if (verdict instanceof Verdict.Release) {
			this.commit.delivered();
			return this.results.paid(complete, this.commit.exchange().receipt());
		}
		if (verdict instanceof Verdict.Refuse refuse) {
			return this.refusals.apply(refuse.refusal());
		}
		return (verdict instanceof Verdict.Uncharged) ? result : ToolResults.failed();
	}

	/**
	 * The handler has failed.
	 * @return the refusal that it has failed for, or {@code null} if it is another
	 * failure
	 */
	@Nullable CallToolResult fail() {
		this.lock.lock();
		try {
			this.commit.abandon(Abandonment.SELLER_FAILURE);
			return (this.refusal != null) ? this.refusals.apply(this.refusal) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

}
