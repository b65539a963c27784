/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Collection;
import java.util.List;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.protocol.SupportedResponse;
import io.x402.spring.protocol.VerifyResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and settles for other sellers what they send, which is as little trusted as
 * what buyers send. Knows no transport. Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class FacilitatorServer {

	private static final Log logger = LogFactory.getLog(FacilitatorServer.class);

	private final Facilitator facilitator;

	private final Settlements settlements;

	private final List<PayloadCheck> checks;

	private final Networks networks;

	private final PaymentCodec codec;

	private final AllowedRecipients recipients;

	/**
	 * Create a server.
	 * @param facilitator does the work
	 * @param checks checks to make before the facilitator is called, in order
	 * @param networks the known networks
	 * @param codec reads messages strictly
	 * @param recipients addresses of the recipients that may be paid, {@code *} for all
	 */
	public FacilitatorServer(Facilitator facilitator, List<PayloadCheck> checks, Networks networks, PaymentCodec codec,
			Collection<String> recipients) {
		this.facilitator = facilitator;
		this.settlements = new Settlements(facilitator, new ReceiptJudge(networks), Settlements.MAX_ENTRIES);
		this.checks = List.copyOf(checks);
		this.networks = networks;
		this.codec = codec;
		this.recipients = new AllowedRecipients(recipients);
	}

	/**
	 * Handle {@code /verify}.
	 * @param body what was sent
	 * @return the response
	 */
	public ServerResponse verify(byte[] body) {
		try {
			CallMessage message = check(body);
			return this.settlements.verify(message.request())
				.fold((valid) -> ServerResponse.message(new VerifyResponse(true, null, null, message.payer())),
						(invalid) -> ServerResponse
							.message(new VerifyResponse(false, invalid.reason(), null, message.payer())),
						(unavailable) -> {
							logger.warn("A payment could not be verified: " + unavailable.detail());
							return unavailable();
						});
		}
		catch (RefusedMessageException ex) {
			CallMessage message = ex.callMessage();
			return new ServerResponse(ex.status(),
					new VerifyResponse(false, ex.code(), null, (message != null) ? message.payer() : null));
		}
		catch (FacilitatorException ex) {
			logger.warn("A payment could not be verified: " + ex.getMessage());
			return unavailable();
		}
	}

	/**
	 * Handle {@code /settle}.
	 * @param body what was sent
	 * @return the response
	 */
	public ServerResponse settle(byte[] body) {
		try {
			CallMessage message = check(body);
			SettlementResult result = this.settlements.settle(message.request());
			return switch (result.kind()) {
				case NOT_SENT -> unavailable();
				case SETTLED -> settled(message, result);
				default -> ServerResponse.message(failure(message, result.reason(), result.transaction()));
			};
		}
		catch (RefusedMessageException ex) {
			CallMessage message = ex.callMessage();
			return new ServerResponse(ex.status(), (message != null) ? failure(message, ex.code(), null)
					: new SettlementResponse(false, ex.code(), null, null, "", "", null, null, null));
		}
		catch (FacilitatorException ex) {
			logger.warn("A payment could not be settled: " + ex.getMessage());
			return unavailable();
		}
	}

	/**
	 * Handle {@code /supported}.
	 * @return the response
	 */
	public ServerResponse supported() {
		try {
			return ServerResponse.message(this.facilitator.supported());
		}
		catch (FacilitatorException ex) {
			logger.warn("It is not known what is supported: " + ex.getMessage());
			return unavailable();
		}
	}

	private CallMessage check(byte[] body) throws RefusedMessageException {
		CallMessage message = CallReader.read(body, this.codec, this.networks);
		PaymentRequirements offer = message.request().requirements();
		requireSupported(message);
		if (!this.recipients.allow(offer)) {
			throw new RefusedMessageException(RefusedMessageException.RECIPIENT_NOT_ALLOWED, message);
		}
		if (!message.isForAcceptedOffer()) {
			throw new RefusedMessageException(ReasonCode.REQUIREMENTS_MISMATCH.code(), message);
		}
		for (PayloadCheck check : this.checks) {
			ReasonCode objection = check.check(message.request());
			if (objection != null) {
				throw new RefusedMessageException(objection.code(), message);
			}
		}
		return message;
	}

	private void requireSupported(CallMessage message) throws RefusedMessageException {
		SupportedResponse supported = this.facilitator.supported();
		ProtocolVersion version = message.version();
		PaymentRequirements offer = message.request().requirements();
		if (supported.supports(version, offer.scheme(), message.network())) {
			return;
		}
		boolean network = supported.kinds()
			.stream()
			.anyMatch((kind) -> kind.x402Version() == version.number() && kind.network().equals(message.network()));
		throw new RefusedMessageException(
				network ? RefusedMessageException.UNSUPPORTED_SCHEME : RefusedMessageException.INVALID_NETWORK,
				message);
	}

	private static ServerResponse settled(CallMessage message, SettlementResult result) {
		return ServerResponse.message(new SettlementResponse(true, null, null, result.payer(), result.transaction(),
				message.network(), (message.version() == ProtocolVersion.V2) ? result.amount() : null, null, null));
	}

	private static SettlementResponse failure(CallMessage message, @Nullable String reason,
			@Nullable String transaction) {
		return new SettlementResponse(false, reason, null, message.payer(), (transaction != null) ? transaction : "",
				message.network(), null, null, null);
	}

	private static ServerResponse unavailable() {
		return ServerResponse.error(503, ReasonCode.FACILITATOR_UNAVAILABLE.code());
	}

}
