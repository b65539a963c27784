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
import java.util.Map;
import java.util.function.Supplier;

import io.x402.spring.PaymentRequired;
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
 * What handlers may do to a response by the API of servlets.
 */
abstract class AbstractServletHeldResponseTests extends AbstractHeldResponseTests {

	@Test
	void whenThereAreTrailersThenTheyAreSentOnlyOnceSettled() throws IOException {
		Purchase settled = this.edge.buy("/trailers", SettleBehaviour.SETTLED);
		assertThat(settled.response().toString()).endsWith("\r\n0\r\nX-Sum: " + SECRET + "\r\n\r\n");
		assertRefused(this.edge.buy("/trailers", SettleBehaviour.DECLINED), 402);
		assertRefused(this.edge.buy("/trailers", SettleBehaviour.SERVER_ERROR), 503);
		Purchase failed = this.edge.buy("/trailers?fails=true", SettleBehaviour.SETTLED);
		assertThat(failed.response().status()).isEqualTo(500);
		assertThat(failed.response().shows(SECRET)).isFalse();
	}

	@Test
	void whenNonBlockingWritesAreAskedForThenTheHandlerFails() throws IOException {
		Purchase purchase = this.edge.buy("/write-listener", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.script().settlements()).isZero();
	}

	@Test
	void whenNobodyEndsAsynchronousProcessingThenNothingIsShownAndThePaymentIsFree() throws Exception {
		Purchase purchase = this.edge.buy("/async-forgotten", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.response().bodyText()).doesNotContain(SECRET);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertThat(purchase.script().settlements()).isZero();
		assertThat(this.edge.isReleased(purchase.payment())).isTrue();
	}

	@Test
	void whenAListenerDispatchesAfterATimeoutThenThatIsSoldWithItsHeaders() throws IOException {
		assertSold(this.edge.buy("/late?end=dispatch", SettleBehaviour.SETTLED));
	}

	@Test
	void whenAFreeHandlerIncludesAPaidOneThenTheWholeIsSettled() throws IOException {
		Purchase settled = buyThrough("/include", SettleBehaviour.SETTLED);
		assertThat(settled.response().bodyText()).isEqualTo("head " + SECRET + " tail");
		assertThat(settled.script().settlements()).isOne();
		assertRefused(buyThrough("/include", SettleBehaviour.DECLINED), 402);
		assertThat(this.edge.get("/include").shows(SECRET)).isFalse();
	}

	@Test
	void whenTheContainerClosesTheResponseAroundTheGateThenItIsNotChargedUndelivered() throws IOException {
		Purchase purchase = this.edge.buy("/named-dispatcher", SettleBehaviour.SETTLED);
		assertThat(purchase.response().shows(SECRET)).isEqualTo(purchase.script().settlements() == 1);
		assertThat(this.edge.buy("/named-dispatcher", SettleBehaviour.DECLINED).response().shows(SECRET)).isFalse();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

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

		@GetMapping("/late")
		void late(@RequestParam(defaultValue = "complete") String end, HttpServletRequest request,
				HttpServletResponse response) {
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
			if (!request.getServletContext().getServerInfo().startsWith("Apache Tomcat")) {
				Files.copy(file, response.getOutputStream());
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

		@GetMapping("/through")
		void through(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			request.getRequestDispatcher("/goods").forward(request, response);
		}

		@GetMapping("/begun")
		void begun(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			response.flushBuffer();
			include(request, response);
		}

		@GetMapping("/include")
		void include(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			response.getWriter().write("head ");
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
