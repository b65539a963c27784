/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Optional;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.common.TemplateParserContext;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * Value of an attribute: a text that is known at startup, or one that depends on the
 * request.
 */
interface OfferValue {

	/**
	 * Return the value for a request.
	 * @param request the request
	 * @return the value
	 */
	String get(PricingRequest request);

	/**
	 * Return the text as it is written, without placeholders.
	 * @return the value, or the expression or bean reference that yields it
	 */
	String text();

	/**
	 * Return the value if it is known at startup.
	 * @return the value, or nothing if it depends on the request
	 */
	default Optional<String> fixed() {
		return Optional.empty();
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
			return ExpressionValue.of(attribute, resolved, beanFactory);
		}
		return resolved.startsWith("@") ? BeanValue.of(attribute, resolved, beanFactory) : new Fixed(resolved);
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

	/**
	 * A value that is known at startup.
	 *
	 * @param text the value
	 */
	record Fixed(String text) implements OfferValue {

		@Override
		public String get(PricingRequest request) {
			return this.text;
		}

		@Override
		public Optional<String> fixed() {
			return Optional.of(this.text);
		}

	}

	/**
	 * A value that an expression yields.
	 *
	 * @param text the expression as it is written
	 * @param expression the parsed expression
	 * @param beans resolves beans
	 */
	record ExpressionValue(String text, Expression expression, BeanFactoryResolver beans) implements OfferValue {

		static ExpressionValue of(String attribute, String text, BeanFactory beanFactory) {
			try {
				Expression parsed = new SpelExpressionParser().parseExpression(text,
						new TemplateParserContext("#{", "}"));
				ExpressionReferences.check(attribute, text, parsed, beanFactory);
				return new ExpressionValue(text, parsed, new BeanFactoryResolver(beanFactory));
			}
			catch (ParseException ex) {
				throw new InvalidPricingException(attribute, text, "the expression cannot be parsed",
						"Correct the expression: " + ex.getMessage());
			}
		}

		@Override
		public String get(PricingRequest request) {
			StandardEvaluationContext context = new StandardEvaluationContext();
			context.setBeanResolver(this.beans);
			context.setVariable(ExpressionReferences.REQUEST, request.nativeRequest());
			context.setVariable(ExpressionReferences.PATH, request.pathVariables());
			context.setVariable(ExpressionReferences.ARGUMENTS, request.arguments());
			Object value = this.expression.getValue(context, Object.class);
			if (value == null) {
				throw new InvalidPricingException("expression", this.text, "the expression yields no value",
						"Let the expression yield a text; 'free' charges nothing.");
			}
			return value.toString();
		}

	}

	/**
	 * A value that a bean yields.
	 *
	 * @param text the reference as it is written
	 * @param name name of the bean
	 * @param beanFactory where it is looked up
	 */
	record BeanValue(String text, String name, BeanFactory beanFactory) implements OfferValue {

		static BeanValue of(String attribute, String reference, BeanFactory beanFactory) {
			String name = reference.substring(1);
			if (!beanFactory.containsBean(name) || !beanFactory.isTypeMatch(name, PaymentValueResolver.class)) {
				throw new InvalidPricingException(attribute, reference,
						"there is no bean of that name and type PaymentValueResolver",
						"Declare a bean '" + name + "' that implements " + PaymentValueResolver.class.getName() + ".");
			}
			return new BeanValue(reference, name, beanFactory);
		}

		@Override
		public String get(PricingRequest request) {
			return this.beanFactory.getBean(this.name, PaymentValueResolver.class).resolve(request);
		}

	}

}
