/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;

/**
 * Handlers that hand requests on: by forward, include, error page or another thread.
 */
@Configuration(proxyBeanMethods = false)
class DispatchHandlers {

	@Bean
	ErrorPageRegistrar pricedErrorPage() {
		return (registry) -> registry.addErrorPages(new ErrorPage(HttpStatus.GONE, "/dispatch/error-page"));
	}

	@Controller
	@RequestMapping("/dispatch")
	static class Controllers {

		private final Runs runs;

		Controllers(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/paid")
		@ResponseBody
		String paid() {
			return this.runs.goods();
		}

		@PaymentRequired(price = "$0.05")
		@GetMapping("/dear")
		@ResponseBody
		String dear() {
			return this.runs.goods();
		}

		@PaymentRequired(price = "#{#path['tier'] == 'free' ? 'free' : '0.05'}")
		@GetMapping("/tier/{tier}")
		@Nullable String tier(@PathVariable String tier, HttpServletResponse response) throws IOException {
			if ("free".equals(tier)) {
				return "forward:/dispatch/tier/gold";
			}
			response.getWriter().write(this.runs.goods());
			return null;
		}

		@GetMapping("/forward")
		String forward(@RequestParam String to) {
			return "forward:" + to;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/paid-forward")
		String paidForward(@RequestParam String to) {
			return "forward:" + to;
		}

		@PaymentRequired(price = "$0.05")
		@GetMapping("/dear-forward")
		String dearForward(@RequestParam String to) {
			return "forward:" + to;
		}

		@GetMapping("/include")
		void include(@RequestParam String of, HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			response.getOutputStream().write("before ".getBytes());
			request.getRequestDispatcher(of).include(request, response);
		}

		@GetMapping("/gone")
		void gone(HttpServletResponse response) throws IOException {
			response.sendError(HttpStatus.GONE.value());
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/error-page")
		@ResponseBody
		String errorPage() {
			return this.runs.goods();
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/fails")
		@ResponseBody
		String fails() {
			this.runs.goods();
			throw new IllegalStateException("as intended by this test");
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/callable")
		@ResponseBody
		Callable<String> callable() {
			return this.runs::goods;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/deferred")
		@ResponseBody
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			CompletableFuture.runAsync(() -> result.setResult(this.runs.goods()));
			return result;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/future")
		@ResponseBody
		CompletableFuture<String> future() {
			return CompletableFuture.supplyAsync(this.runs::goods);
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/async-task")
		@ResponseBody
		WebAsyncTask<String> asyncTask() {
			return new WebAsyncTask<>(5000, this.runs::goods);
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/async-timeout")
		@ResponseBody
		DeferredResult<String> asyncTimeout() {
			return new DeferredResult<>(100L);
		}

	}

}
