package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.h2.jdbcx.JdbcConnectionPool;
import org.slf4j.LoggerFactory;

/**
 * Whatever happens in whatever order: nothing is delivered unpaid, no payment is told to
 * have failed that has not, no handler runs twice for what it could have earned, the
 * books are right, and whoever has paid can collect in the end.
 */
class PaymentModelProperties {

	private static final Logger ENGINE = (Logger) LoggerFactory.getLogger("io.x402.spring.payment");

	private static final DataSource DATABASE = JdbcConnectionPool.create("jdbc:h2:mem:model;DB_CLOSE_DELAY=-1", "", "");

	@BeforeContainer
	static void prepare() {
		ENGINE.setLevel(Level.OFF);
		SharedDatabase.createTables(DATABASE);
	}

	@AfterContainer
	static void tidyUp() {
		ENGINE.setLevel(null);
	}

	@Property(tries = 5000)
	void allGoesWellInMemory(@ForAll("actions") List<Action> actions) {
		MovingClock clock = new MovingClock();
		act(new World(new SharedMemory(clock), clock), actions);
	}

	@Property(tries = 500)
	void allGoesWellInADatabase(@ForAll("actions") List<Action> actions) {
		MovingClock clock = new MovingClock();
		act(new World(new SharedDatabase(clock, DATABASE), clock), actions);
	}

	private static void act(World world, List<Action> actions) {
		actions.forEach((action) -> action.in(world));
		world.audit();
		world.collect();
		world.audit();
	}

	@Provide
	Arbitrary<List<Action>> actions() {
		return Arbitraries.frequencyOf(Tuple.of(10, pay()), Tuple.of(4, begin()), Tuple.of(4, finish()),
				Tuple.of(1, instances().map(Action.Kill::new)), Tuple.of(3, Arbitraries.just(new Action.EndLeases())),
				Tuple.of(1, Arbitraries.just(new Action.Mine())), Tuple.of(4, reconcile()),
				Tuple.of(3, Arbitraries.integers().between(1, 200).map((seconds) -> wait(seconds))))
			.list()
			.ofMinSize(1)
			.ofMaxSize(14);
	}

	private static Action wait(int seconds) {
		return new Action.Wait(Duration.ofSeconds(seconds));
	}

	private static Arbitrary<Action> pay() {
		return Combinators
			.combine(instances(), payments(), requests(), Arbitraries.of(Answering.class),
					Arbitraries.of(Handling.class), faults())
			.as(Action.Pay::new);
	}

	private static Arbitrary<Action> begin() {
		return Combinators.combine(instances(), payments(), requests()).as(Action.Begin::new);
	}

	private static Arbitrary<Action> finish() {
		return Combinators.combine(Arbitraries.of(Answering.class), Arbitraries.of(Handling.class), faults())
			.as(Action.Finish::new);
	}

	private static Arbitrary<Action> reconcile() {
		return Combinators.combine(instances(), Arbitraries.of(Answering.class), faults()).as(Action.Reconcile::new);
	}

	private static Arbitrary<Integer> instances() {
		return Arbitraries.integers().between(0, World.INSTANCES - 1);
	}

	private static Arbitrary<Integer> payments() {
		return Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(1, 1), Tuple.of(2, 2));
	}

	private static Arbitrary<String> requests() {
		return Arbitraries.frequency(Tuple.of(5, "request"), Tuple.of(1, "another"));
	}

	private static Arbitrary<Fault> faults() {
		return Combinators.combine(Arbitraries.of(Fault.Kind.class), Arbitraries.integers().between(0, 6))
			.as(Fault::new)
			.injectNull(0.7);
	}

}
