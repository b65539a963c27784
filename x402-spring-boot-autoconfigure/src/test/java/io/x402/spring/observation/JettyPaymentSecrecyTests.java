package io.x402.spring.observation;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.context.annotation.Import;

@Import(JettyServletWebServerFactory.class)
class JettyPaymentSecrecyTests extends AbstractPaymentSecrecyTests {

}
