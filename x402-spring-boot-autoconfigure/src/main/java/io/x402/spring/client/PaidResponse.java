package io.x402.spring.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A paid answer, delivered only when its body is read: a connection that breaks before
 * leaves the payment to the next request.
 */
final class PaidResponse implements ClientHttpResponse {

	private final ClientHttpResponse response;

	private final PaymentAttempts attempts;

	private @Nullable InputStream body;

	private PaidResponse(ClientHttpResponse response, PaymentAttempts attempts) {
		this.response = response;
		this.attempts = attempts;
	}

	static ClientHttpResponse of(ClientHttpResponse response, PaymentAttempts attempts) throws IOException {
		return (response.getStatusCode().value() < 400) ? new PaidResponse(response, attempts) : response;
	}

	@Override
	public InputStream getBody() throws IOException {
		if (this.body == null) {
			try {
				this.body = new PaidBody(this.response.getBody());
			}
			catch (IOException ex) {
				this.attempts.broken();
				throw ex;
			}
		}
		return this.body;
	}

	/**
	 * A caller that closes an answer early has got what it wanted.
	 */
	@Override
	public void close() {
		this.response.close();
		this.attempts.read();
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

	private final class PaidBody extends FilterInputStream {

		PaidBody(InputStream body) {
			super(body);
		}

		@Override
		public int read() throws IOException {
			try {
				return noted(super.read());
			}
			catch (IOException ex) {
				PaidResponse.this.attempts.broken();
				throw ex;
			}
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			try {
				return noted(super.read(bytes, offset, length));
			}
			catch (IOException ex) {
				PaidResponse.this.attempts.broken();
				throw ex;
			}
		}

		private int noted(int read) {
			if (read < 0) {
				PaidResponse.this.attempts.read();
			}
			return read;
		}

	}

}
