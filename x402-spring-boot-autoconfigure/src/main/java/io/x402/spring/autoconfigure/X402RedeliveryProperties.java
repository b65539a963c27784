package io.x402.spring.autoconfigure;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.StoredContentCipher;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.web.RedeliverySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How answers that were paid for are delivered again.
 *
 * @param window Time after settlement for which the same payment gets the same answer
 * again. 0 switches redelivery off.
 * @param bodyLimit Maximum size of a body that is stored. A larger one is made again by
 * another run of the handler, if the method is safe.
 * @param memory Maximum memory for stored responses in the in-memory store, and as much
 * again for bodies that are being written.
 * @param reruns How often a handler may run again for a payment whose answer was not
 * kept.
 * @param headers Comma-separated list of the headers that are kept beside Content-Type
 * and Location.
 * @param identityHeaders Comma-separated list of the request headers that a response may
 * depend on. A payment opens no second request that differs in one of them.
 * @param encryptionKey Base64 of 16, 24 or 32 random bytes that encrypt what the store
 * keeps of answers and payments. All instances need the same.
 * @param paymentIdentifier What to do about identifiers that buyers give their payments.
 */
@ConfigurationProperties("x402.redelivery")
public record X402RedeliveryProperties(@DefaultValue("15m") Duration window, @DefaultValue("2MB") DataSize bodyLimit,
		@DefaultValue("64MB") DataSize memory, @DefaultValue("3") int reruns, @DefaultValue( {
				"Content-Disposition", "Content-Encoding", "Content-Language", "Cache-Control", "ETag", "Last-Modified",
				"Link", "Content-Range" }) List<String> headers,
		@DefaultValue({ "Accept", "Accept-Language", "Authorization", "Content-Type", "Cookie",
				"Range" }) List<String> identityHeaders,
		@Nullable String encryptionKey, @DefaultValue("off") PaymentIdentifiers paymentIdentifier){

	public X402RedeliveryProperties {
		Limits.duration("x402.redelivery.window", window, Duration.ZERO, Duration.ofDays(30));
		Limits.size("x402.redelivery.body-limit", bodyLimit, DataSize.ofBytes(0), DataSize.ofMegabytes(64));
		Limits.size("x402.redelivery.memory", memory, DataSize.ofBytes(0), DataSize.ofGigabytes(64));
		Limits.number("x402.redelivery.reruns", reruns, 0);
	}

	/**
	 * Return what encrypts stored content.
	 * @return the cipher, which does nothing without a key
	 * @throws InvalidPropertyException if the key is none
	 */
	public StoredContentCipher cipher() {
		if (this.encryptionKey == null || this.encryptionKey.isBlank()) {
			return StoredContentCipher.none();
		}
		try {
			return StoredContentCipher.withKey(Base64.getDecoder().decode(this.encryptionKey));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException("x402.redelivery.encryption-key", null,
					"it is not base64 of 16, 24 or 32 bytes", "Make one with: openssl rand -base64 32");
		}
	}

	/**
	 * Return the extensions that offers declare.
	 * @return the extensions by name
	 */
	public Map<String, Object> extensions() {
		return (this.paymentIdentifier != PaymentIdentifiers.OFF)
				? PaymentIdentifier.declaration(this.paymentIdentifier == PaymentIdentifiers.REQUIRED) : Map.of();
	}

	/**
	 * Return which responses are stored.
	 * @return the settings
	 */
	public RedeliverySettings toSettings() {
		return new RedeliverySettings(!this.window.isZero(), (int) this.bodyLimit.toBytes(), this.memory.toBytes(),
				this.headers, this.identityHeaders);
	}

	@Override
	public String toString() {
		return "X402RedeliveryProperties[window=" + this.window + "]";
	}

}
