/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.lang.annotation.Annotation;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.http.HttpEntity;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;

/**
 * Reads the parameters of a handler method.
 */
final class HandlerParameters {

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	private static final Set<Class<?>> RESOLVED = Set.of(Locale.class, TimeZone.class, ZoneId.class);

	/** Types that Spring, the container or the starter provides. */
	private static final List<String> PROVIDED = List.of("org.springframework.", "jakarta.", "java.", "javax.",
			"io.x402.spring.VerifiedPayment", "kotlin.", "reactor.");

	private static final Map<String, String> FILES = Map.of("type", "string", "format", "binary");

	private final TypeSchemas schemas;

	private final ObjectFields query = new ObjectFields();

	private final ObjectFields fields = new ObjectFields();

	private boolean form;

	private String bodyType = "json";

	private @Nullable Map<String, Object> body;

	private HandlerParameters(TypeSchemas schemas) {
		this.schemas = schemas;
	}

	static HandlerParameters of(HandlerMethod handler, TypeSchemas schemas) {
		HandlerParameters parameters = new HandlerParameters(schemas);
		List<MediaType> consumed = consumed(DeclaredMapping.of(handler));
		parameters.form = consumed.stream()
			.anyMatch((type) -> type.getType().equals("multipart")
					|| type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED));
		for (MethodParameter parameter : handler.getMethodParameters()) {
			MethodParameter typed = parameter.withContainingClass(handler.getBeanType());
			typed.initParameterNameDiscovery(NAMES);
			parameters.add(typed, consumed);
		}
		return parameters;
	}

	private static List<MediaType> consumed(@Nullable RequestMapping mapping) {
		return (mapping == null) ? List.of()
				: Arrays.stream(mapping.consumes())
					.filter((type) -> !type.startsWith("!"))
					.map(MediaType::parseMediaType)
					.filter((type) -> !type.isWildcardType())
					.toList();
	}

	/**
	 * Return the parameters of the query, or of a form if the request has one.
	 */
	ObjectFields query() {
		return this.query;
	}

	/**
	 * Return the members of objects that are bound to the query or to a form, and the
	 * parts of a form.
	 */
	ObjectFields fields() {
		return this.fields;
	}

	boolean isForm() {
		return this.form;
	}

	String bodyType() {
		return this.bodyType;
	}

	@Nullable Map<String, Object> body() {
		return this.body;
	}

	private void add(MethodParameter parameter, List<MediaType> consumed) {
		RequestParam param = parameter.getParameterAnnotation(RequestParam.class);
		if (parameter.hasParameterAnnotation(RequestBody.class)) {
			addBody(ResolvableType.forMethodParameter(parameter), consumed);
		}
		else if (HttpEntity.class.isAssignableFrom(parameter.getParameterType())) {
			addBody(ResolvableType.forMethodParameter(parameter).getGeneric(), consumed);
		}
		else if (parameter.hasParameterAnnotation(RequestPart.class)) {
			addPart(parameter);
		}
		else if (param != null) {
			addParam(parameter, param);
		}
		else if (parameter.hasParameterAnnotation(ModelAttribute.class) || isBound(parameter)) {
			addObject(parameter);
		}
	}

	/**
	 * Return whether Spring binds a parameter without an annotation to the query or form.
	 */
	private static boolean isBound(MethodParameter parameter) {
		Class<?> type = parameter.nestedIfOptional().getNestedParameterType();
		boolean resolvedOtherwise = Arrays.stream(parameter.getParameterAnnotations())
			.anyMatch((annotation) -> annotation.annotationType().getName().startsWith("org.springframework."));
		if (resolvedOtherwise || RESOLVED.contains(type)) {
			return false;
		}
		return BeanUtils.isSimpleProperty(type) || isFile(type)
				|| PROVIDED.stream().noneMatch(type.getName()::startsWith);
	}

	private void addBody(ResolvableType type, List<MediaType> consumed) {
		Class<?> raw = type.toClass();
		boolean json = consumed.stream()
			.anyMatch((accepted) -> accepted.getSubtype().equals("json") || accepted.getSubtype().endsWith("+json"));
		boolean text = CharSequence.class.isAssignableFrom(raw) || raw == byte[].class
				|| PROVIDED.subList(0, 2).stream().anyMatch(raw.getName()::startsWith)
				|| raw.getName().startsWith("java.io.");
		if (this.form) {
			this.bodyType = "form-data";
			this.body = Map.of("type", "object");
		}
		else if (text) {
			this.bodyType = json ? "json" : "text";
			this.body = json ? Map.of() : Map.of("type", "string");
		}
		else {
			this.body = Optional.ofNullable(this.schemas.schema(type.getType())).orElse(Map.of());
		}
	}

	private void addPart(MethodParameter parameter) {
		this.form = true;
		RequestPart part = parameter.getParameterAnnotation(RequestPart.class);
		String name = name(parameter, (part != null) ? part.name() : "");
		this.fields.add(name, schema(parameter), part == null || (part.required() && !parameter.isOptional()));
	}

	private void addParam(MethodParameter parameter, RequestParam param) {
		if (Map.class.isAssignableFrom(parameter.getParameterType())) {
			return;
		}
		boolean required = param.required() && !parameter.isOptional()
				&& ValueConstants.DEFAULT_NONE.equals(param.defaultValue());
		if (isFile(parameter.nestedIfOptional().getNestedParameterType())) {
			this.form = true;
		}
		this.query.add(name(parameter, param.name()), schema(parameter), required);
	}

	private void addObject(MethodParameter parameter) {
		Class<?> type = parameter.nestedIfOptional().getNestedParameterType();
		if (BeanUtils.isSimpleProperty(type) || isFile(type)) {
			this.form = this.form || isFile(type);
			this.query.add(name(parameter, ""), schema(parameter), false);
			return;
		}
		this.form = true;
		Map<String, Object> schema = this.schemas.schema(type);
		this.fields.addAll((schema != null) ? schema : Map.of());
	}

	private static boolean isFile(Class<?> type) {
		return type.getName().equals("org.springframework.web.multipart.MultipartFile")
				|| type.getName().equals("jakarta.servlet.http.Part")
				|| type.getName().startsWith("org.springframework.http.codec.multipart.");
	}

	private Map<String, Object> schema(MethodParameter parameter) {
		MethodParameter nested = parameter.nestedIfOptional();
		Map<String, Object> schema = new LinkedHashMap<>();
		if (isFile(nested.getNestedParameterType())) {
			schema.putAll(FILES);
			return schema;
		}
		Map<String, Object> generated = this.schemas.schema(nested.getNestedGenericParameterType());
		schema.putAll((generated != null) ? generated : Map.of());
		for (Annotation constraint : parameter.getParameterAnnotations()) {
			ParameterConstraint.add(constraint, schema);
		}
		GivenExample.add(GivenExample.of(parameter.getParameter()), schema);
		return schema;
	}

	private static String name(MethodParameter parameter, String declared) {
		if (StringUtils.hasText(declared)) {
			return declared;
		}
		String name = parameter.getParameterName();
		return (name != null) ? name : "arg" + parameter.getParameterIndex();
	}

	/**
	 * Constraints of Bean Validation on parameters, read by name because the library is
	 * optional.
	 */
	private static final class ParameterConstraint {

		private static final String PACKAGE = "jakarta.validation.constraints.";

		static void add(Annotation annotation, Map<String, Object> schema) {
			String name = annotation.annotationType().getName();
			if (!name.startsWith(PACKAGE)) {
				return;
			}
			Object value = AnnotationUtils.getValue(annotation);
			boolean text = "string".equals(schema.get("type"));
			switch (name.substring(PACKAGE.length())) {
				case "Min" -> schema.put("minimum", value);
				case "Max" -> schema.put("maximum", value);
				case "Positive" -> schema.put("exclusiveMinimum", 0);
				case "PositiveOrZero" -> schema.put("minimum", 0);
				case "NotBlank", "NotEmpty" -> schema.putIfAbsent(text ? "minLength" : "minItems", 1);
				case "Size" -> {
					schema.put(text ? "minLength" : "minItems", AnnotationUtils.getValue(annotation, "min"));
					Object max = AnnotationUtils.getValue(annotation, "max");
					if (!Integer.valueOf(Integer.MAX_VALUE).equals(max)) {
						schema.put(text ? "maxLength" : "maxItems", max);
					}
				}
				default -> {
				}
			}
		}

	}

}
