package io.x402.spring.autoconfigure;

import java.net.URI;

import io.x402.spring.facilitator.HttpFacilitatorSettings;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

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
			throw new InvalidConfigurationPropertyValueException("x402.facilitator.url", properties.facilitator().url(),
					String.valueOf(ex.getMessage()));
		}
	}

	@Override
	public URI getUri() {
		return this.uri;
	}

}
