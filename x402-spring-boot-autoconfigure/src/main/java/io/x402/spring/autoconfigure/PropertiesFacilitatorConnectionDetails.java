package io.x402.spring.autoconfigure;

import java.net.URI;

import io.x402.spring.facilitator.HttpFacilitatorSettings;

/**
 * Adapts {@link X402Properties} to {@link FacilitatorConnectionDetails}.
 */
final class PropertiesFacilitatorConnectionDetails implements FacilitatorConnectionDetails {

	private final URI uri;

	PropertiesFacilitatorConnectionDetails(X402Properties properties) {
		try {
			this.uri = HttpFacilitatorSettings.of(properties.facilitator().url()).baseUri();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException("x402.facilitator.url", null, String.valueOf(ex.getMessage()),
					"Set it to the base URL of your facilitator, such as https://x402.org/facilitator.");
		}
	}

	@Override
	public URI getUri() {
		return this.uri;
	}

}
