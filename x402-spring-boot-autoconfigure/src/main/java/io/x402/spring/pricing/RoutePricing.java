package io.x402.spring.pricing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Prices by path. A route is matched against the path that Spring MVC routes on and, for
 * handlers that clean or decode paths themselves, against its plainest forms; any match
 * means pay, and different prices for one path mean that it is not sold.
 */
public final class RoutePricing {

	/**
	 * Name of the request attribute that holds the path variables of the route that
	 * priced the request.
	 */
	static final String VARIABLES_ATTRIBUTE = RoutePricing.class.getName() + ".VARIABLES";

	/** What makes a path that somebody else may read as another one. */
	private static final Pattern UNUSUAL = Pattern.compile("[%;\\\\]|//|/\\.|./$");

	private static final Pattern PARAMETERS = Pattern.compile(";[^/]*");

	private static final Pattern SEPARATORS = Pattern.compile("[/\\\\]+");

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

	/**
	 * Forget what an earlier dispatch of a request was priced by.
	 * @param request the request
	 */
	void forget(HttpServletRequest request) {
		if (!this.routes.isEmpty()) {
			request.removeAttribute(VARIABLES_ATTRIBUTE);
		}
	}

	/**
	 * Find the price of a path.
	 * @param request the request
	 * @return the price, or {@code null} if no route matches
	 * @throws InvalidPricingException if the spellings of the path have different prices
	 */
	@Nullable Pricing find(HttpServletRequest request) {
		if (this.routes.isEmpty()) {
			return null;
		}
		RequestPath parsed = ServletRequestPathUtils.hasParsedRequestPath(request)
				? ServletRequestPathUtils.getParsedRequestPath(request)
				: ServletRequestPathUtils.parseAndCache(request);
		Match found = null;
		for (PathContainer path : spellings(parsed.pathWithinApplication())) {
			Match match = match(path, request.getMethod());
			if (match == null || (found != null && match.isFree())) {
				continue;
			}
			if (found != null && !found.isFree() && !found.agreesWith(match)) {
				throw new InvalidPricingException("path", "", "the spelling of a requested path has two prices",
						"Nothing: requests of this kind are refused.");
			}
			found = match;
		}
		if (found == null) {
			return null;
		}
		request.setAttribute(VARIABLES_ATTRIBUTE, found.variables());
		return found.pricing();
	}

	private @Nullable Match match(PathContainer path, String method) {
		for (Route route : this.routes) {
			PathPattern.PathMatchInfo info = route.matches(method) ? route.pattern().matchAndExtract(path) : null;
			if (info != null) {
				return new Match(route.pricing(), info.getUriVariables());
			}
		}
		return null;
	}

	private static List<PathContainer> spellings(PathContainer path) {
		String text = path.value();
		if (!UNUSUAL.matcher(text).find()) {
			return List.of(path);
		}
		String withoutParameters = PARAMETERS.matcher(text).replaceAll("");
		String decoded = UriUtils.decode(text, StandardCharsets.UTF_8);
		return List.of(path, plain(UriUtils.decode(withoutParameters, StandardCharsets.UTF_8)),
				plain(PARAMETERS.matcher(decoded).replaceAll("")));
	}

	private static PathContainer plain(String decoded) {
		String plain = StringUtils.cleanPath(SEPARATORS.matcher(decoded).replaceAll("/"));
		plain = (plain.length() > 1) ? StringUtils.trimTrailingCharacter(plain, '/') : plain;
		return PathContainer.parsePath(plain.replace("%", "%25").replace(";", "%3B"));
	}

	/**
	 * A compiled route.
	 *
	 * @param pattern the path pattern
	 * @param methods the HTTP methods, empty for all
	 * @param pricing the price
	 */
	public record Route(PathPattern pattern, Set<HttpMethod> methods, Pricing pricing) {

		/**
		 * A method that is none of HTTP is not known to be another one than those that
		 * are priced.
		 */
		boolean matches(String method) {
			return this.methods.isEmpty() || this.methods.contains(HttpMethod.valueOf(method))
					|| ("HEAD".equals(method) && this.methods.contains(HttpMethod.GET))
					|| RequestMethod.resolve(method) == null;
		}

		/**
		 * Return whether all requests of a mapping are of this route.
		 */
		public boolean covers(Set<String> patterns, Set<RequestMethod> mapped) {
			boolean anyMethod = this.methods.isEmpty();
			return (anyMethod || (!mapped.isEmpty() && mapped.stream().allMatch((method) -> matches(method.name()))))
					&& patterns.stream().map(PathContainer::parsePath).allMatch(this.pattern::matches);
		}

		/**
		 * Return whether some requests of a mapping may be of this route.
		 */
		public boolean touches(Set<String> patterns) {
			PathContainer path = PathContainer.parsePath(this.pattern.getPatternString());
			return patterns.stream()
				.anyMatch((mapped) -> this.pattern.matches(PathContainer.parsePath(mapped)) || mayMatch(mapped, path));
		}

		/**
		 * Patterns of other syntax are possible where a mapping has its own path matcher.
		 */
		private static boolean mayMatch(String pattern, PathContainer path) {
			try {
				return PathPatternParser.defaultInstance.parse(pattern).matches(path);
			}
			catch (PatternParseException ex) {
				return true;
			}
		}

	}

	/**
	 * A route that matched.
	 *
	 * @param pricing its price
	 * @param variables its path variables
	 */
	private record Match(Pricing pricing, Map<String, String> variables) {

		boolean isFree() {
			return this.pricing.isFree();
		}

		boolean agreesWith(Match other) {
			return this.pricing == other.pricing && (this.pricing.isStatic() || this.variables.equals(other.variables));
		}

	}

}
