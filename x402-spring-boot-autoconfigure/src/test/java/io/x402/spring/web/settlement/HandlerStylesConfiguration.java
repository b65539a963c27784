/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.x402.spring.PaymentRequired;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.view.AbstractView;
import org.springframework.web.servlet.view.RedirectView;

/**
 * One handler per {@link HandlerStyle}. Whatever is sold holds {@link #SECRET}, in the
 * body and in headers.
 */
@Configuration(proxyBeanMethods = false)
@Import({ HandlerStylesConfiguration.PaidController.class, HandlerStylesConfiguration.FreeController.class })
class HandlerStylesConfiguration {

	static final String SECRET = "s3cret-goods";

	static final int LARGE = 5_000_000;

	@Bean
	ServletRegistrationBean<HttpServlet> page() {
		return new ServletRegistrationBean<>(new PageServlet(), "/page");
	}

	/**
	 * Sees what is written to the held response.
	 */
	@Bean
	FilterRegistrationBean<ShallowEtagHeaderFilter> etagWithin() {
		return etags("/etag-within", Ordered.LOWEST_PRECEDENCE);
	}

	/**
	 * Sees what the held response releases.
	 */
	@Bean
	FilterRegistrationBean<ShallowEtagHeaderFilter> etagAround() {
		return etags("/etag-around", Ordered.HIGHEST_PRECEDENCE + 1);
	}

	private static FilterRegistrationBean<ShallowEtagHeaderFilter> etags(String path, int order) {
		FilterRegistrationBean<ShallowEtagHeaderFilter> registration = new FilterRegistrationBean<>(
				new ShallowEtagHeaderFilter());
		registration.addUrlPatterns(path);
		registration.setOrder(order);
		return registration;
	}

	/**
	 * Priced by {@code x402.routes}.
	 */
	@Bean
	RouterFunction<ServerResponse> functional() {
		return RouterFunctions.route()
			.GET("/functional/body", (request) -> ServerResponse.ok().header("X-Goods", SECRET).body(SECRET))
			.GET("/functional/async",
					(request) -> ServerResponse
						.async(CompletableFuture.supplyAsync(() -> ServerResponse.ok().body(SECRET))))
			.GET("/functional/stream",
					(request) -> ServerResponse.ok().stream((stream) -> write(() -> stream.write(SECRET).complete())))
			.GET("/functional/sse", (request) -> ServerResponse.sse((sse) -> write(() -> {
				sse.send(SECRET);
				sse.complete();
			})))
			.GET("/functional/fails", (request) -> {
				throw new IllegalStateException("no goods");
			})
			.build();
	}

