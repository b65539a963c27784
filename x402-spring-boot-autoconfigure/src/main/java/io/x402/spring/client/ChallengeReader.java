package io.x402.spring.client;

import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.http.HttpHeaders;

/**
 * Finds out what a 402 answer asks for: v2 in the header, else v1 in the body.
 */
final class ChallengeReader {

	private final PaymentCodec codec;

	private final Set<ProtocolVersion> versions;

	ChallengeReader(PaymentCodec codec, Set<ProtocolVersion> versions) {
		this.codec = codec;
		this.versions = Set.copyOf(versions);
	}

	/**
	 * Read the answer.
	 * @param headers its headers
	 * @param body its body, as far as it is read
	 * @return the challenge, or {@code null} if the answer is not one of x402
	 * @throws PaymentRefusedException if it is one that cannot be read
	 */
	@Nullable Challenge read(HttpHeaders headers, byte[] body) {
		List<String> values = headers.getOrEmpty(ProtocolVersion.PAYMENT_REQUIRED_HEADER);
		if (!values.isEmpty() && this.versions.contains(ProtocolVersion.V2)) {
			return readHeader(values);
		}
		return this.versions.contains(ProtocolVersion.V1) ? readBody(body) : null;
	}

	private Challenge readHeader(List<String> values) {
		try {
			Document document = (values.size() == 1) ? this.codec.decode(values.get(0), Document.class) : null;
			if (document != null && document.x402Version() == ProtocolVersion.V2.number()) {
				return new Challenge(ProtocolVersion.V2, document.resource(), document.accepts(),
						document.extensions());
			}
		}
		catch (JacksonException ex) {
			// Falls through
		}
		throw new PaymentRefusedException(RefusalReason.UNREADABLE_CHALLENGE, null, null);
	}

	private @Nullable Challenge readBody(byte[] body) {
		try {
			Document document = this.codec.read(body, Document.class);
			return (document.x402Version() == ProtocolVersion.V1.number())
					? new Challenge(ProtocolVersion.V1, null, document.accepts(), null) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private record Document(@JsonProperty(required = true) int x402Version, @Nullable Map<String, Object> resource,
			@JsonProperty(required = true) List<Map<String, Object>> accepts,
			@Nullable Map<String, Object> extensions) {

		Document {
			accepts = List.copyOf(accepts);
		}

	}

}
