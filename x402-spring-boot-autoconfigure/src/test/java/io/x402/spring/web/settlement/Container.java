package io.x402.spring.web.settlement;

/**
 * A servlet container to run a shop in.
 */
enum Container {

	TOMCAT("org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration"),
	JETTY("org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration");

	private final String excluded;

	Container(String excluded) {
		this.excluded = excluded;
	}

	/**
	 * Return the auto-configuration that would start the other container.
	 */
	String excluded() {
		return this.excluded;
	}

}