	private static void write(IoWork work) {
		try {
			work.run();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void startThread(IoWork work) {
		new Thread(() -> write(work)).start();
	}

	/**
	 * Set the headers that must not survive a refusal.
	 */
	private static void mark(HttpServletResponse response) {
		response.setHeader("X-Goods", SECRET);
		response.setHeader("ETag", '"' + SECRET + '"');
		response.setHeader("Content-Disposition", "inline; filename=" + SECRET);
		response.setHeader("Location", "/" + SECRET);
		response.addCookie(new Cookie("goods", SECRET));
	}

	@FunctionalInterface
	interface IoWork {

		void run() throws IOException;

	}

	record Goods(String content) {

	}

	record Broken(String first) {

		public String getSecond() {
			throw new IllegalStateException("cannot be serialised");
		}

	}

	static final class SoldOutException extends RuntimeException {

	}

	/**
	 * What a JSP compiles to, as far as the response is concerned.
	 */
	static final class PageServlet extends HttpServlet {

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.setContentType("text/html");
			response.getWriter().write("<p>" + SECRET + "</p>");
		}

	}

	@RestController
	static class FreeController {

		@GetMapping("/free/forward")
		ModelAndView forward() {
			return new ModelAndView("forward:/pojo");
		}

		@GetMapping("/free/forward-fails")
		ModelAndView forwardFails() {
			return new ModelAndView("forward:/exception");
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/pojo")
		Goods pojo(HttpServletResponse response) {
			mark(response);
			return new Goods(SECRET);
		}

		@GetMapping("/string")
		String string(HttpServletResponse response) {
			mark(response);
			return SECRET;
		}

		@GetMapping({ "/etag-within", "/etag-around" })
		String etag() {
			return SECRET;
		}

		@GetMapping("/bytes")
		byte[] bytes(HttpServletResponse response) {
			mark(response);
			byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
			response.setContentLength(bytes.length);
			return bytes;
		}

		@GetMapping("/entity")
		ResponseEntity<Goods> entity() {
			return ResponseEntity.ok().eTag(SECRET).header("X-Goods", SECRET).body(new Goods(SECRET));
		}

		@GetMapping("/resource")
		ResponseEntity<Resource> resource() {
			byte[] bytes = SECRET.repeat(300 * 1024 / SECRET.length()).getBytes(StandardCharsets.UTF_8);
			return ResponseEntity.ok()
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.header("X-Goods", SECRET)
				.body(new ByteArrayResource(bytes));
		}

		@GetMapping("/writer")
		void writer(HttpServletResponse response) throws IOException {
			mark(response);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/writer-flush")
		void writerFlush(HttpServletResponse response) throws IOException {
			mark(response);
			response.getWriter().write(SECRET);
			response.getWriter().flush();
			response.getWriter().write(SECRET);
		}

		@GetMapping("/output-flush")
		void outputFlush(HttpServletResponse response) throws IOException {
			mark(response);
			response.getOutputStream().print(SECRET);
			response.getOutputStream().flush();
			response.getOutputStream().print(SECRET);
		}

		@GetMapping("/flush-buffer")
		void flushBuffer(HttpServletResponse response) throws IOException {
			mark(response);
			response.flushBuffer();
			response.getOutputStream().print(SECRET);
		}

		@GetMapping("/close")
		void close(HttpServletResponse response) throws IOException {
			mark(response);
			try (var output = response.getOutputStream()) {
				output.print(SECRET);
			}
		}

		@GetMapping("/cookies")
		ResponseEntity<String> cookies(HttpServletResponse response, HttpServletRequest request) {
			mark(response);
			request.getSession().setAttribute("goods", SECRET);
			return ResponseEntity.ok().header("Set-Cookie", "other=" + SECRET).body(SECRET);
		}

		@GetMapping("/void")
		void nothing(HttpServletResponse response) {
			mark(response);
		}

		@GetMapping("/view")
		ModelAndView view() {
			return new ModelAndView(new AbstractView() {

				@Override
				protected void renderMergedOutputModel(Map<String, Object> model, HttpServletRequest request,
						HttpServletResponse response) throws IOException {
					mark(response);
					response.getWriter().write(SECRET);
				}

			});
		}

		@GetMapping("/view-jsp")
		ModelAndView viewJsp() {
			return new ModelAndView("forward:/page");
		}

		@GetMapping("/forward")
		ModelAndView forward() {
			return new ModelAndView("forward:/pojo");
		}

		@GetMapping("/nested")
		void nested(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			request.getRequestDispatcher("/writer").forward(request, response);
		}

		@GetMapping("/created")
		ResponseEntity<String> created() {
			return ResponseEntity.created(java.net.URI.create("/" + SECRET)).body(SECRET);
		}

		@GetMapping("/no-content")
		ResponseEntity<Void> noContent() {
			return ResponseEntity.noContent().header("X-Goods", SECRET).build();
		}

		@GetMapping("/redirect")
		void redirect(HttpServletResponse response) throws IOException {
			response.sendRedirect("/" + SECRET);
		}

		@GetMapping("/view-redirect")
		ModelAndView viewRedirect() {
			return new ModelAndView(new RedirectView("/" + SECRET));
		}

		@GetMapping("/see-other")
		ResponseEntity<String> seeOther() {
			return ResponseEntity.status(HttpStatus.SEE_OTHER).header("Location", "/" + SECRET).body(SECRET);
		}

		@GetMapping("/callable")
		Callable<String> callable(HttpServletResponse response) {
			mark(response);
			return () -> SECRET;
		}

		@GetMapping("/task")
		WebAsyncTask<String> task() {
			return new WebAsyncTask<>(10_000L, () -> SECRET);
		}

		@GetMapping("/deferred")
		DeferredResult<Goods> deferred() {
			DeferredResult<Goods> result = new DeferredResult<>();
			startThread(() -> result.setResult(new Goods(SECRET)));
			return result;
		}

		@GetMapping("/future")
		CompletableFuture<Goods> future() {
			return CompletableFuture.supplyAsync(() -> new Goods(SECRET));
		}

		@GetMapping("/streaming")
		StreamingResponseBody streaming(HttpServletResponse response) {
			mark(response);
			return (output) -> output.write(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/streaming-large")
		ResponseEntity<StreamingResponseBody> streamingLarge() {
			byte[] block = SECRET.getBytes(StandardCharsets.UTF_8);
			return ResponseEntity.ok().header("X-Goods", SECRET).body((output) -> {
				for (int written = 0; written < LARGE; written += block.length) {
					output.write(block);
				}
			});
		}

		@GetMapping("/sse")
		SseEmitter sse() {
			SseEmitter emitter = new SseEmitter();
			startThread(() -> send(emitter));
			return emitter;
		}

		@GetMapping("/sse-reactor")
		SseEmitter sseReactor() {
			SseEmitter emitter = new SseEmitter();
			Schedulers.parallel().schedule(() -> write(() -> send(emitter)));
			return emitter;
		}

		private static void send(SseEmitter emitter) throws IOException {
			try {
				emitter.send(SECRET);
				emitter.send(SECRET);
				emitter.complete();
			}
			catch (IOException ex) {
				emitter.completeWithError(ex);
			}
		}

		@GetMapping(path = "/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<ServerSentEvent<String>> flux() {
			return Flux.fromIterable(List.of(SECRET, SECRET))
				.map((data) -> ServerSentEvent.builder(data).build())
				.publishOn(Schedulers.parallel());
		}

		/**
		 * The container's context would hand out the container's own response.
		 */
		@GetMapping("/async-context")
		void asyncContext(HttpServletRequest request, HttpServletResponse response) {
			mark(response);
			AsyncContext context = request.startAsync();
			startThread(() -> {
				context.getResponse().getOutputStream().print(SECRET);
				context.getResponse().flushBuffer();
				context.complete();
			});
		}

		@GetMapping("/async-context-complete")
		void asyncContextComplete(HttpServletRequest request, HttpServletResponse response) {
			mark(response);
			AsyncContext context = request.startAsync(request, response);
			context.start(() -> write(() -> {
				context.getResponse().getWriter().write(SECRET);
				context.complete();
			}));
		}

		@GetMapping("/not-modified")
		String notModified(WebRequest request) {
			return request.checkNotModified("v1") ? null : SECRET;
		}

		@GetMapping("/entity-etag")
		ResponseEntity<String> entityTag() {
			return ResponseEntity.ok().eTag("v1").body(SECRET);
		}

		@GetMapping("/exception")
		String exception() {
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/written-then-exception")
		void writtenThenException(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/response-status")
		String responseStatus() {
			throw new ResponseStatusException(HttpStatus.GONE);
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			response.sendError(404);
			response.getWriter().write(SECRET);
			response.getWriter().flush();
		}

		@GetMapping("/entity-400")
		ResponseEntity<String> badRequest() {
			return ResponseEntity.badRequest().body("bad request");
		}

		@GetMapping("/handled-exception")
		String handledException() {
			throw new SoldOutException();
		}

		@GetMapping("/written-then-handled")
		void writtenThenHandled(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			throw new SoldOutException();
		}

		@GetMapping("/output-then-handled")
		void outputThenHandled(HttpServletResponse response) throws IOException {
			response.getOutputStream().print(SECRET);
			throw new SoldOutException();
		}

		@ExceptionHandler
		ResponseEntity<String> soldOut(SoldOutException ex) {
			return ResponseEntity.unprocessableContent().body("sold out");
		}

		@GetMapping("/getter")
		Broken getter() {
			return new Broken(SECRET);
		}

		@GetMapping("/missing-parameter")
		String missingParameter(@RequestParam String name) {
			return SECRET + name;
		}

		@GetMapping("/callable-fails")
		Callable<String> callableFails() {
			return () -> {
				throw new IllegalStateException("no goods");
			};
		}

		@GetMapping("/deferred-fails")
		DeferredResult<String> deferredFails() {
			DeferredResult<String> result = new DeferredResult<>();
			startThread(() -> result.setErrorResult(new IllegalStateException("no goods")));
			return result;
		}

		@GetMapping("/deferred-timeout")
		DeferredResult<String> deferredTimeout() {
			return new DeferredResult<>(50L);
		}

		@GetMapping("/future-fails")
		CompletableFuture<String> futureFails() {
			return CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("no goods");
			});
		}

		@GetMapping("/streaming-fails")
		StreamingResponseBody streamingFails() {
			return (output) -> {
				output.write(SECRET.getBytes(StandardCharsets.UTF_8));
				throw new IOException("no more goods");
			};
		}

		@GetMapping("/sse-fails")
		SseEmitter sseFails() {
			SseEmitter emitter = new SseEmitter();
			startThread(() -> emitter.completeWithError(new IllegalStateException("no goods")));
			return emitter;
		}

	}

}
