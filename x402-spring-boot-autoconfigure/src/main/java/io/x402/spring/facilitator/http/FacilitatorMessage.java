/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.protocol.GasSponsorship;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirementsV1;
import io.x402.spring.protocol.ResourceInfo;
import io.x402.spring.protocol.Schemes;

/**
 * The body of {@code /verify} and {@code /settle}. It holds the seller's own offer and
 * resource, without the query of its URL, and of what the buyer sent only the scheme
 * payload, on EVM networks written again from what was understood, and the permit or
 * approval of extensions {@code eip2612GasSponsoring} and
 * {@code erc20ApprovalGasSponsoring}. What describes the resource to catalogues is the
 * seller's own.
 */
final class FacilitatorMessage {

	private FacilitatorMessage() {
	}

	static Map<String, Object> of(FacilitatorRequest request) {
		PaymentPayload payload = request.payload();
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("x402Version", payload.version().number());
		if (payload instanceof PaymentPayload.V1 v1) {
			message.put("paymentPayload", new PaymentPayload.V1(payload.version().number(),
					request.requirements().scheme(), v1.network(), schemePayload(request)));
			message.put("paymentRequirements",
					PaymentRequirementsV1.of(request.requirements(), v1.network(), withoutQuery(request.resource())));
		}
		else {
			message.put("paymentPayload", payloadV2(request));
			message.put("paymentRequirements", request.requirements());
		}
		return message;
	}

	private static Map<String, Object> payloadV2(FacilitatorRequest request) {
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("x402Version", request.payload().version().number());
		payload.put("resource", withoutQuery(request.resource()));
		payload.put("accepted", request.accepted());
		payload.put("payload", schemePayload(request));
		Map<String, Object> extensions = new LinkedHashMap<>(request.declared());
		Map<String, String> permit = GasSponsorship.of(request.payload());
		if (permit != null) {
			extensions.put(GasSponsorship.KEY, Map.of("info", permit));
		}
		Map<String, String> approval = GasSponsorship.approval(request.payload(), request.accepted(), request.payer());
		if (approval != null) {
			extensions.put(GasSponsorship.APPROVAL_KEY, Map.of("info", approval));
		}
		if (!extensions.isEmpty()) {
			payload.put("extensions", extensions);
		}
		return payload;
	}

	private static Map<String, Object> schemePayload(FacilitatorRequest request) {
		return Schemes.of(request.requirements()).isUnderstood() ? request.signed().toMap()
				: request.payload().payload();
	}

	private static ResourceInfo withoutQuery(ResourceInfo resource) {
		String url = resource.url();
		int end = 0;
		while (end < url.length() && url.charAt(end) != '?' && url.charAt(end) != '#') {
			end++;
		}
		return resource.at(url.substring(0, end));
	}

}
