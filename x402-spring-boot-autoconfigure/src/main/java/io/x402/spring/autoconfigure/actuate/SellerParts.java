/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.money.Network;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SupportedResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Parts of an application that sells, as far as a reader may see them.
 *
 * @param enabled whether it sells
 * @param baseUrl public URL, or {@code null} if that of each request is used
 * @param versions supported protocol versions
 * @param facilitators returns the conditions of the facilitators
 * @param supported what the facilitators support, or {@code null} if none says so
 * @param store type of the store of claims, or {@code null} if there is none
 * @param ledger type of the ledger, or {@code null} if there is none
 * @param discovery how catalogues learn of what is sold
 */
record SellerParts(boolean enabled, @Nullable String baseUrl, List<String> versions,
		Supplier<List<FacilitatorCondition>> facilitators, @Nullable SupportedKinds supported, @Nullable String store,
		@Nullable String ledger, Discovery discovery) {

	/**
	 * Return the conditions of the facilitators behind one.
	 * @param facilitator the facilitator, or {@code null} if there is none
	 * @return the conditions, one without a problem if the facilitator knows none
	 */
	static List<FacilitatorCondition> conditions(@Nullable Facilitator facilitator) {
		if (facilitator == null) {
			return List.of();
		}
		return (facilitator instanceof MonitoredFacilitator monitored) ? monitored.conditions()
				: List.of(new FacilitatorCondition(type(facilitator), true, ""));
	}

	static String type(Object bean) {
		return ClassUtils.getShortName(AopUtils.getTargetClass(bean));
	}

	@Nullable List<String> schemes(Network network) {
		SupportedResponse known = (this.supported != null) ? this.supported.known() : null;
		return (known != null) ? known.kinds()
			.stream()
			.filter((kind) -> kind.x402Version() == ProtocolVersion.V2.number() && kind.network().equals(network.id()))
			.map(SupportedResponse.Kind::scheme)
			.distinct()
			.sorted()
			.toList() : null;
	}

	/**
	 * How catalogues learn of what is sold.
	 *
	 * @param enabled whether mappings are described to catalogues
	 * @param documents whether documents list all paid mappings
	 */
	record Discovery(boolean enabled, boolean documents) {

	}

}
