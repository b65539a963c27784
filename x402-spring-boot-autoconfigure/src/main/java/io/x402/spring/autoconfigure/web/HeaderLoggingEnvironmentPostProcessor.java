package io.x402.spring.autoconfigure.web;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the loggers quiet that print the headers of requests, and with them payments,
 * also when their parents are set to {@code DEBUG} or {@code TRACE}. With the lowest
 * precedence, so that they can be set by name.
 */
final class HeaderLoggingEnvironmentPostProcessor implements EnvironmentPostProcessor {

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.getProperty("x402.enabled", Boolean.class, true)) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("x402HeaderLoggers",
						Map.of("logging.level.org.apache.coyote.http11.Http11InputBuffer", "info",
								"logging.level.org.apache.coyote.http11.Http11Processor", "warn",
								"logging.level.org.apache.coyote.http2.HpackDecoder", "info",
								"logging.level.org.apache.coyote.http2.Stream", "info",
								"logging.level.org.eclipse.jetty.http.HttpParser", "info")));
		}
	}

}
