/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.resource.ResourceResolver;
import org.springframework.web.servlet.resource.ResourceResolverChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A body whose source cannot be read to its end is not sold, although Spring MVC swallows
 * some failures of resources and lets the response end as if it were complete.
 */
class GivenUpBodyTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "x402.routes[0].path=/functional/**",
			"x402.routes[0].price=$0.01", "x402.routes[1].path=/static/**", "x402.routes[1].price=$0.01");

	static Stream<Arguments> givenUp() {
		return Arrays.stream(Container.values())
			.flatMap((container) -> Stream
				.of("/missing", "/missing-entity", "/missing-callable", "/cut-by-missing-file", "/cut-by-null",
						"/functional/missing", "/functional/cut-by-null", "/static/missing", "/static/cut-by-null")
				.map((target) -> Arguments.of(container, target)));
	}

	@ParameterizedTest
	@MethodSource("givenUp")
	void whenTheSourceOfABodyFailsThenNothingIsChargedOrShown(Container container, String target) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy(target, SettleBehaviour.SETTLED);
		assertThat(purchase.script().settlements()).isZero();
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whenASourceEndsBeforeTheLastRangeThenNothingIsCharged(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/shrunk");
		FacilitatorStub.Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.get("/shrunk", payment.headerLine(), "Range: bytes=0-3,20-39");
		assertThat(response.status()).isEqualTo(502);
		assertThat(script.settlements()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenASourceIsWholeThenItsRangesAreSold(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/whole");
		FacilitatorStub.Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.get("/whole", payment.headerLine(), "Range: bytes=0-3,20-39");
		assertThat(response.status()).isEqualTo(206);
		assertThat(response.bodyText()).contains("Content-Range: bytes 0-3/40")
			.contains("Content-Range: bytes 20-39/40");
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenASourceIsReadToItsEndThenItIsSold(Container container) throws Exception {
		for (String target : new String[] { "/stream", "/whole" }) {
			Purchase purchase = SHOPS.get(container).buy(target, SettleBehaviour.SETTLED);
			assertThat(purchase.response().status()).isEqualTo(200);
			assertThat(purchase.response().body()).hasSize(40);
			assertThat(purchase.script().settlements()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAFreeSourceIsMissingThenSpringAnswersAsWithoutPayments(Container container) throws Exception {
		assertThat(SHOPS.get(container).get("/free-missing", "PAYMENT-SIGNATURE: anything").status()).isEqualTo(200);
	}

	/**
	 * A source of unknown length.
	 */
	private static Resource source(Callable<InputStream> stream) {
		return new AbstractResource() {

			@Override
			public boolean exists() {
				return true;
			}

			@Override
			public long contentLength() {
				return -1;
			}

			@Override
			public String getDescription() {
				return "source";
			}

			@Override
			public InputStream getInputStream() throws IOException {
				try {
					return stream.call();
				}
				catch (IOException ex) {
					throw ex;
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}

		};
	}

	private static Resource missing() {
		return source(() -> {
			throw new FileNotFoundException("upstream");
		});
	}

	private static Resource cut(Callable<Integer> end) {
		byte[] start = SECRET.getBytes(StandardCharsets.UTF_8);
		return source(() -> new InputStream() {

			private int position;

			@Override
			public int read() throws IOException {
				if (this.position < start.length) {
					return start[this.position++];
				}
				try {
					return end.call();
				}
				catch (IOException | RuntimeException ex) {
					throw ex;
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				int next = read();
				if (next < 0) {
					return -1;
				}
				bytes[offset] = (byte) next;
				return 1;
			}

		});
	}

	private static Resource cutByNull() {
		return cut(() -> {
			throw new NullPointerException("upstream");
		});
	}

	private static Resource sized(int length) {
		return new AbstractResource() {

			@Override
			public long contentLength() {
				return 40;
			}

			@Override
			public String getDescription() {
				return "sized";
			}

			@Override
			public InputStream getInputStream() {
				return new ByteArrayInputStream(new byte[length]);
			}

		};
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration implements WebMvcConfigurer {

		@Bean
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route()
				.GET("/functional/missing", (request) -> ServerResponse.ok().body(missing()))
				.GET("/functional/cut-by-null", (request) -> ServerResponse.ok().body(cutByNull()))
				.build();
		}

		@Override
		public void addResourceHandlers(ResourceHandlerRegistry registry) {
			registry.addResourceHandler("/static/**").resourceChain(false).addResolver(new ResourceResolver() {

				@Override
				public Resource resolveResource(HttpServletRequest request, String path,
						List<? extends Resource> locations, ResourceResolverChain chain) {
					return path.equals("missing") ? missing() : cutByNull();
				}

				@Override
				public String resolveUrlPath(String path, List<? extends Resource> locations,
						ResourceResolverChain chain) {
					return path;
				}

			});
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/missing")
		Resource missingResource() {
			return missing();
		}

		@GetMapping("/missing-entity")
		ResponseEntity<Resource> missingEntity() {
			return ResponseEntity.ok().contentType(MediaType.IMAGE_PNG).body(missing());
		}

		@GetMapping("/missing-callable")
		Callable<Resource> missingCallable() {
			return GivenUpBodyTests::missing;
		}

		@GetMapping("/cut-by-missing-file")
		Resource cutByMissingFile() {
			return cut(() -> {
				throw new FileNotFoundException("upstream");
			});
		}

		@GetMapping("/cut-by-null")
		Resource cutByNullPointer() {
			return cutByNull();
		}

		@GetMapping("/shrunk")
		Resource shrunk() {
			return sized(30);
		}

		@GetMapping("/whole")
		Resource whole() {
			return sized(40);
		}

		@GetMapping("/stream")
		Resource stream() {
			return new InputStreamResource(new ByteArrayInputStream(new byte[40]));
		}

	}

	@RestController
	static class FreeController {

		@GetMapping("/free-missing")
		Resource freeMissing() {
			return missing();
		}

	}

}
