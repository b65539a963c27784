package io.x402.spring.autoconfigure.server;

import java.util.List;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of the facilitator server.
 *
 * @param enabled Whether this application verifies and settles payments for others.
 * @param path Path of the endpoints verify, settle and supported.
 * @param payTo Comma-separated list of addresses that may be paid, or '*' for any. By
 * default the one of x402.pay-to.
 * @param tokens Comma-separated list of bearer tokens of callers. Without any, everybody
 * may call.
 * @param bodyLimit Most bytes of a message.
 */
@ConfigurationProperties("x402.facilitator.server")
public record X402FacilitatorServerProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue("/facilitator") String path, @DefaultValue List<String> payTo, @DefaultValue List<String> tokens,
		@DefaultValue("64KB") DataSize bodyLimit) {

	public X402FacilitatorServerProperties {
		Limits.size("x402.facilitator.server.body-limit", bodyLimit, DataSize.ofKilobytes(4), DataSize.ofMegabytes(1));
		if (!path.startsWith("/")) {
			throw new InvalidPropertyException("x402.facilitator.server.path", path, "it has to begin with a slash",
					"Write a path such as /facilitator.");
		}
		for (int i = 0; i < tokens.size(); i++) {
			Limits.required("x402.facilitator.server.tokens[" + i + "]", tokens.get(i));
		}
	}

	@Override
	public String toString() {
		return "X402FacilitatorServerProperties[enabled=" + this.enabled + ", path=" + this.path + ", payTo="
				+ this.payTo + "]";
	}

}
