/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import io.x402.sample.buyer.Transcript.Wallet;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lets the built-in buyer buy, for free. It buys from this shop only.
 */
@RestController
final class BuyController {

	private final Buyer buyer;

	BuyController(Buyer buyer) {
		this.buyer = buyer;
	}

	@GetMapping("/buy")
	Transcript buy(@RequestParam ShopPath path, @RequestParam(required = false) @Nullable String body,
			HttpServletRequest request) {
		return this.buyer.buy(path, request.getLocalPort(), body);
	}

	@GetMapping("/wallet")
	Wallet wallet() {
		return this.buyer.wallet();
	}

}
