/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.math.BigDecimal;

import org.springframework.core.convert.converter.Converter;

/**
 * Converts amounts that a YAML file has as numbers, without quotes. Their shortest
 * decimal form is what the file says.
 */
final class NumberToTokenAmountConverter implements Converter<Number, TokenAmount> {

	@Override
	public TokenAmount convert(Number number) {
		return TokenAmount.of(new BigDecimal(number.toString()).toPlainString());
	}

}
