/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * Documented observations of the calls of a facilitator. Their key values come from a
 * {@link FacilitatorObservationConvention}.
 *
 * @since 0.1.0
 */
public enum FacilitatorObservationDocumentation implements ObservationDocumentation {

	/**
	 * Observation of the verification of a payment.
	 */
	VERIFY {
		@Override
		public String getName() {
			return "x402.verify";
		}
	},

	/**
	 * Observation of the settlement of a payment.
	 */
	SETTLE {
		@Override
		public String getName() {
			return "x402.settle";
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
		 * CAIP-2 identifier of the network of the seller's own offer.
		 */
		NETWORK {
			@Override
			public String asString() {
				return "network";
			}
		},

		/**
		 * What the facilitator is asked to do, {@code verify} or {@code settle}.
		 */
		OPERATION {
			@Override
			public String asString() {
				return "operation";
			}
		},

		/**
		 * Outcome of the call: {@code valid}, {@code invalid} or {@code unavailable} for
		 * a verification, {@code settled}, {@code declined} or {@code unknown} for a
		 * settlement, {@code none} as long as the call lasts.
		 */
		OUTCOME {
			@Override
			public String asString() {
				return "outcome";
			}
		},

		/**
		 * Reason from the table of reason codes, or {@code none}.
		 */
		REASON {
			@Override
			public String asString() {
				return "reason";
			}
		},

		/**
		 * Payment scheme of the seller's own offer.
		 */
		SCHEME {
			@Override
			public String asString() {
				return "scheme";
			}
		},

		/**
		 * Protocol version the buyer speaks, {@code 1} or {@code 2}.
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
		 * Price in atomic units of the asset.
		 */
		AMOUNT {
			@Override
			public String asString() {
				return "amount";
			}
		},

		/**
		 * Address of the buyer, or {@code none}.
		 */
		PAYER {
			@Override
			public String asString() {
				return "payer";
			}
		},

		/**
		 * Hash of the transaction of a settlement, or {@code none}.
		 */
		TRANSACTION {
			@Override
			public String asString() {
				return "transaction";
			}
		}

	}

}
