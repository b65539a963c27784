package io.x402.spring.server;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls a facilitator server.
 */
@FunctionalInterface
public interface FacilitatorCallerResolver {

	/**
	 * Authenticate a call.
	 * @param request the call; its body has not been read
	 * @return name of the caller, or {@code null} if it may not use this server
	 */
	@Nullable String resolve(HttpServletRequest request);

}
