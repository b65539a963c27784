package io.x402.spring.facilitator;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import javax.net.ssl.SSLHandshakeException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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

	private static final Log logger = LogFactory.getLog(FacilitatorExchange.class);

	private static final int MAX_ANSWER = 1024 * 1024;

	private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

	/** A call that is given up fails late, which Reactor would log as an error. */
	private static final Consumer<Throwable> NOT_REPORTED = (failure) -> logger.trace("Failed after it was given up");

	private final WebClient webClient;

	private final String baseUri;

	private final FacilitatorAuthentication authentication;

	FacilitatorExchange(WebClient webClient, HttpFacilitatorSettings settings,
			FacilitatorAuthentication authentication) {
		this.webClient = webClient.mutate()
			.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER))
			.defaultHeaders((headers) -> settings.headers().forEach(headers::set))
			.build();
		this.baseUri = settings.baseUri().toString();
		this.authentication = authentication;
	}

	FacilitatorAnswer post(String path, byte[] body, Duration timeout) throws NoAnswerException {
		return exchange(request(HttpMethod.POST, path).contentType(MediaType.APPLICATION_JSON).bodyValue(body),
				timeout);
	}

	FacilitatorAnswer get(String path, Duration timeout) throws NoAnswerException {
		return exchange(request(HttpMethod.GET, path), timeout);
	}

	private WebClient.RequestBodySpec request(HttpMethod method, String path) throws NoAnswerException {
		URI uri = URI.create(this.baseUri + path);
		Map<String, String> credentials = credentials(new FacilitatorCall(method.name(), uri));
		return this.webClient.method(method).uri(uri).headers((headers) -> {
			headers.set("Accept", MediaType.APPLICATION_JSON_VALUE);
			credentials.forEach(headers::set);
		});
	}

	private Map<String, String> credentials(FacilitatorCall call) throws NoAnswerException {
		try {
			Map<String, String> headers = this.authentication.headers(call);
			headers.forEach(HttpFacilitatorSettings::requireSendable);
			return headers;
		}
		catch (RuntimeException ex) {
			throw new NotCalledException("no credentials: " + ex.getClass().getName());
		}
	}

	private static FacilitatorAnswer exchange(WebClient.RequestHeadersSpec<?> request, Duration timeout)
			throws NoAnswerException {
		CompletableFuture<FacilitatorAnswer> answer = request.exchangeToMono(FacilitatorExchange::read)
			.contextWrite((context) -> context.put(ON_ERROR_DROPPED, NOT_REPORTED))
			.toFuture();
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

	private static NoAnswerException failure(Throwable failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		return new NoAnswerException(UpstreamText.excerpt(cause.getClass().getSimpleName() + ": " + cause.getMessage()),
				isNeverSent(failure));
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
