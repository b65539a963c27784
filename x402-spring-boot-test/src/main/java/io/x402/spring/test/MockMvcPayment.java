/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.protocol.ProtocolVersion;
import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webmvc.test.autoconfigure.SpringBootMockMvcBuilderCustomizer;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.DefaultMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Pays requests of {@link MockMvc}: {@code perform(get("/weather").with(payment()))}. The
 * request is performed twice, first without a payment to learn the price, so it must come
 * after whatever the request needs to be let in, such as {@code user("…")} or
 * {@code csrf()}.
 *
 * @since 0.1.0
 */
public final class MockMvcPayment extends TestPayment<MockMvcPayment> implements RequestPostProcessor {

	private MockMvcPayment(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		super(recipe, signed);
	}

	/**
	 * Return a payment for the first offer.
	 * @return the payment
	 */
	public static MockMvcPayment payment() {
		return new MockMvcPayment(new PaymentRecipe(), null);
	}

	@Override
	MockMvcPayment copy(PaymentRecipe recipe, @Nullable AtomicReference<PaymentHeader> signed) {
		return new MockMvcPayment(recipe, signed);
	}

	/**
	 * Add the payment to a request.
	 * @param request the request, complete but for its payment
	 * @return the same request
	 * @throws IllegalStateException if the request is not answered 402 without a payment
	 * @throws IllegalArgumentException if no offer of the response can be paid
	 */
	@Override
	public MockHttpServletRequest postProcessRequest(MockHttpServletRequest request) {
		PaymentHeader payment = signed();
		if (payment == null) {
			MockHttpServletResponse response = unpaid(request);
			if (!isAskedFor(response.getStatus())) {
				throw new IllegalStateException(
						"Without payment, the response has status " + response.getStatus() + " instead of 402");
			}
			payment = sign(response.getHeader(ProtocolVersion.PAYMENT_REQUIRED_HEADER));
		}
		request.addHeader(payment.name(), payment.value());
		return request;
	}

	/**
	 * Perform a request and leave no trace of it, so that it can be performed again.
	 */
	private static MockHttpServletResponse unpaid(MockHttpServletRequest request) {
		Map<String, Object> attributes = attributes(request);
		try {
			return mvc(request.getServletContext()).perform((context) -> request).andReturn().getResponse();
		}
		catch (Exception ex) {
			throw new IllegalStateException("The price of the request cannot be asked for", ex);
		}
		finally {
			attributes(request).keySet().forEach(request::removeAttribute);
			attributes.forEach(request::setAttribute);
			request.setContent(request.getContentAsByteArray());
		}
	}

	private static Map<String, Object> attributes(MockHttpServletRequest request) {
		Map<String, Object> attributes = new LinkedHashMap<>();
		for (String name : Collections.list(request.getAttributeNames())) {
			attributes.put(name, request.getAttribute(name));
		}
		return attributes;
	}

	private static MockMvc mvc(ServletContext servletContext) {
		WebApplicationContext context = WebApplicationContextUtils.getRequiredWebApplicationContext(servletContext);
		ObjectProvider<MockMvc> existing = context.getBeanProvider(MockMvc.class);
		return existing.getIfUnique(() -> create(context));
	}

	/**
	 * Create an instance with the filters of an application, for tests that set up their
	 * own one.
	 */
	private static MockMvc create(WebApplicationContext context) {
		DefaultMockMvcBuilder builder = MockMvcBuilders.webAppContextSetup(context);
		new SpringBootMockMvcBuilderCustomizer(context).customize(builder);
		return builder.build();
	}

}
