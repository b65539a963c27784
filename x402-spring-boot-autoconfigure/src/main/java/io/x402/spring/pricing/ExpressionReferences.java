/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.Set;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.expression.Expression;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;

/**
 * Checks the beans and variables that an expression refers to, so that a misspelled name
 * fails at startup and not for the first buyer.
 */
final class ExpressionReferences {

	static final String REQUEST = "request";

	static final String PATH = "path";

	static final String ARGUMENTS = "arguments";

	private static final Set<String> VARIABLES = Set.of(REQUEST, PATH, ARGUMENTS, "this", "root");

	private final String attribute;

	private final String text;

	private final BeanFactory beanFactory;

	private ExpressionReferences(String attribute, String text, BeanFactory beanFactory) {
		this.attribute = attribute;
		this.text = text;
		this.beanFactory = beanFactory;
	}

	/**
	 * Check an expression.
	 * @param attribute name of the attribute that it is the value of
	 * @param text the expression as it is written
	 * @param expression the parsed expression
	 * @param beanFactory where beans are looked up
	 * @throws InvalidPricingException if a bean or a variable does not exist
	 */
	static void check(String attribute, String text, Expression expression, BeanFactory beanFactory) {
		new ExpressionReferences(attribute, text, beanFactory).check(expression);
	}

	private void check(Expression expression) {
		if (expression instanceof CompositeStringExpression composite) {
			for (Expression part : composite.getExpressions()) {
				check(part);
			}
		}
		else if (expression instanceof SpelExpression spel) {
			check(spel.getAST());
		}
	}

	private void check(SpelNode node) {
		if (node instanceof BeanReference) {
			checkBean(name(node));
		}
		else if (node instanceof VariableReference) {
			checkVariable(name(node));
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			check(node.getChild(i));
		}
	}

	private static String name(SpelNode node) {
		return node.toStringAST().substring(1).replace("'", "");
	}

	private void checkBean(String name) {
		if (!this.beanFactory.containsBean(name)) {
			throw new InvalidPricingException(this.attribute, this.text, "there is no bean named '" + name + "'",
					"Declare the bean, or correct its name in the expression.");
		}
	}

	private void checkVariable(String name) {
		if (!VARIABLES.contains(name)) {
			throw new InvalidPricingException(this.attribute, this.text, "there is no variable #" + name,
					"Use #request or #path, for a tool also #arguments, or refer to a bean as @name.");
		}
	}

}
