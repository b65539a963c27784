package io.x402.spring.facilitator;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLHandshakeException;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;

/**
 * Calls a facilitator within a time limit for the whole call and a size limit for the
 * answer. It waits without {@code block()}, so it can be used on reactor threads.
 */
final class FacilitatorExchange {

	private static final int MAX_ANSWER = 1024 * 1024;

	private final WebClient webClient;

	private final String baseUri;

	FacilitatorExchange(WebClient webClient, HttpFacilitatorSettings settings) {
		this.webClient = webClient.mutate()
			.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER))
			.defaultHeaders((headers) -> settings.headers().forEach(headers::set))
			.build();
		this.baseUri = settings.baseUri().toString();
	}

	FacilitatorAnswer post(String path, byte[] body, Duration timeout) throws NoAnswerException {
		return exchange(request(HttpMethod.POST, path).contentType(MediaType.APPLICATION_JSON).bodyValue(body),
				timeout);
	}

	FacilitatorAnswer get(String path, Duration timeout) throws NoAnswerException {
		return exchange(request(HttpMethod.GET, path), timeout);
	}

	private WebClient.RequestBodySpec request(HttpMethod method, String path) {
		return this.webClient.method(method)
			.uri(URI.create(this.baseUri + path))
			.headers((headers) -> headers.set("Accept", MediaType.APPLICATION_JSON_VALUE));
	}

	private static FacilitatorAnswer exchange(WebClient.RequestHeadersSpec<?> request, Duration timeout)
			throws NoAnswerException {
		CompletableFuture<FacilitatorAnswer> answer = request.exchangeToMono(FacilitatorExchange::read).toFuture();
		try {
			return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new NoAnswerException("no complete answer within " + timeout, false);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NoAnswerException("interrupted while waiting", false);
		}
		catch (ExecutionException ex) {
			throw failure(ex.getCause());
		}
		finally {
			answer.cancel(true);
		}
	}

	private static Mono<FacilitatorAnswer> read(ClientResponse response) {
		return response.bodyToMono(byte[].class)
			.defaultIfEmpty(new byte[0])
			.map((body) -> new FacilitatorAnswer(response.statusCode(), body));
	}

	private static NoAnswerException failure(Throwable cause) {
		return new NoAnswerException(UpstreamText.excerpt(cause.getClass().getSimpleName() + ": " + cause.getMessage()),
				isNeverSent(cause));
	}

	private static boolean isNeverSent(Throwable failure) {
		if (!(failure instanceof WebClientRequestException)) {
			return false;
		}
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof ConnectException || cause instanceof UnknownHostException
					|| cause instanceof UnresolvedAddressException || cause instanceof HttpConnectTimeoutException
					|| cause instanceof SSLHandshakeException) {
				return true;
			}
		}
		return false;
	}

}
