package io.x402.spring.web.routing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Runs the {@link RoutingShop}, once for all tests that are annotated so.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(classes = RoutingShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.routes[0].path=/routes/any/**",
				"x402.routes[0].price=$0.01", "x402.routes[1].path=/routes/get", "x402.routes[1].method=get",
				"x402.routes[1].price=$0.01", "x402.routes[2].path=/static-files/**", "x402.routes[2].price=$0.01",
				"x402.routes[3].path=/methods/routed-bean", "x402.routes[3].method=get", "x402.routes[3].price=$0.01",
				"spring.aop.proxy-target-class=false", "spring.mvc.hiddenmethod.filter.enabled=true",
				"spring.mvc.async.request-timeout=5s",
				"spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/" })
@interface RoutingTest {

}
