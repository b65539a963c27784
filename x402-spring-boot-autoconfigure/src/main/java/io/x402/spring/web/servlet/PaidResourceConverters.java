/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.converter.ResourceRegionHttpMessageConverter;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Puts the converters that let paid handlers fail into the place of Spring's own: where
 * Spring MVC is configured, where an application has made other lists of converters, and
 * where static resources are served.
 */
final class PaidResourceConverters implements WebMvcConfigurer, SmartInitializingSingleton {

	private final ObjectProvider<RequestMappingHandlerAdapter> adapters;

	private final ObjectProvider<AbstractUrlHandlerMapping> mappings;

	/**
	 * Create the replacement.
	 * @param adapters write for annotated handlers
	 * @param mappings know the handlers of static resources
	 */
	PaidResourceConverters(ObjectProvider<RequestMappingHandlerAdapter> adapters,
			ObjectProvider<AbstractUrlHandlerMapping> mappings) {
		this.adapters = adapters;
		this.mappings = mappings;
	}

	@Override
	public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
		builder.configureMessageConvertersList(this::replace);
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.adapters.stream().map(RequestMappingHandlerAdapter::getMessageConverters).forEach(this::replace);
		this.mappings.stream()
			.flatMap((mapping) -> mapping.getHandlerMap().values().stream())
			.filter(ResourceHttpRequestHandler.class::isInstance)
			.map(ResourceHttpRequestHandler.class::cast)
			.forEach(this::replace);
	}

	private void replace(List<HttpMessageConverter<?>> converters) {
		converters.replaceAll((converter) -> {
			if (converter.getClass() == ResourceHttpMessageConverter.class) {
				return replacement((ResourceHttpMessageConverter) converter);
			}
			return (converter.getClass() == ResourceRegionHttpMessageConverter.class) ? new PaidRegionConverter()
					: converter;
		});
	}

	private void replace(ResourceHttpRequestHandler handler) {
		ResourceHttpMessageConverter converter = handler.getResourceHttpMessageConverter();
		if (converter != null && converter.getClass() == ResourceHttpMessageConverter.class) {
			handler.setResourceHttpMessageConverter(replacement(converter));
		}
		ResourceRegionHttpMessageConverter regions = handler.getResourceRegionHttpMessageConverter();
		if (regions != null && regions.getClass() == ResourceRegionHttpMessageConverter.class) {
			handler.setResourceRegionHttpMessageConverter(new PaidRegionConverter());
		}
	}

	private static PaidResourceConverter replacement(ResourceHttpMessageConverter converter) {
		PaidResourceConverter replacement = new PaidResourceConverter();
		replacement.setSupportedMediaTypes(converter.getSupportedMediaTypes());
		return replacement;
	}

}
