package io.x402.spring.pricing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.common.TemplateParserContext;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Value of an attribute: a text that is known at startup, or one that depends on the
 * request.
 */
interface OfferValue {

	/**
	 * Find the value for a request.
	 * @param request the request, {@code null} only for static values
	 * @return the value
	 */
	String get(@Nullable HttpServletRequest request);

	/**
	 * Return whether the value depends on the request.
	 * @return {@code false} for a text
	 */
	default boolean isDynamic() {
		return true;
	}

	/**
	 * Read an attribute.
	 * @param attribute its name
	 * @param text its text
	 * @param beanFactory where placeholders and beans are looked up
	 * @return the value
	 */
	static OfferValue of(String attribute, String text, ConfigurableBeanFactory beanFactory) {
		String resolved = resolve(attribute, text, beanFactory);
		if (resolved.contains("#{")) {
			return expression(attribute, resolved, beanFactory);
		}
		return resolved.startsWith("@") ? bean(attribute, resolved, beanFactory) : new Text(resolved);
	}

	/**
	 * Resolve the placeholders of an attribute.
	 * @param attribute its name
	 * @param text its text
	 * @param beanFactory where placeholders are looked up
	 * @return the text without placeholders, trimmed
	 */
	static String resolve(String attribute, String text, ConfigurableBeanFactory beanFactory) {
		try {
			String resolved = beanFactory.resolveEmbeddedValue(text);
			return (resolved != null) ? resolved.trim() : "";
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPricingException(attribute, text, "a placeholder cannot be resolved",
					"Set the property, or give the placeholder a default.");
		}
	}

	private static OfferValue expression(String attribute, String text, BeanFactory beanFactory) {
		Expression expression;
		try {
			expression = new SpelExpressionParser().parseExpression(text, new TemplateParserContext("#{", "}"));
		}
		catch (ParseException ex) {
			throw new InvalidPricingException(attribute, text, "the expression cannot be parsed",
					"Correct the expression: " + ex.getMessage());
		}
		BeanFactoryResolver beans = new BeanFactoryResolver(beanFactory);
		return (request) -> {
			StandardEvaluationContext context = new StandardEvaluationContext();
			context.setBeanResolver(beans);
			context.setVariable("request", request);
			context.setVariable("path", pathVariables(request));
			return String.valueOf(expression.getValue(context, Object.class));
		};
	}

	/**
	 * The path variables of the handler, and those of the route that prices it.
	 */
	private static Map<String, Object> pathVariables(@Nullable HttpServletRequest request) {
		Map<String, Object> variables = new HashMap<>();
		for (String attribute : List.of(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
				RoutePricing.VARIABLES_ATTRIBUTE)) {
			if (request != null && request.getAttribute(attribute) instanceof Map<?, ?> map) {
				map.forEach((name, value) -> variables.put(String.valueOf(name), value));
			}
		}
		return variables;
	}

	private static OfferValue bean(String attribute, String reference, BeanFactory beanFactory) {
		String name = reference.substring(1);
		if (!beanFactory.containsBean(name) || !beanFactory.isTypeMatch(name, PaymentValueResolver.class)) {
			throw new InvalidPricingException(attribute, reference,
					"there is no bean of that name and type PaymentValueResolver",
					"Declare a bean '" + name + "' that implements " + PaymentValueResolver.class.getName() + ".");
		}
		return (request) -> {
			if (request == null) {
				throw new IllegalStateException("No request");
			}
			return beanFactory.getBean(name, PaymentValueResolver.class).resolve(request);
		};
	}

	/**
	 * A value that is known at startup.
	 *
	 * @param text the value
	 */
	record Text(String text) implements OfferValue {

		@Override
		public String get(@Nullable HttpServletRequest request) {
			return this.text;
		}

		@Override
		public boolean isDynamic() {
			return false;
		}

	}

}
