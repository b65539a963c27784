package io.x402.spring.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.payment.PaymentExchange;
import io.x402.spring.payment.PaymentRefusal;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Writes receipts onto released responses and hands refusals to the entry point.
 */
public final class PaymentResponses {

	private static final String NO_STORE = "no-store";

	private static final Set<String> SHARED_CACHING = Set.of("public", "s-maxage", "proxy-revalidate");

	private final PaymentCodec codec;

	private final PaymentRequiredEntryPoint entryPoint;

	/**
	 * Create the writer.
	 * @param codec encodes receipts
	 * @param entryPoint answers requests that are not served
	 */
	public PaymentResponses(PaymentCodec codec, PaymentRequiredEntryPoint entryPoint) {
		this.codec = codec;
		this.entryPoint = entryPoint;
	}

	/**
	 * Answer a request that is not served.
	 * @param request the request
	 * @param response the response, not committed
	 * @param challenge what to tell the buyer
	 * @param version the version the buyer speaks
	 * @throws IOException if the buyer is gone
	 */
	void refuse(HttpServletRequest request, HttpServletResponse response, PaymentChallenge challenge,
			ProtocolVersion version) throws IOException {
		receipt(response, version, challenge.refusal().receipt());
		response.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		vary(response);
		this.entryPoint.commence(request, response, challenge);
	}

	/**
	 * Answer a request whose price cannot be told.
	 * @param response the response
	 * @return {@code false}
	 * @throws IOException if the buyer is gone
	 */
	static boolean unavailable(HttpServletResponse response) throws IOException {
		ReasonCode reason = ReasonCode.PAYMENTS_UNAVAILABLE;
		response.setStatus(reason.status());
		response.setHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		response.getOutputStream()
			.write(("{\"error\":\"" + reason.code() + "\",\"code\":\"" + reason.code() + "\",\"message\":\""
					+ reason.message() + "\",\"retryable\":" + reason.retryable() + "}")
				.getBytes(StandardCharsets.UTF_8));
		return false;
	}

	PaymentAnswer answer(HttpServletRequest request, Pricing price) {
		return new PaymentAnswer() {

			@Override
			public void settled(HttpServletResponse response, PaymentExchange exchange) {
				receipt(response, exchange.payment().version(), exchange.receipt());
				keepPrivate(response);
				vary(response);
			}

			@Override
			public void refused(HttpServletResponse response, PaymentExchange exchange, PaymentRefusal refusal)
					throws IOException {
				refuse(request, response, price.challenge(exchange.terms(), refusal), exchange.payment().version());
			}

		};
	}

	private void receipt(HttpServletResponse response, ProtocolVersion version, @Nullable SettlementResponse receipt) {
		if (receipt != null) {
			response.setHeader(version.receiptHeader(), this.codec.encode(receipt));
		}
	}

	/**
	 * What one buyer paid for is not for shared caches, whatever the handler says.
	 */
	private static void keepPrivate(HttpServletResponse response) {
		Set<String> directives = response.getHeaders(HttpHeaders.CACHE_CONTROL)
			.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map(String::trim)
			.filter((directive) -> !directive.isEmpty() && !SHARED_CACHING.contains(name(directive)))
			.collect(Collectors.toCollection(LinkedHashSet::new));
		if (directives.stream().noneMatch("private"::equalsIgnoreCase)) {
			directives.add("private");
		}
		response.setHeader(HttpHeaders.CACHE_CONTROL, String.join(", ", directives));
		keepFromContentNetworks(response);
	}

	/**
	 * Content networks and nginx obey headers of their own before Cache-Control.
	 */
	private static void keepFromContentNetworks(HttpServletResponse response) {
		for (String header : List.copyOf(response.getHeaderNames())) {
			String name = header.toLowerCase(Locale.ROOT);
			if (name.endsWith("-cache-control") || name.equals("surrogate-control")) {
				response.setHeader(header, NO_STORE);
			}
			else if (name.equals("x-accel-expires")) {
				response.setHeader(header, "0");
			}
		}
	}

	private static String name(String directive) {
		int end = directive.indexOf('=');
		return ((end >= 0) ? directive.substring(0, end) : directive).trim().toLowerCase(Locale.ROOT);
	}

	private static void vary(HttpServletResponse response) {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			response.addHeader(HttpHeaders.VARY, version.paymentHeader());
		}
	}

}
