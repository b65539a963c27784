package io.x402.spring.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.util.StringUtils;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Prices by path. A route is matched against the path that Spring MVC routes on and, for
 * handlers that clean or decode paths themselves, against its plainest form; either match
 * means pay.
 */
final class RoutePricing {

	private final List<Route> routes;

	RoutePricing(List<PaymentRoute> routes, PathPatternParser parser, PricingFactory factory) {
		this.routes = routes.stream().map((route) -> compile(route, parser, factory)).toList();
	}

	private static Route compile(PaymentRoute route, PathPatternParser parser, PricingFactory factory) {
		String source = "route " + route.pattern();
		try {
			String pattern = parser.initFullPathPattern(route.pattern());
			return new Route(parser.parse(pattern), route.methods(), factory.create(source, route.offers()));
		}
		catch (PatternParseException ex) {
			throw new InvalidPricingException("pattern", route.pattern(), "the path pattern cannot be parsed",
					"Correct the pattern: " + ex.toDetailedString())
				.of(source);
		}
	}

	List<Route> routes() {
		return this.routes;
	}

	@Nullable Pricing find(HttpServletRequest request) {
		if (this.routes.isEmpty()) {
			return null;
		}
		RequestPath parsed = ServletRequestPathUtils.hasParsedRequestPath(request)
				? ServletRequestPathUtils.getParsedRequestPath(request)
				: ServletRequestPathUtils.parseAndCache(request);
		PathContainer path = parsed.pathWithinApplication();
		PathContainer plain = plain(path);
		for (Route route : this.routes) {
			if (route.matches(request.getMethod())
					&& (route.pattern().matches(path) || (plain != path && route.pattern().matches(plain)))) {
				return route.pricing();
			}
		}
		return null;
	}

	private static PathContainer plain(PathContainer path) {
		String text = path.value();
		String plain = text;
		if (plain.indexOf('%') >= 0) {
			try {
				plain = UriUtils.decode(plain, StandardCharsets.UTF_8);
			}
			catch (IllegalArgumentException ex) {
				return path;
			}
		}
		plain = plain.replace('\\', '/').replaceAll(";[^/]*", "").replaceAll("/{2,}", "/");
		plain = StringUtils.cleanPath(plain).replace("%", "%25");
		return plain.equals(text) ? path : PathContainer.parsePath(plain);
	}

	/**
	 * A compiled route.
	 *
	 * @param pattern the path pattern
	 * @param methods the HTTP methods, empty for all
	 * @param pricing the price
	 */
	record Route(PathPattern pattern, Set<HttpMethod> methods, Pricing pricing) {

		boolean matches(String method) {
			return this.methods.isEmpty() || this.methods.contains(HttpMethod.valueOf(method))
					|| ("HEAD".equals(method) && this.methods.contains(HttpMethod.GET));
		}

	}

}
