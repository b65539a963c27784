/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.store.Claim;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A database that fails at any single statement or commit of a paid request, or from
 * there on until the request has ended, and before or after it took effect. Two instances
 * share it. Whatever the buyer got, repeating the payment delivers, one settlement is
 * booked, and what was delivered is not made again.
 */
@Tag("long")
class StoreFaultTests {

	private static final String SECRET = "s3cret-goods";

	private static final String HEADER = "X-Fault";

	private static final String NO_FAULT = "0,false,0";

	private static final Map<String, AtomicInteger> RUNS = new ConcurrentHashMap<>();

	private static final Map<String, Fault> FAULTS = new ConcurrentHashMap<>();

	/** The fault of the request that the thread serves. */
	private static final ThreadLocal<Fault> FAULT = new InheritableThreadLocal<>();

	private static final List<ConfigurableApplicationContext> INSTANCES = new ArrayList<>();

	private static FacilitatorStub facilitator;

	@BeforeAll
	static void open() {
		facilitator = FacilitatorStub.start();
		String database = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
		for (Container container : Container.values()) {
			INSTANCES.add(new SpringApplicationBuilder(ShopConfiguration.class, FaultConfiguration.class)
				.web(WebApplicationType.SERVLET)
				.bannerMode(Banner.Mode.OFF)
				.registerShutdownHook(false)
				.run("--server.port=0", "--logging.level.root=OFF",
						"--spring.autoconfigure.exclude=" + container.excluded(), "--x402.pay-to=" + Buyer.SELLER,
						"--x402.facilitator.url=" + facilitator.url(), "--x402.facilitator.supported.check=false",
						"--spring.datasource.url=" + database, "--spring.datasource.hikari.maximum-pool-size=40",
						"--x402.store.type=jdbc", "--x402.store.lease=4s", "--x402.reconciliation.interval=100ms",
						"--x402.settlement.max-repeat-wait=100ms"));
		}
		jdbc().execute("CREATE TABLE goods_order (id VARCHAR(100))");
	}

