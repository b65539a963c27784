/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What handlers may do to a response, and how much of it is held.
 */
class HeldResponseTests {

	private static final int LIMIT = 1024;

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(EdgeConfiguration.class, "x402.settlement.hold-limit=" + LIMIT + "B");

	@ParameterizedTest
	@CsvSource({ "TOMCAT, 1023, true", "TOMCAT, 1024, true", "TOMCAT, 1025, false", "JETTY, 1023, true",
			"JETTY, 1024, true", "JETTY, 1025, false" })
	void whenTheBodyFitsTheLimitThenTheHandlerEndsBeforeItIsSettled(Container container, int length, boolean fits)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/length/" + length);
		List<String> before = new ArrayList<>();
		shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> before.addAll(shop.bean(Journal.class).entries));
		shop.bean(Journal.class).entries.clear();
		WireResponse response = shop.pay("/length/" + length, payment);
		assertThat(response.body()).hasSize(length);
		assertThat(before).isEqualTo(fits ? List.of("written") : List.of());
	}

	@ParameterizedTest
	@EnumSource
	void whenTheDeclaredLengthIsAboveTheLimitThenItIsSettledAtTheFirstByte(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/declared");
		List<String> before = new ArrayList<>();
		shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> before.addAll(shop.bean(Journal.class).entries));
		shop.bean(Journal.class).entries.clear();
		assertThat(shop.pay("/declared", payment).body()).hasSize(LIMIT + 1);
		assertThat(before).isEmpty();
		assertThat(shop.bean(Journal.class).entries).containsExactly("first byte");
	}

	@ParameterizedTest
	@EnumSource
	void whenTheBodyIsLargeThenNoMoreThanTheLimitIsProducedBeforeItIsSettled(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		AtomicInteger produced = shop.bean(Journal.class).produced;
		produced.set(0);
		Payment payment = shop.payment("/large");
		AtomicInteger atSettle = new AtomicInteger(-1);
		shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> atSettle.set(produced.get()));
		assertThat(shop.pay("/large", payment).body()).hasSize(5_000_000);
		assertThat(atSettle.get()).isBetween(0, LIMIT);
	}

	@ParameterizedTest
	@EnumSource
	void whenALargeBodyIsDeclinedThenItsProducerIsStopped(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		AtomicInteger produced = shop.bean(Journal.class).produced;
		produced.set(0);
		assertThat(shop.buy("/large", SettleBehaviour.DECLINED).response().status()).isEqualTo(402);
		assertThat(produced.get()).isBetween(0, LIMIT);
	}

	@ParameterizedTest
	@EnumSource
	void whenAnErrorWasDecidedThenItCannotBecomeASuccess(Container container) throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/error-then-success", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(404);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenASuccessWasSettledThenResetCannotTakeTheReceiptAway(Container container) throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/settled-then-reset", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenResetThenOnlyWhatCameAfterItIsDelivered(Container container) throws IOException {
		Purchase settled = SHOPS.get(container).buy("/reset", SettleBehaviour.SETTLED);
		assertThat(settled.response().status()).isEqualTo(200);
		assertThat(settled.response().bodyText()).isEqualTo("after " + SECRET);
		assertThat(settled.response().headers("X-Before")).isEmpty();
		assertThat(settled.script().settlements()).isOne();
		Purchase declined = SHOPS.get(container).buy("/reset", SettleBehaviour.DECLINED);
		assertRefused(declined, 402);
		assertThat(declined.response().headers("X-Content-Type-Options")).containsExactly("nosniff");
	}

	@ParameterizedTest
	@EnumSource
	void whenTheHandlerSetsHeadersOfTheProtocolThenTheyAreNotSent(Container container) throws IOException {
		WireResponse response = SHOPS.get(container).buy("/reserved", SettleBehaviour.SETTLED).response();
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(SHOPS.get(container).buyer().receipt(response.header("PAYMENT-RESPONSE")).success()).isTrue();
		for (String name : List.of("X-PAYMENT-RESPONSE", "PAYMENT-REQUIRED", "Settlement-Overrides")) {
			assertThat(response.headers(name)).as(name).isEmpty();
		}
		assertThat(response.header("X-Number")).isEqualTo("7");
	}

	@ParameterizedTest
	@EnumSource
	void whenThereAreTrailersThenTheyAreSentOnlyOnceSettled(Container container) throws IOException {
		Purchase settled = SHOPS.get(container).buy("/trailers", SettleBehaviour.SETTLED);
		assertThat(settled.response().toString()).endsWith("\r\n0\r\nX-Sum: " + SECRET + "\r\n\r\n");
		assertRefused(SHOPS.get(container).buy("/trailers", SettleBehaviour.DECLINED), 402);
		assertRefused(SHOPS.get(container).buy("/trailers", SettleBehaviour.SERVER_ERROR), 503);
		Purchase failed = SHOPS.get(container).buy("/trailers?fails=true", SettleBehaviour.SETTLED);
		assertThat(failed.response().status()).isEqualTo(500);
		assertThat(failed.response().shows(SECRET)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whenAnInformationalStatusIsSentThenItShowsNothing(Container container) throws IOException {
		assertRefused(SHOPS.get(container).buy("/early-hints", SettleBehaviour.DECLINED), 402);
	}

	@ParameterizedTest
	@EnumSource
	void whenNonBlockingWritesAreAskedForThenTheHandlerFails(Container container) throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/write-listener", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenNobodyEndsAsynchronousProcessingThenNothingIsShownAndThePaymentIsFree(Container container)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/async-forgotten", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.response().bodyText()).doesNotContain(SECRET);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertThat(purchase.script().settlements()).isZero();
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, complete", "TOMCAT, dispatch", "JETTY, complete", "JETTY, dispatch" })
	void whenAListenerAnswersATimeoutThenThatIsSoldWithItsHeaders(Container container, String end) throws IOException {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/async-late?end=" + end, SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.response().header("X-Goods")).isEqualTo("yes");
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenAFreeHandlerIncludesAPaidOneThenTheWholeIsSettled(Container container) throws IOException {
		Purchase settled = buyThrough(SHOPS.get(container), "/include", SettleBehaviour.SETTLED);
		assertThat(settled.response().bodyText()).isEqualTo("head " + SECRET + " tail");
		assertThat(settled.script().settlements()).isOne();
		assertRefused(buyThrough(SHOPS.get(container), "/include", SettleBehaviour.DECLINED), 402);
		assertThat(SHOPS.get(container).get("/include").shows(SECRET)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheResponseWasBegunBeforeAPaidHandlerThenThatIsNotSold(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		shop.bean(Journal.class).entries.clear();
		assertThat(shop.pay("/include?flush=true", payment).shows(SECRET)).isFalse();
		assertThat(script.settlements()).isZero();
		assertThat(shop.bean(Journal.class).entries).isEmpty();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whenAFreeHandlerAnswersInPlaceOfAPaidOneThatFailedThenNothingIsCharged(Container container) throws Exception {
		Purchase purchase = buyThrough(SHOPS.get(container), "/fallback?to=text", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo("sorry");
		assertThat(purchase.script().settlements()).isZero();
		assertThat(SHOPS.get(container).isReleased(purchase.payment())).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whenAFreeHandlerCallsAnotherPaidOneAfterOneFailedThenThatIsPaid(Container container) throws IOException {
		Purchase purchase = buyThrough(SHOPS.get(container), "/fallback?to=paid", SettleBehaviour.SETTLED);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.script().settlements()).isOne();
		assertThat(purchase.script().verifications()).isEqualTo(2);
		assertThat(purchase.response().header("PAYMENT-RESPONSE")).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenAPaidHandlerAnswersInPlaceOfOneThatFailedThenItIsPaid(Container container) throws IOException {
		Purchase settled = SHOPS.get(container).buy("/paid-fallback", SettleBehaviour.SETTLED);
		assertThat(settled.response().bodyText()).isEqualTo(SECRET);
		assertThat(settled.script().settlements()).isOne();
		assertRefused(SHOPS.get(container).buy("/paid-fallback", SettleBehaviour.DECLINED), 402);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheContainerClosesTheResponseAroundTheGateThenItIsNotChargedUndelivered(Container container)
			throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/named-dispatcher", SettleBehaviour.SETTLED);
		assertThat(purchase.response().shows(SECRET)).isEqualTo(purchase.script().settlements() == 1);
		assertThat(SHOPS.get(container).buy("/named-dispatcher", SettleBehaviour.DECLINED).response().shows(SECRET))
			.isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, SETTLED, false, true", "TOMCAT, DECLINED, false, false", "TOMCAT, SETTLED, true, false" })
	void whenTomcatIsToSendAFileThenItIsSentOnlyOnceSettled(Container container, SettleBehaviour behaviour,
			boolean fails, boolean sent, @TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("goods"), SECRET);
		Purchase purchase = SHOPS.get(container).buy("/sendfile?fails=" + fails + "&file=" + file, behaviour);
		assertThat(purchase.response().shows(SECRET)).isEqualTo(sent);
		assertThat(purchase.script().settlements()).isEqualTo(fails ? 0 : 1);
	}

	@Test
	void whenNothingIsPaidForThenTheResponseIsTransparent() throws IOException {
		WireResponse response = SHOPS.get(Container.TOMCAT).get("/free", "X-PAYMENT: anything");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isEqualTo("from another server");
		assertThat(response.bodyText()).isEqualTo("free");
	}

	/**
	 * Buy from a free handler that calls paid ones.
	 */
	private static Purchase buyThrough(Shop shop, String target, SettleBehaviour behaviour) throws IOException {
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, behaviour);
		return new Purchase(payment, script, shop.pay(target, payment));
	}

	private static void assertRefused(Purchase purchase, int status) {
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.script().settlements()).isOne();
		assertThat(purchase.response().json().path("code").asString()).isNotEmpty();
	}

	/**
	 * What the handlers did.
	 */
	static final class Journal {

		private final List<String> entries = new CopyOnWriteArrayList<>();

		private final AtomicInteger produced = new AtomicInteger();

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class EdgeConfiguration {

		@Bean
		Journal journal() {
			return new Journal();
		}

		@Bean
		ServletRegistrationBean<HttpServlet> pageServlet() {
			ServletRegistrationBean<HttpServlet> registration = new ServletRegistrationBean<>(
					new HandlerStylesConfiguration.PageServlet(), "/page");
			registration.setName("page");
			return registration;
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private final Journal journal;

		PaidController(Journal journal) {
			this.journal = journal;
		}

		@GetMapping("/goods")
		void goods(HttpServletResponse response) throws IOException {
			this.journal.entries.add("goods");
			response.getWriter().write(SECRET);
		}

		@GetMapping("/broken")
		void broken(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", SECRET);
			response.getWriter().write(SECRET);
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/length/{length}")
		void length(@PathVariable int length, HttpServletResponse response) throws IOException {
			response.getOutputStream().write(new byte[length]);
			this.journal.entries.add("written");
		}

		@GetMapping("/declared")
		void declared(HttpServletResponse response) throws IOException {
			response.setHeader("Content-Length", Integer.toString(LIMIT + 1));
			response.getOutputStream().write(1);
			this.journal.entries.add("first byte");
			response.getOutputStream().write(new byte[LIMIT]);
		}

		@GetMapping("/large")
		StreamingResponseBody large() {
			byte[] block = new byte[100];
			return (output) -> {
				for (int i = 0; i < 50_000; i++) {
					output.write(block);
					this.journal.produced.addAndGet(block.length);
				}
			};
		}

		@GetMapping("/error-then-success")
		void errorThenSuccess(HttpServletResponse response) throws IOException {
			response.setStatus(404);
			response.getOutputStream().write(new byte[LIMIT + 1]);
			response.setStatus(200);
			response.setHeader("X-Goods", SECRET);
		}

		@GetMapping("/settled-then-reset")
		void settledThenReset(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(new byte[LIMIT + 1]);
			response.reset();
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws IOException {
			response.setHeader("X-Before", "1");
			response.getWriter().write("before " + SECRET);
			response.reset();
			response.getWriter().write("after " + SECRET);
		}

		@GetMapping("/reserved")
		String reserved(HttpServletResponse response) {
			response.setHeader("PAYMENT-RESPONSE", "forged");
			response.addHeader("payment-response", "forged");
			response.addIntHeader("Payment-Response", 1);
			response.setIntHeader("X-Payment-Response", 1);
			response.setDateHeader("PAYMENT-REQUIRED", 1);
			response.addDateHeader("PAYMENT-REQUIRED", 1);
			response.setHeader("Settlement-Overrides", "amount=0");
			response.addIntHeader("X-Number", 7);
			return SECRET;
		}

		@GetMapping("/trailers")
		void trailers(@RequestParam(required = false) boolean fails, HttpServletResponse response) throws IOException {
			Supplier<Map<String, String>> trailers = () -> Map.of("X-Sum", SECRET);
			response.setHeader("Trailer", "X-Sum");
			response.setTrailerFields(trailers);
			if (fails) {
				throw new IllegalStateException("no goods");
			}
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
		}

		@GetMapping("/early-hints")
		void earlyHints(HttpServletResponse response) throws IOException {
			response.setHeader("Link", "</" + SECRET + ">; rel=preload");
			response.sendError(103);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/async-forgotten")
		void asyncForgotten(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.startAsync().setTimeout(50);
			response.setHeader("X-Goods", SECRET);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/async-late")
		void asyncLate(@RequestParam String end, HttpServletRequest request, HttpServletResponse response) {
			response.setHeader("X-Goods", "yes");
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				write(response);
				return;
			}
			AsyncContext context = request.startAsync();
			context.setTimeout(50);
			context.addListener(new AsyncListener() {

				@Override
				public void onTimeout(AsyncEvent event) {
					if (end.equals("complete")) {
						write(response);
						event.getAsyncContext().complete();
					}
					else {
						event.getAsyncContext().dispatch();
					}
				}

				@Override
				public void onComplete(AsyncEvent event) {
				}

				@Override
				public void onError(AsyncEvent event) {
				}

				@Override
				public void onStartAsync(AsyncEvent event) {
				}

			});
		}

		private static void write(HttpServletResponse response) {
			try {
				response.getWriter().write(SECRET);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@GetMapping("/write-listener")
		void writeListener(HttpServletResponse response) throws IOException {
			response.getOutputStream().setWriteListener(new WriteListener() {

				@Override
				public void onWritePossible() {
				}

				@Override
				public void onError(Throwable ex) {
				}

			});
		}

		@GetMapping("/paid-fallback")
		void paidFallback(HttpServletRequest request, HttpServletResponse response) throws IOException {
			try {
				request.getRequestDispatcher("/broken").forward(request, response);
			}
			catch (ServletException ex) {
				response.reset();
				response.getWriter().write(SECRET);
			}
		}

		@GetMapping("/named-dispatcher")
		void namedDispatcher(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			RequestDispatcher page = request.getServletContext().getNamedDispatcher("page");
			page.forward(request, response);
		}

		@GetMapping("/sendfile")
		void sendFile(@RequestParam Path file, @RequestParam boolean fails, HttpServletRequest request,
				HttpServletResponse response) throws IOException {
			long size = Files.size(file);
			request.setAttribute("org.apache.tomcat.sendfile.filename", file.toString());
			request.setAttribute("org.apache.tomcat.sendfile.start", 0L);
			request.setAttribute("org.apache.tomcat.sendfile.end", size);
			response.setContentLengthLong(size);
			if (fails) {
				throw new IllegalStateException("no goods");
			}
		}

	}

	@RestController
	static class FreeController {

		@GetMapping("/free")
		void free(HttpServletResponse response) throws IOException {
			response.setHeader("PAYMENT-RESPONSE", "from another server");
			response.getWriter().write("free");
		}

		@GetMapping("/include")
		void include(@RequestParam(required = false) boolean flush, HttpServletRequest request,
				HttpServletResponse response) throws ServletException, IOException {
			response.getWriter().write("head ");
			if (flush) {
				response.flushBuffer();
			}
			request.getRequestDispatcher("/goods").include(request, response);
			response.getWriter().write(" tail");
		}

		@GetMapping("/fallback")
		void fallback(@RequestParam String to, HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			try {
				request.getRequestDispatcher("/broken").forward(request, response);
			}
			catch (ServletException ex) {
				response.reset();
				if (to.equals("paid")) {
					request.getRequestDispatcher("/goods").forward(request, response);
				}
				else {
					response.getWriter().write("sorry");
				}
			}
		}

	}

}
