package io.x402.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Finds the public URL of a request, which offers name as the resource.
 */
@FunctionalInterface
public interface ResourceUrlResolver {

	/**
	 * Find the URL.
	 * @param request the request
	 * @return absolute URL with query
	 */
	String resolve(HttpServletRequest request);

}
