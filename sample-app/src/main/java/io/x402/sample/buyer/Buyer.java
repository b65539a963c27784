/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.sample.buyer.Transcript.Wallet;
import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.autoconfigure.client.X402ClientProperties;
import io.x402.spring.client.PaymentRefusedException;
import io.x402.spring.client.Purchase;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestBodySpec;

/**
 * Buys from the shop over HTTP like any other customer, and tells what it did.
 */
@Component
public final class Buyer {

	private final AtomicReference<Wallet> wallet;

	private final PaymentSigner signer;

	private final Networks networks;

	private final RestClient.Builder clients;

	Buyer(X402ClientProperties properties, @Qualifier(X402ClientAutoConfiguration.QUALIFIER) RestClient.Builder clients,
			Networks networks) {
		this.signer = new PaymentSigner(new PrivateKeySigner(String.valueOf(properties.privateKey())));
		this.wallet = new AtomicReference<>(Wallet.of(this.signer.address()));
		this.clients = clients.bufferContent((uri, method) -> true);
		this.networks = networks;
	}

	/**
	 * Return the state of the wallet.
	 * @return the wallet
	 */
	public Wallet wallet() {
		return this.wallet.get();
	}

	/**
	 * Return what signs for the wallet.
	 * @return the signer
	 */
	public PaymentSigner signer() {
		return this.signer;
	}

	/**
	 * Note that the wallet has paid.
	 * @param tokens how much
	 */
	public void spent(BigDecimal tokens) {
		this.wallet.updateAndGet((before) -> before.plus(tokens));
	}

	/**
	 * Buy something.
	 * @param path what to buy
	 * @param port port of the shop
	 * @param body text to post, or {@code null} to get
	 * @return what happened
	 */
	Transcript buy(ShopPath path, int port, @Nullable String body) {
		HttpMethod method = (body != null) ? HttpMethod.POST : HttpMethod.GET;
		Recorder recorder = new Recorder();
		RequestBodySpec request = this.clients.clone()
			.requestInterceptor(recorder)
			.build()
			.method(method)
			.uri(path.on(port));
		if (body != null) {
			request.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8)).body(body);
		}
		buy(request, recorder);
		return recorder.transcript(method + " " + path.value(), this::name, wallet());
	}

	private void buy(RequestBodySpec request, Recorder recorder) {
		try {
			Purchase purchase = request.exchange((sent, answer) -> {
				answer.getBody().readAllBytes();
				return Purchase.of(sent);
			});
			recorder.bought(purchase);
			if (purchase != null && recorder.isSettled()) {
				BigDecimal paid = paid(purchase);
				if (paid != null) {
					spent(paid);
				}
			}
		}
		catch (PaymentRefusedException ex) {
			// The transcript shows that nothing was signed
		}
	}

	private static @Nullable BigDecimal paid(Purchase purchase) {
		BigDecimal price = purchase.terms().price();
		BigInteger charged = (purchase.receipt() != null) ? purchase.receipt().settledAmount() : null;
		return (price != null && charged != null) ? new BigDecimal(charged, price.scale()) : price;
	}

	private String name(String network) {
		Network known = this.networks.byId(network);
		return (known != null) ? known.name() : network;
	}

}
