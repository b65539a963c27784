/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The response of a container that looks through wrappers for its own. Tomcat ends that
 * one as soon as a forward returns, and what is held by a wrapper could not be sent any
 * more; this is where its search ends, so that it asks the wrapper to close instead.
 */
final class ContainerResponse implements HttpServletResponse {

	private static final String TOMCAT = "org.apache.catalina.";

	private final HttpServletResponse response;

	private ContainerResponse(HttpServletResponse response) {
		this.response = response;
	}

	/**
	 * Return what a wrapper is to be put around.
	 * @param response the response
	 * @return the same response, hidden from its container where that is necessary
	 */
	static HttpServletResponse of(HttpServletResponse response) {
		return isOf(response, TOMCAT) ? new ContainerResponse(response) : response;
	}

	/**
	 * Return whether a container made a response.
	 * @param response the response
	 * @param container prefix of the names of its classes
	 * @return {@code true} if it did
	 */
	static boolean isOf(HttpServletResponse response, String container) {
		ServletResponse innermost = response;
		while (innermost instanceof ServletResponseWrapper wrapper) {
			innermost = wrapper.getResponse();
		}
		return innermost.getClass().getName().startsWith(container);
	}

	@Override
	public String getCharacterEncoding() {
		return this.response.getCharacterEncoding();
	}

	@Override
	public String getContentType() {
		return this.response.getContentType();
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		return this.response.getOutputStream();
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		return this.response.getWriter();
	}

	@Override
	public void setCharacterEncoding(String type) {
		this.response.setCharacterEncoding(type);
	}

	@Override
	public void setCharacterEncoding(Charset encoding) {
		this.response.setCharacterEncoding(encoding);
	}

	@Override
	public void setContentLength(int length) {
		this.response.setContentLength(length);
	}

	@Override
	public void setContentLengthLong(long length) {
		this.response.setContentLengthLong(length);
	}

	@Override
	public void setContentType(String type) {
		this.response.setContentType(type);
	}

	@Override
	public void setBufferSize(int length) {
		this.response.setBufferSize(length);
	}

	@Override
	public int getBufferSize() {
		return this.response.getBufferSize();
	}

	@Override
	public void flushBuffer() throws IOException {
		this.response.flushBuffer();
	}

	@Override
	public void resetBuffer() {
		this.response.resetBuffer();
	}

	@Override
	public boolean isCommitted() {
		return this.response.isCommitted();
	}

	@Override
	public void reset() {
		this.response.reset();
	}

	@Override
	public void setLocale(Locale locale) {
		this.response.setLocale(locale);
	}

	@Override
	public Locale getLocale() {
		return this.response.getLocale();
	}

	@Override
	public void addCookie(Cookie cookie) {
		this.response.addCookie(cookie);
	}

	@Override
	public boolean containsHeader(String name) {
		return this.response.containsHeader(name);
	}

	@Override
	public String encodeURL(String url) {
		return this.response.encodeURL(url);
	}

	@Override
	public String encodeRedirectURL(String url) {
		return this.response.encodeRedirectURL(url);
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		this.response.sendError(status, message);
	}

	@Override
	public void sendError(int status) throws IOException {
		this.response.sendError(status);
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		this.response.sendRedirect(location);
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		this.response.sendRedirect(location, clearBuffer);
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		this.response.sendRedirect(location, status);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		this.response.sendRedirect(location, status, clearBuffer);
	}

	@Override
	public void setDateHeader(String name, long value) {
		this.response.setDateHeader(name, value);
	}

	@Override
	public void addDateHeader(String name, long value) {
		this.response.addDateHeader(name, value);
	}

	@Override
	public void setHeader(String name, String value) {
		this.response.setHeader(name, value);
	}

	@Override
	public void addHeader(String name, String value) {
		this.response.addHeader(name, value);
	}

	@Override
	public void setIntHeader(String name, int value) {
		this.response.setIntHeader(name, value);
	}

	@Override
	public void addIntHeader(String name, int value) {
		this.response.addIntHeader(name, value);
	}

	@Override
	public void setStatus(int status) {
		this.response.setStatus(status);
	}

	@Override
	public int getStatus() {
		return this.response.getStatus();
	}

	@Override
	public String getHeader(String name) {
		return this.response.getHeader(name);
	}

	@Override
	public Collection<String> getHeaders(String name) {
		return this.response.getHeaders(name);
	}

	@Override
	public Collection<String> getHeaderNames() {
		return this.response.getHeaderNames();
	}

	@Override
	public void setTrailerFields(Supplier<Map<String, String>> supplier) {
		this.response.setTrailerFields(supplier);
	}

	@Override
	public Supplier<Map<String, String>> getTrailerFields() {
		return this.response.getTrailerFields();
	}

}