	@AfterAll
	static void close() {
		INSTANCES.forEach(ConfigurableApplicationContext::close);
		INSTANCES.clear();
		facilitator.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheDatabaseFailsAtAnyStepThenThePaymentIsDeliveredAndBookedOnce(Flow flow) throws Exception {
		Sale undisturbed = Sale.of(flow);
		undisturbed.send(0, NO_FAULT);
		int steps = FAULTS.get(undisturbed.id()).seen.get();
		assertThat(steps).isGreaterThan(10);
		List<Callable<String>> sales = new ArrayList<>();
		for (int at = 1; at <= steps + 4; at++) {
			int instance = at % 2;
			for (String rest : List.of(",false,1", ",true,1", ",false,1000", ",true,1000")) {
				String fault = at + rest;
				sales.add(() -> sell(flow, instance, fault));
			}
		}
		ExecutorService executor = Executors.newFixedThreadPool(16);
		try {
			List<String> complaints = new ArrayList<>();
			for (Future<String> complaint : executor.invokeAll(sales)) {
				complaints.add(complaint.get());
			}
			assertThat(complaints).hasSize(sales.size()).containsOnly("");
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static String sell(Flow flow, int instance, String fault) throws Exception {
		Sale sale = Sale.of(flow);
		WireResponse first = sale.send(instance, fault);
		String told = (first != null) ? first.toString() : "";
		if (!isGoods(first)) {
			await().atMost(Duration.ofMinutes(1)).until(() -> isGoods(sale.send(instance + 1, NO_FAULT)));
		}
		int runs = sale.runs();
		await().atMost(Duration.ofMinutes(1)).until(() -> isGoods(sale.send(instance, NO_FAULT)));
		List<String> complaints = new ArrayList<>();
		if (told.startsWith("HTTP/1.1 402")) {
			complaints.add("settled although nothing was to be charged");
		}
		if (sale.runs() > runs || runs > 2) {
			complaints.add("ran " + sale.runs() + " times, and " + runs + " times up to the delivery");
		}
		if (sale.script().settlements() < 1 || sale.script().settlements() > 2) {
			complaints.add("asked to settle " + sale.script().settlements() + " times");
		}
		if (sale.booked() != 1) {
			complaints.add("booked " + sale.booked() + " times");
		}
		// It is not known whether a commit whose response is lost was done
		int orders = told.contains("delivery_failed") ? 2 : 1;
		if (flow == Flow.TRANSACTION && (sale.orders() < 1 || sale.orders() > orders)) {
			complaints.add("ordered " + sale.orders() + " times");
		}
		return complaints.isEmpty() ? "" : complaints + " after fault " + fault + " at "
				+ FAULTS.get(sale.id() + fault).hit + ", told first: " + told;
	}

	private static boolean isGoods(WireResponse response) {
		try {
			return response != null && response.status() == 200 && response.bodyText().contains(SECRET)
					&& response.bodyText().trim().endsWith("end") && !response.header("PAYMENT-RESPONSE").isEmpty();
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	private static int port(int instance) {
		return Integer.parseInt(
				INSTANCES.get(instance % INSTANCES.size()).getEnvironment().getRequiredProperty("local.server.port"));
	}

	private static JdbcTemplate jdbc() {
		return INSTANCES.get(0).getBean(JdbcTemplate.class);
	}

	enum Flow {

		GET("GET", "/goods", "/goods"), POST("POST", "/order", "/goods"), UPFRONT("GET", "/upfront", "/upfront"),
		EVENTS("GET", "/events", "/events"), TRANSACTION("POST", "/transaction", "/goods");

		private final String method;

		private final String target;

		private final String offered;

		Flow(String method, String target, String offered) {
			this.method = method;
			this.target = target;
			this.offered = offered;
		}

	}

	private record Sale(Flow flow, String id, Payment payment, Script script) {

		static Sale of(Flow flow) throws IOException {
			Payment payment = new Buyer().sign(new Buyer().offer(port(0), flow.offered));
			return new Sale(flow, UUID.randomUUID().toString(), payment,
					facilitator.script(payment, SettleBehaviour.SETTLED));
		}

		/**
		 * Send the payment.
		 * @return the response, or {@code null} if there is none
		 */
		WireResponse send(int instance, String fault) {
			try (WireExchange exchange = new WireExchange(port(instance))) {
				return exchange
					.send(this.flow.method, this.flow.target + "?id=" + this.id, this.payment.headerLine(),
							HEADER + ": " + fault)
					.receive();
			}
			catch (IOException | IllegalStateException ex) {
				return null;
			}
		}

		int runs() {
			return RUNS.get(this.id).get();
		}

		int orders() {
			return jdbc().queryForObject("SELECT COUNT(*) FROM goods_order WHERE id = ?", Integer.class, this.id);
		}

		int booked() {
			Claim claim = INSTANCES.get(0).getBean(PaymentStore.class).find(this.payment.key());
			return INSTANCES.get(0)
				.getBean(PaymentLedger.class)
				.find(new LedgerQuery(null, null, null, null, LedgerEvent.SETTLED, claim.sale().id(), null, 100))
				.size();
		}

	}

	/**
	 * What fails of one request: some steps in a row, before or after they take effect.
	 */
	private static final class Fault {

		private final int first;

		private final boolean after;

		private final int length;

		private final AtomicInteger seen = new AtomicInteger();

		private volatile String hit = "nothing";

		Fault(String text) {
			String[] parts = text.split(",");
			this.first = Integer.parseInt(parts[0]);
			this.after = Boolean.parseBoolean(parts[1]);
			this.length = Integer.parseInt(parts[2]);
		}

		Object step(String name, Step step) throws SQLException {
			int number = this.seen.incrementAndGet();
			boolean fails = number >= this.first && number < this.first + this.length;
			if (fails && number == this.first) {
				this.hit = name;
			}
			if (fails && !this.after) {
				throw new SQLException("The connection was lost", "08006");
			}
			Object result = step.take();
			if (fails && result instanceof Connection connection) {
				connection.close();
			}
			if (fails) {
				throw new SQLException("The connection was lost", "08006");
			}
			return result;
		}

	}

	private interface Step {

		Object take() throws SQLException;

	}

	private static final class FaultyDataSource extends DelegatingDataSource {

		private static final Set<String> STEPS = Set.of("commit", "execute", "executeUpdate", "executeQuery");

		FaultyDataSource(DataSource source) {
			super(source);
		}

		@Override
		public Connection getConnection() throws SQLException {
			return (Connection) step("getConnection", () -> faulty(Connection.class, super.getConnection()));
		}

		private static Object step(String name, Step step) throws SQLException {
			Fault fault = FAULT.get();
			return (fault != null) ? fault.step(name, step) : step.take();
		}

		private static <T> T faulty(Class<T> type, T target) {
			return type.cast(Proxy.newProxyInstance(FaultyDataSource.class.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> {
						if (STEPS.contains(method.getName())) {
							return step(method.getName(), () -> invoke(target, method, arguments));
						}
						Object result = invoke(target, method, arguments);
						return (result instanceof PreparedStatement statement)
								? faulty(PreparedStatement.class, statement) : result;
					}));
		}

		private static Object invoke(Object target, Method method, Object[] arguments) throws SQLException {
			try {
				return method.invoke(target, arguments);
			}
			catch (InvocationTargetException ex) {
				throw (ex.getTargetException() instanceof SQLException failure) ? failure
						: new SQLException(ex.getTargetException());
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(FaultController.class)
	static class FaultConfiguration {

		@Bean
		static BeanPostProcessor faultyDataSource() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof DataSource source) ? new FaultyDataSource(source) : bean;
				}

			};
		}

		@Bean
		FilterRegistrationBean<Filter> faultFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(FaultConfiguration::filter);
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			registration.setAsyncSupported(true);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
			return registration;
		}

		private static void filter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String fault = ((HttpServletRequest) request).getHeader(HEADER);
			if (fault != null) {
				String id = request.getParameter("id") + (fault.equals(NO_FAULT) ? "" : fault);
				FAULT.set(FAULTS.computeIfAbsent(id, (key) -> new Fault(fault)));
			}
			try {
				chain.doFilter(request, response);
			}
			finally {
				FAULT.remove();
			}
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class FaultController {

		private final JdbcTemplate jdbc;

		FaultController(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		private static String run(String id) {
			RUNS.computeIfAbsent(id, (key) -> new AtomicInteger()).incrementAndGet();
			return SECRET + " end";
		}

		@GetMapping("/goods")
		String goods(@RequestParam(defaultValue = "none") String id) {
			return run(id);
		}

		@PostMapping("/order")
		String order(@RequestParam String id) {
			return run(id);
		}

		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		@GetMapping("/upfront")
		String upfront(@RequestParam(defaultValue = "none") String id) {
			return run(id);
		}

		@PaymentRequired(price = "$0.01", transactional = true)
		@PostMapping("/transaction")
		String transaction(@RequestParam String id) {
			this.jdbc.update("INSERT INTO goods_order (id) VALUES (?)", id);
			return run(id);
		}

		@GetMapping("/events")
		SseEmitter events(@RequestParam(defaultValue = "none") String id) {
			run(id);
			SseEmitter emitter = new SseEmitter();
			new Thread(() -> {
				try {
					emitter.send(SECRET);
					emitter.send("end");
					emitter.complete();
				}
				catch (IOException | IllegalStateException ex) {
					// Left to the container
				}
			}).start();
			return emitter;
		}

	}

}
