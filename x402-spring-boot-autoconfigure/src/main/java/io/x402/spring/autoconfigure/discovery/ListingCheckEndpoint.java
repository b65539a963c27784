/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.x402.spring.discovery.ListingCheck;
import io.x402.spring.discovery.ListingFinding;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Actuator {@link Endpoint @Endpoint} to request all paid mappings as an index of paid
 * resources does, and to report what should be changed. A write operation, because the
 * application is requested; nothing is paid, and no handler runs that costs money.
 */
@Endpoint(id = "x402check")
final class ListingCheckEndpoint {

	private final ListingCheck check;

	private final X402DiscoveryProperties properties;

	private final @Nullable String publicUrl;

	private final Supplier<@Nullable String> localUrl;

	/**
	 * Create an endpoint.
	 * @param check requests the mappings
	 * @param properties how the application is described to catalogues
	 * @param publicUrl public URL of the application, or {@code null} if it is not known
	 * @param localUrl returns the URL of the application on this machine, or {@code null}
	 * if no server listens
	 */
	ListingCheckEndpoint(ListingCheck check, X402DiscoveryProperties properties, @Nullable String publicUrl,
			Supplier<@Nullable String> localUrl) {
		this.check = check;
		this.properties = properties;
		this.publicUrl = publicUrl;
		this.localUrl = localUrl;
	}

	/**
	 * Request all paid mappings.
	 * @param throughBaseUrl whether to request the public URL, with all proxies before
	 * it, instead of the server on this machine
	 * @return the report
	 */
	@WriteOperation
	Report check(@Nullable Boolean throughBaseUrl) {
		String url = Boolean.TRUE.equals(throughBaseUrl) ? this.publicUrl : this.localUrl.get();
		if (url == null) {
			return new Report(null,
					List.of(new ListingFinding("no_url", "The URL to request is not known.",
							"Set x402.base-url for a check through it, or start the application with a web server.")),
					List.of());
		}
		return new Report(url, findings(), this.check.run(url));
	}

	private List<ListingFinding> findings() {
		List<ListingFinding> findings = new ArrayList<>();
		if (this.publicUrl == null) {
			findings.add(new ListingFinding("no_base_url", "Catalogues list the host of whichever request they see.",
					"Set x402.base-url to the public URL."));
		}
		if (!this.properties.enabled()) {
			findings.add(new ListingFinding("not_described", "Mappings are not described to catalogues.",
					"Set x402.discovery.enabled=true."));
		}
		if (!this.properties.documents()) {
			findings.add(new ListingFinding("no_documents",
					"Indexes that read /openapi.json or /.well-known/x402 find nothing.",
					"Set x402.discovery.documents=true, or serve the description of springdoc as /openapi.json."));
		}
		if (this.properties.serviceName() == null) {
			findings.add(new ListingFinding("no_service_name", "Catalogues show no name of the service.",
					"Set x402.discovery.service-name."));
		}
		return findings;
	}

	/**
	 * A report.
	 *
	 * @param url URL below which mappings were requested, or {@code null} if none was
	 * @param findings what should be changed for the application as a whole
	 * @param mappings the paid mappings
	 */
	record Report(@Nullable String url, List<ListingFinding> findings, List<ListingCheck.Result> mappings) {

	}

}
