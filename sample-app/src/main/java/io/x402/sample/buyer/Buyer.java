package io.x402.sample.buyer;

import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.sample.buyer.Transcript.Answer;
import io.x402.sample.buyer.Transcript.Authorization;
import io.x402.sample.buyer.Transcript.Wallet;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.money.Asset;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.Eip3009Payload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestBodySpec;

/**
 * Buys from the shop over HTTP like any other customer: asks, reads the offers of the 402
 * answer, signs the first one it can pay and asks again. It follows no redirects.
 */
@Component
final class Buyer {

	/**
	 * The whole world knows this private key: it is account 6 of the mnemonic "test test
	 * test test test test test test test test test junk". NEVER send anything of value to
	 * its address, and never write a key of your own into source code.
	 */
	private static final String PUBLIC_DEVELOPMENT_KEY = "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";

	private static final int EXCERPT_BYTES = 2000;

	private static final List<MediaType> TEXTUAL = List.of(new MediaType("text"), MediaType.APPLICATION_JSON,
			new MediaType("application", "*+json"), new MediaType("image", "svg+xml"));

	private static final TypeReference<Map<String, Object>> JSON_OBJECT = new TypeReference<>() {
	};

	private final Eip3009Signer signer = new Eip3009Signer(PUBLIC_DEVELOPMENT_KEY);

	private final AtomicReference<Wallet> wallet = new AtomicReference<>(Wallet.of(this.signer.address()));

	private final PaymentCodec codec;

	private final Networks networks;

	private final JsonMapper json;

	private final RestClient http;

	Buyer(JsonMapper json, PaymentCodec codec, Networks networks) {
		this.json = json;
		this.codec = codec;
		this.networks = networks;
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
				HttpClient.newBuilder().followRedirects(Redirect.NEVER).build());
		requests.setReadTimeout(Duration.ofMinutes(1));
		this.http = RestClient.builder()
			.requestFactory(requests)
			.defaultStatusHandler((status) -> true, (request, response) -> {
			})
			.build();
	}

	/**
	 * Return the state of the wallet.
	 * @return the wallet
	 */
	Wallet wallet() {
		return this.wallet.get();
	}

	/**
	 * Buy something.
	 * @param path what to buy
	 * @param port port of the shop
	 * @param body text to post, or {@code null} to get
	 * @return what happened
	 */
	Transcript buy(ShopPath path, int port, @Nullable String body) {
		Order order = new Order(path, port, body);
		Answer unpaid = send(order, null);
		PaymentRequiredDocument terms = unpaid.paymentRequired();
		PaymentRequirements offer = (terms != null) ? payable(terms) : null;
		if (terms == null || offer == null) {
			return new Transcript(order.toString(), unpaid, null, null, wallet());
		}
		long start = System.nanoTime();
		Eip3009Payload signed = this.signer.sign(offer, Instant.now());
		long signing = millisSince(start);
		Network network = Objects.requireNonNull(this.networks.byId(offer.network()));
		Asset asset = network.asset(offer.asset());
		BigDecimal price = asset.toTokens(offer.amount());
		Answer paid = send(order, payment(terms, offer, signed));
		if (paid.isSettled()) {
			this.wallet.updateAndGet((wallet) -> wallet.plus(price));
		}
		return new Transcript(
				order.toString(), unpaid, Authorization.of(signed,
						price.stripTrailingZeros().toPlainString() + " " + asset.symbol(), network.name(), signing),
				paid, wallet());
	}

	private @Nullable PaymentRequirements payable(PaymentRequiredDocument terms) {
		return terms.accepts()
			.stream()
			.filter((offer) -> offer.scheme().equals("exact") && this.networks.byId(offer.network()) != null
					&& offer.extraText("name") != null && offer.extraText("version") != null
					&& offer.extraText(PaymentRequirements.ASSET_TRANSFER_METHOD) == null)
			.findFirst()
			.orElse(null);
	}

	private String payment(PaymentRequiredDocument terms, PaymentRequirements offer, Eip3009Payload signed) {
		return this.codec.encode(new PaymentPayload.V2(ProtocolVersion.V2.number(),
				this.json.convertValue(terms.resource(), JSON_OBJECT), this.json.convertValue(offer, JSON_OBJECT),
				signed.toMap(), null));
	}

	private Answer send(Order order, @Nullable String payment) {
		long start = System.nanoTime();
		RequestBodySpec request = this.http.method(order.method()).uri(order.path().on(order.port()));
		if (order.body() != null) {
			request.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8)).body(order.body());
		}
		if (payment != null) {
			request.header(ProtocolVersion.V2.paymentHeader(), payment);
		}
		ResponseEntity<byte[]> response = request.retrieve().toEntity(byte[].class);
		MediaType type = response.getHeaders().getContentType();
		byte[] body = (response.getBody() != null) ? response.getBody() : new byte[0];
		return new Answer(response.getStatusCode().value(), millisSince(start),
				decode(response, ProtocolVersion.PAYMENT_REQUIRED_HEADER, PaymentRequiredDocument.class),
				decode(response, ProtocolVersion.V2.receiptHeader(), SettlementResponse.class),
				(type != null) ? type.toString() : null, body.length, excerpt(type, body));
	}

	private <T> @Nullable T decode(ResponseEntity<?> response, String header, Class<T> type) {
		String value = response.getHeaders().getFirst(header);
		return (value != null) ? this.codec.decode(value, type) : null;
	}

	private static @Nullable String excerpt(@Nullable MediaType type, byte[] body) {
		if (type == null || TEXTUAL.stream().noneMatch((textual) -> textual.includes(type))) {
			return null;
		}
		return new String(Arrays.copyOf(body, Math.min(body.length, EXCERPT_BYTES)), StandardCharsets.UTF_8);
	}

	private static long millisSince(long start) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
	}

	private record Order(ShopPath path, int port, @Nullable String body) {

		HttpMethod method() {
			return (this.body != null) ? HttpMethod.POST : HttpMethod.GET;
		}

		@Override
		public String toString() {
			return method() + " " + this.path.value();
		}

	}

}
