/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.x402.sample.SampleApplication;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command {@code buy} as a process of its own, which buys from this shop.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class BuyCommandTests {

	private static final String KEY = "0x" + "07".repeat(32);

	private static final String LIMIT = "--x402.client.limits.max-amount-per-request=0.10";

	private final JsonMapper mapper = new JsonMapper();

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	@Test
	void whenPaidAndServedThenExitCodeIsZeroAndTheBillHasTheReceipt() throws Exception {
		Result result = buy(shop("/weather"), "--json", LIMIT);
		assertThat(result.code()).as(result.toString()).isEqualTo(0);
		JsonNode bill = bill(result);
		assertThat(bill.at("/result").stringValue()).isEqualTo("paid");
		assertThat(bill.at("/terms/price").decimalValue()).isEqualByComparingTo("0.05");
		assertThat(bill.at("/limits/maxAmountPerRequest").decimalValue()).isEqualByComparingTo("0.10");
		assertThat(bill.at("/authorization/from").stringValue())
			.isEqualToIgnoringCase(new PrivateKeySigner(KEY).address());
		assertThat(bill.at("/answers")).extracting((answer) -> answer.get("status").intValue())
			.containsExactly(402, 200);
		assertThat(bill.at("/answers/1/receipt/success").booleanValue()).isTrue();
		assertThat(bill.at("/answers/1/receipt/transaction").stringValue()).matches("0x[0-9a-f]{64}");
		assertThat(bill.has("problem")).isFalse();
	}

	@Test
	void whenDataIsGivenThenItIsPosted() throws Exception {
		Result result = buy(shop("/echo"), "--json", "--data=good day", LIMIT);
		assertThat(result.code()).as(result.toString()).isEqualTo(0);
		assertThat(bill(result).at("/answers/1/bodyExcerpt").stringValue()).startsWith("good day");
	}

	@Test
	void whenShopCannotDeliverThenExitCodeIsOne() throws Exception {
		Result result = buy(shop("/files/none.txt"), "--json", LIMIT);
		assertThat(result.code()).as(result.toString()).isEqualTo(1);
		JsonNode bill = bill(result);
		assertThat(bill.at("/result").stringValue()).isEqualTo("failed");
		assertThat(bill.at("/problem").stringValue()).contains("404");
		assertThat(bill.at("/terms/price").decimalValue()).isEqualByComparingTo("0.02");
	}

	@Test
	void whenNobodyAnswersThenExitCodeIsOne() throws Exception {
		int closed;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			closed = socket.getLocalPort();
		}
		Result result = buy("http://127.0.0.1:" + closed + "/", "--json", LIMIT);
		assertThat(result.code()).as(result.toString()).isEqualTo(1);
		assertThat(bill(result).at("/result").stringValue()).isEqualTo("failed");
	}

	@Test
	void whenSellerTakesThePaymentAndDropsTheConnectionThenTheBillTellsWhatWasSigned() throws Exception {
		HttpServer seller = seller((exchange) -> {
			if (!exchange.getRequestHeaders().containsKey("PAYMENT-SIGNATURE")) {
				exchange.getResponseHeaders().set("PAYMENT-REQUIRED", challenge());
				exchange.sendResponseHeaders(402, -1);
			}
			exchange.close();
		});
		try {
			Result result = buy(url(seller), "--json", LIMIT, "--x402.client.retry.max-retries=0");
			assertThat(result.code()).as(result.toString()).isEqualTo(1);
			JsonNode bill = bill(result);
			assertThat(bill.at("/terms/price").decimalValue()).isEqualByComparingTo("0.05");
			assertThat(bill.at("/authorization/value").intValue()).isEqualTo(50_000);
		}
		finally {
			seller.stop(0);
		}
	}

	@Test
	void whenSellerSendsTheBuyerElsewhereThenNothingIsServedAndExitCodeIsOne() throws Exception {
		HttpServer elsewhere = seller((exchange) -> {
			exchange.getResponseHeaders().set("Location", shop("/weather"));
			exchange.sendResponseHeaders(302, -1);
			exchange.close();
		});
		try {
			Result result = buy(url(elsewhere), "--json", LIMIT);
			assertThat(result.code()).as(result.toString()).isEqualTo(1);
			assertThat(bill(result).at("/problem").stringValue()).contains("302");
		}
		finally {
			elsewhere.stop(0);
		}
	}

	@Test
	void whenFreeThenExitCodeIsThree() throws Exception {
		Result result = buy(shop("/free"), "--json", LIMIT);
		assertThat(result.code()).as(result.toString()).isEqualTo(3);
		JsonNode bill = bill(result);
		assertThat(bill.at("/result").stringValue()).isEqualTo("free");
		assertThat(bill.has("authorization")).isFalse();
		assertThat(bill.at("/answers")).hasSize(1);
	}

	@Test
	void whenPolicyRefusesThenExitCodeIsFourAndNothingIsSigned() throws Exception {
		Result result = buy(shop("/report.csv"), "--json", "--x402.client.limits.max-amount-per-request=0.09");
		assertThat(result.code()).as(result.toString()).isEqualTo(4);
		JsonNode bill = bill(result);
		assertThat(bill.at("/result").stringValue()).isEqualTo("refused");
		assertThat(bill.at("/problem").stringValue()).contains("amount_above_limit", "0.09");
		assertThat(bill.has("authorization")).isFalse();
		assertThat(bill.at("/answers")).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			forecast,   0.10, 0, paid,    in Lisbon
			record,     0.10, 0, paid,    x402-lab-served
			free_hello, 0.10, 3, free,    Hello
			forecast,   0.04, 4, refused, amount_above_limit
			broken,     0.10, 1, failed,  Out of order
			""")
	void whenAToolIsBoughtThenTheBillTellsWhatItCameTo(String tool, String limit, int code, String outcome, String text)
			throws Exception {
		Result result = buy("mcp+" + shop("/mcp#") + tool, "--json", "--arguments={\"city\": \"Lisbon\"}",
				"--x402.client.limits.max-amount-per-request=" + limit);
		assertThat(result.code()).as(result.toString()).isEqualTo(code);
		JsonNode bill = bill(result);
		assertThat(bill.at("/result").stringValue()).isEqualTo(outcome);
		assertThat(bill.at("/answers/0/bodyExcerpt").stringValue()).contains(text);
		assertThat(bill.at("/answers/0/receipt").isMissingNode()).isEqualTo(!outcome.equals("paid"));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			--x402.client.private-key=1234,               x402.client.private-key
			--x402.client.limits.max-amount-per-request=nothing, max-amount-per-request
			""")
	void whenOptionCannotBeUsedThenExitCodeIsOneAndTheProblemIsTold(String option, String problem) throws Exception {
		Result result = buy(shop("/free"), "--json", option);
		assertThat(result.code()).as(result.toString()).isEqualTo(1);
		assertThat(bill(result).at("/problem").stringValue()).contains(problem);
	}

	@Test
	void whenJsonIsNotAskedForThenPeopleCanReadTheSame() throws Exception {
		Result result = buy(shop("/weather"), LIMIT);
		assertThat(result.code()).as(result.toString()).isEqualTo(0);
		assertThat(result.out()).startsWith("result   paid")
			.contains("< 402 Payment Required", "signs    0.05 USDC on ", "< 200 OK", "receipt  settled in 0x",
					"\"city\"", "limit    maxAmountPerRequest");
	}

	private static HttpServer seller(HttpHandler handler) throws IOException {
		HttpServer seller = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		seller.createContext("/", handler);
		seller.start();
		return seller;
	}

	private static String url(HttpServer seller) {
		return "http://127.0.0.1:" + seller.getAddress().getPort() + "/";
	}

	private static String challenge() {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(50_000),
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60,
				Map.of("name", "USDC", "version", "2"));
		return new PaymentCodec().encode(new PaymentRequiredDocument("Payment required",
				new ResourceInfo("http://127.0.0.1/", "Weather", "text/plain"), List.of(offer)));
	}

	private String shop(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

	/**
	 * Exactly one line, and nothing that could spend the money.
	 */
	private JsonNode bill(Result result) {
		assertThat(result.out()).endsWith(System.lineSeparator())
			.containsOnlyOnce("\n")
			.doesNotContain(KEY.substring(2));
		return this.mapper.readTree(result.out());
	}

	private Result buy(String url, String... options) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
						SampleApplication.class.getName(), BuyCommand.NAME, url));
		command.addAll(List.of(options));
		Path out = this.folder.resolve("out");
		Path err = this.folder.resolve("err");
		ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
		builder.environment().put("X402_CLIENT_PRIVATE_KEY", KEY);
		Process process = builder.start();
		try {
			assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
				Files.readString(err, StandardCharsets.UTF_8));
	}

	private record Result(int code, String out, String err) {

	}

}
