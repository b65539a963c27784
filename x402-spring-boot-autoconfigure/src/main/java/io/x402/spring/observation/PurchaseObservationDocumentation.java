/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * Documented observation of the purchases of a buyer. Its key values come from a
 * {@link PurchaseObservationConvention}.
 *
 * @since 0.1.0
 */
public enum PurchaseObservationDocumentation implements ObservationDocumentation {

	/**
	 * Observation of one call that pays, from the signature to the end of the content, or
	 * of a payment that the policy refused.
	 */
	PURCHASE {
		@Override
		public String getName() {
			return "x402.purchase";
		}
	};

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return LowCardinalityKeyNames.values();
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return HighCardinalityKeyNames.values();
	}

	/**
	 * Key names of small, closed sets of values.
	 */
	public enum LowCardinalityKeyNames implements KeyName {

		/**
		 * Ticker of a known token, {@code other}, or {@code none} for an offer that could
		 * not be read.
		 */
		ASSET {
			@Override
			public String asString() {
				return "asset";
			}
		},

		/**
		 * CAIP-2 identifier of a known network, {@code other}, or {@code none} for an
		 * offer that could not be read.
		 */
		NETWORK {
			@Override
			public String asString() {
				return "network";
			}
		},

		/**
		 * Outcome of the call: {@code delivered}, {@code declined}, {@code undecided},
		 * {@code not_sent}, {@code refused}, or {@code none} as long as the call lasts.
		 */
		OUTCOME {
			@Override
			public String asString() {
				return "outcome";
			}
		},

		/**
		 * Why the policy refused, or {@code none}.
		 */
		REASON {
			@Override
			public String asString() {
				return "reason";
			}
		},

		/**
		 * Scheme of the protocol, {@code other}, or {@code none} for an offer that could
		 * not be read.
		 */
		SCHEME {
			@Override
			public String asString() {
				return "scheme";
			}
		},

		/**
		 * Protocol version of the seller, {@code 1} or {@code 2}, or {@code none} for an
		 * offer that could not be read.
		 */
		VERSION {
			@Override
			public String asString() {
				return "version";
			}
		}

	}

	/**
	 * Key names of open sets of values, for traces only.
	 */
	public enum HighCardinalityKeyNames implements KeyName {

		/**
		 * Price in tokens, or {@code none} for a token that is not known.
		 */
		AMOUNT {
			@Override
			public String asString() {
				return "amount";
			}
		},

		/**
		 * How often the payment was sent.
		 */
		ATTEMPTS {
			@Override
			public String asString() {
				return "attempts";
			}
		},

		/**
		 * Host that is paid, with its port if that is not the usual one.
		 */
		HOST {
			@Override
			public String asString() {
				return "host";
			}
		},

		/**
		 * Hash of the transaction that the seller claims in its receipt, or {@code none}.
		 */
		TRANSACTION {
			@Override
			public String asString() {
				return "transaction";
			}
		}

	}

}
