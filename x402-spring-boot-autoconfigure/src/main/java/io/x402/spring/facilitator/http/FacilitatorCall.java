package io.x402.spring.facilitator.http;

import java.net.URI;

/**
 * A call that is about to be made to a remote facilitator.
 *
 * @param method HTTP method in upper case
 * @param uri absolute address, without user information, query and fragment
 */
public record FacilitatorCall(String method, URI uri) {

}
