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
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
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
	 * @throws InvalidPricingException if a bean, a variable or a property does not exist
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
			check(spel.getAST(), true, true);
		}
	}

	/**
	 * Check a node and those below it.
	 * @param node the node
	 * @param first whether the node does not continue another one
	 * @param rooted whether names are looked up in the root of the expression, which is
	 * empty, and not in an element of a list or a map
	 */
	private void check(SpelNode node, boolean first, boolean rooted) {
		if (node instanceof BeanReference) {
			checkBean(name(node));
		}
		else if (node instanceof VariableReference) {
			checkVariable(name(node));
		}
		else if (first && rooted && node instanceof PropertyOrFieldReference property) {
			throw nothing("property '" + property.getName() + "'");
		}
		else if (first && rooted && node instanceof MethodReference method) {
			throw nothing("method '" + method.getName() + "'");
		}
		boolean ofElements = node instanceof Selection || node instanceof Projection;
		boolean below = rooted && !ofElements && !(node instanceof Indexer || node instanceof InlineMap);
		for (int i = 0; i < node.getChildCount(); i++) {
			check(node.getChild(i), i == 0 || !(node instanceof CompoundExpression), below);
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
			throw nothing("variable #" + name);
		}
	}

	private InvalidPricingException nothing(String what) {
		return new InvalidPricingException(this.attribute, this.text, "there is no " + what,
				"Use #request or #path, for a tool also #arguments, or refer to a bean as @name.");
	}

}
