/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.EOFException;
import java.io.IOException;
import java.security.Principal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.AccessPass;
import io.x402.spring.Pass;
import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.view.InternalResourceView;

/**
 * An application that sells passes.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ PassShop.Goods.class, PassShop.ServletReports.class })
class PassShop {

	/**
	 * Takes the user of a request from a header, as if there had been a login.
	 */
	@Bean
	FilterRegistrationBean<Filter> login() {
		FilterRegistrationBean<Filter> login = new FilterRegistrationBean<>((request, response, chain) -> {
			String user = ((HttpServletRequest) request).getHeader("X-Test-User");
			chain.doFilter((user == null) ? request : new HttpServletRequestWrapper((HttpServletRequest) request) {

				@Override
				public Principal getUserPrincipal() {
					return () -> user;
				}

				@Override
				public String getRemoteUser() {
					return user;
				}

			}, response);
		});
		login.setOrder(-100);
		return login;
	}

	/**
	 * What is sold on each web stack.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import({ Reports.class, RoutedController.class })
	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		MovingClock clock() {
			return MovingClock.running();
		}

	}

	@RestController
	static class ServletReports {

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/sent")
		void sent(HttpServletResponse response) throws IOException {
			response.sendError(503);
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/async")
		Callable<String> async(@RequestParam(defaultValue = "false") boolean fails) {
			return () -> {
				if (fails) {
					throw new IllegalStateException("Out of order");
				}
				return "goods";
			};
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/forward")
		InternalResourceView forward(@RequestParam(defaultValue = "/cheaper") String to) {
			return new InternalResourceView(to);
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws IOException {
			response.reset();
			response.setIntHeader("X402-Pass-Remaining", 1000);
			response.setDateHeader("X402-Pass-Expires", 0);
			response.getWriter().write("goods");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/broken-off")
		void brokenOff(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("beginning");
			response.flushBuffer();
			throw new IllegalStateException("Out of order");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/page")
		void page(HttpServletRequest request, HttpServletResponse response) throws IOException {
			try {
				request.getRequestDispatcher("/part").include(request, response);
			}
			catch (ServletException ex) {
				response.getWriter().write("page without its part");
			}
		}

		@GetMapping("/part")
		String part() {
			throw new IllegalStateException("Out of order");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/broken-later")
		Callable<String> brokenLater() {
			return () -> {
				throw new IOException("Broken pipe");
			};
		}

	}

	@RestController
	static class Reports {

		private final AtomicBoolean failed = new AtomicBoolean();

		private final AtomicInteger runs = new AtomicInteger();

		@PaymentRequired(price = "$1.00", pass = @Pass(duration = "1h"))
		@GetMapping("/hour")
		String hour(Optional<AccessPass> pass, Optional<VerifiedPayment> payment) {
			return pass.map((present) -> "pass of " + present.payer() + " until " + present.expiresAt())
				.orElseGet(() -> "payment of " + payment.orElseThrow().payer());
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 10))
		@GetMapping("/ten")
		String ten(Optional<AccessPass> pass) {
			return "goods, left " + pass.map(AccessPass::remaining).orElse(-1L);
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/report")
		ResponseEntity<String> report(@RequestParam(defaultValue = "200") int status) {
			return ResponseEntity.status(status).header("X402-Pass", "forged").body("goods");
		}

		@PaymentRequired(price = "$0.05", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/cheaper")
		ResponseEntity<String> cheaper() {
			return ResponseEntity.ok().header("Cache-Control", "public, max-age=60").body("goods");
		}

		@PaymentRequired(price = "$0.20", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/dearer")
		String dearer() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"),
				payTo = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
		@GetMapping("/elsewhere")
		String elsewhere() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/thrown")
		String thrown(@RequestParam int status) {
			if (status == 0) {
				throw new IllegalStateException("Out of order");
			}
			throw new ResponseStatusException(HttpStatus.valueOf(status));
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/counted")
		Map<String, Integer> counted() {
			return Map.of("runs", this.runs.incrementAndGet());
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3), flow = PaymentFlow.UPFRONT)
		@GetMapping("/upfront")
		ResponseEntity<String> upfront(@RequestParam(defaultValue = "200") int status) {
			return ResponseEntity.status(status).body("goods");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, sameUser = true))
		@GetMapping("/mine")
		String mine() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 2), freeQuota = "1 per 1d")
		@GetMapping("/trial")
		String trial() {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3))
		@GetMapping("/overloaded")
		String overloaded(Locale locale) {
			return "goods";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3))
		@GetMapping("/overloaded/{id}")
		String overloaded(@PathVariable String id) {
			return "goods " + id;
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/versioned")
		ResponseEntity<String> versioned() {
			return ResponseEntity.ok().eTag("\"v1\"").lastModified(0).body("goods");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/broken")
		String broken() throws IOException {
			throw new EOFException("The upstream server has closed the connection");
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/fallback")
		String fallback() throws IOException {
			throw new FallbackException();
		}

		@ExceptionHandler
		String fallback(FallbackException exception) {
			return "goods of yesterday";
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3))
		@GetMapping("/flaky")
		String flaky() {
			if (this.failed.compareAndSet(false, true)) {
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
			}
			return "goods";
		}

		@PaymentRequired(price = "$0.10")
		@GetMapping("/single")
		String single() {
			return "goods";
		}

	}

	@RestController
	static class RoutedController {

		@GetMapping("/routed")
		String routed() {
			return "goods";
		}

		@GetMapping("/methods")
		String read() {
			return "goods";
		}

		@PostMapping("/methods")
		String write() {
			return "goods";
		}

	}

	/**
	 * Looks as if its client had left, and has something to show in place of the goods.
	 */
	@SuppressWarnings("serial")
	static class FallbackException extends EOFException {

	}

}
