/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.util.ReflectionUtils;

/**
 * Names that an expression about a caller may use, so that a misspelled one fails at
 * startup and not for the first customer.
 *
 * @param beans where beans are looked up
 * @param root type of the object that methods without a target belong to, or {@code null}
 * if the application has its own
 */
record SecurityNames(BeanFactory beans, @Nullable Class<?> root) {

	/**
	 * Find a name that does not exist.
	 * @param expression the expression
	 * @return what does not exist, or {@code null} if all names that can be checked do
	 */
	@Nullable String unknown(Expression expression) {
		return (expression instanceof SpelExpression spel) ? unknown(spel.getAST(), true) : null;
	}

	/**
	 * Arguments of a method belong to the root, whatever its target is; elements of a
	 * collection do not.
	 */
	private @Nullable String unknown(SpelNode node, boolean ofRoot) {
		String unknown = unknownItself(node, ofRoot);
		boolean chain = node instanceof CompoundExpression;
		boolean elements = node instanceof Projection || node instanceof Selection;
		for (int i = 0; i < node.getChildCount() && unknown == null && !elements; i++) {
			unknown = unknown(node.getChild(i), !chain || i == 0);
		}
		return unknown;
	}

	private @Nullable String unknownItself(SpelNode node, boolean ofRoot) {
		if (node instanceof BeanReference) {
			String name = node.toStringAST().substring(1).replace("'", "");
			return this.beans.containsBean(name) ? null : "bean named '" + name + "'";
		}
		if (!ofRoot || this.root == null) {
			return null;
		}
		if (node instanceof MethodReference method) {
			return hasMethod(this.root, method) ? null
					: "method '" + method.getName() + "' that takes " + method.getChildCount() + " values";
		}
		return (node instanceof PropertyOrFieldReference property && !hasProperty(this.root, property.getName()))
				? "property '" + property.getName() + "'" : null;
	}

	private static boolean hasMethod(Class<?> type, MethodReference reference) {
		return Arrays.stream(type.getMethods())
			.anyMatch((method) -> method.getName().equals(reference.getName())
					&& (method.isVarArgs() || method.getParameterCount() == reference.getChildCount()));
	}

	private static boolean hasProperty(Class<?> type, String name) {
		return BeanUtils.getPropertyDescriptor(type, name) != null || ReflectionUtils.findField(type, name) != null;
	}

}
