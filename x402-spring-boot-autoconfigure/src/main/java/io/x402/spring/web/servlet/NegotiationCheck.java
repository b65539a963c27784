/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.OutputStream;
import java.io.Writer;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.converter.GenericHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.SmartHttpMessageConverter;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestResponseBodyMethodProcessor;

/**
 * Finds requests that accept nothing that their handler produces, before it runs. Spring
 * MVC finds them when it writes what the handler has returned. Only what is known for
 * certain is refused: the declared return type must not leave the content type to the
 * handler, or to the object that it returns.
 */
final class NegotiationCheck {

	private static final Set<Class<?>> SETS_CONTENT_TYPE = Set.of(ServletResponse.class, OutputStream.class,
			Writer.class, WebRequest.class);

	private final ObjectProvider<RequestMappingHandlerAdapter> adapters;

	/** Looked for once: a provider resolves its beans again each time. */
	private final SingletonSupplier<ContentNegotiationManager> negotiation;

	/** All return value handlers and converters are asked once for each handler. */
	private final Map<Handler, Writing> known = new ConcurrentHashMap<>();

	/**
	 * Create a check.
	 * @param adapters write what handlers return
	 * @param negotiation knows what requests accept
	 */
	NegotiationCheck(ObjectProvider<RequestMappingHandlerAdapter> adapters,
			ObjectProvider<ContentNegotiationManager> negotiation) {
		this.adapters = adapters;
		this.negotiation = SingletonSupplier.of(() -> negotiation.getIfUnique(ContentNegotiationManager::new));
	}

	/**
	 * Check a request.
	 * @param request the request
	 * @param response its response
	 * @param handler its handler
	 * @throws HttpMediaTypeNotAcceptableException if the request accepts nothing that the
	 * handler produces
	 */
	void check(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws HttpMediaTypeNotAcceptableException {
		if (!(handler instanceof HandlerMethod method) || response.getContentType() != null) {
			return;
		}
		Writing writing = this.known.computeIfAbsent(new Handler(method.getBeanType(), method.getMethod()),
				(key) -> writing(method));
		if (writing.known()) {
			List<MediaType> producible = producible(request, writing);
			List<MediaType> acceptable = this.negotiation.obtain().resolveMediaTypes(new ServletWebRequest(request));
			if (producible.stream().noneMatch((type) -> acceptable.stream().anyMatch(type::isCompatibleWith))) {
				throw new HttpMediaTypeNotAcceptableException(producible);
			}
		}
	}

	private Writing writing(HandlerMethod method) {
		RequestMappingHandlerAdapter adapter = this.adapters.getIfUnique();
		return (adapter != null && isKnown(adapter, method))
				? new Writing(true, written(adapter, method.getReturnType())) : new Writing(false, List.of());
	}

	private static boolean isKnown(RequestMappingHandlerAdapter adapter, HandlerMethod method) {
		MethodParameter type = method.getReturnType();
		return isClosed(type.getParameterType()) && isWritten(adapter, type) && Arrays
			.stream(method.getMethodParameters())
			.map(MethodParameter::getParameterType)
			.noneMatch(
					(parameter) -> SETS_CONTENT_TYPE.stream().anyMatch((setter) -> setter.isAssignableFrom(parameter)));
	}

	/**
	 * Return whether no other type of object is written than the declared one.
	 */
	private static boolean isClosed(Class<?> type) {
		return Modifier.isFinal(type.getModifiers()) || Map.class.isAssignableFrom(type)
				|| Collection.class.isAssignableFrom(type);
	}

	/**
	 * Return whether what the method returns is written as the body of the response.
	 */
	private static boolean isWritten(RequestMappingHandlerAdapter adapter, MethodParameter type) {
		List<HandlerMethodReturnValueHandler> handlers = adapter.getReturnValueHandlers();
		return handlers != null && type.getParameterType() != void.class
				&& handlers.stream()
					.filter((handler) -> handler.supportsReturnType(type))
					.findFirst()
					.filter(RequestResponseBodyMethodProcessor.class::isInstance)
					.isPresent();
	}

	@SuppressWarnings("unchecked")
	private static List<MediaType> producible(HttpServletRequest request, Writing writing) {
		Set<MediaType> declared = (Set<MediaType>) request
			.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE);
		return (declared != null && !declared.isEmpty()) ? List.copyOf(declared) : writing.types();
	}

	private static List<MediaType> written(RequestMappingHandlerAdapter adapter, MethodParameter type) {
		List<MediaType> written = adapter.getMessageConverters()
			.stream()
			.flatMap((converter) -> types(converter, type))
			.toList();
		return written.isEmpty() ? List.of(MediaType.ALL) : written;
	}

	private static Stream<MediaType> types(HttpMessageConverter<?> converter, MethodParameter type) {
		return canWrite(converter, type.getParameterType(), type.getGenericParameterType())
				? converter.getSupportedMediaTypes(type.getParameterType()).stream() : Stream.empty();
	}

	private static boolean canWrite(HttpMessageConverter<?> converter, Class<?> type, @Nullable Type generic) {
		if (converter instanceof GenericHttpMessageConverter<?> genericConverter && generic != null) {
			return genericConverter.canWrite(generic, type, null);
		}
		if (converter instanceof SmartHttpMessageConverter<?> smart && generic != null) {
			return smart.canWrite(ResolvableType.forType(generic), type, null);
		}
		return converter.canWrite(type, null);
	}

	private record Handler(Class<?> beanType, Method method) {

	}

	/**
	 * How Spring MVC writes what a handler returns.
	 *
	 * @param known whether its content types are known before it runs
	 * @param types content types that the converters write it in
	 */
	private record Writing(boolean known, List<MediaType> types) {

	}

}
