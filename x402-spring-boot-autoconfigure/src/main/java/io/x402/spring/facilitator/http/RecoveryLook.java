package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Looks in the background whether a facilitator that is down answers again, so that no
 * payment has to try. The first look comes after a second, later ones after twice the
 * time of the one before, until a call is answered.
 */
final class RecoveryLook implements AutoCloseable {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration IDLE = Duration.ofSeconds(5);

	private final BooleanSupplier look;

	private final long longest;

	private final ScheduledThreadPoolExecutor executor;

	private boolean looking;

	private boolean failed;

	private long delay;

	/**
	 * Create a look.
	 * @param look asks the facilitator something that moves no money, and returns whether
	 * it answers
	 * @param longest longest time between two looks
	 */
	RecoveryLook(BooleanSupplier look, Duration longest) {
		this.look = look;
		this.longest = Math.max(longest.toNanos(), 1);
		this.delay = firstDelay();
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "x402-facilitator-recovery");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.executor.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
		this.executor.allowCoreThreadTimeOut(true);
	}

	private long firstDelay() {
		return Math.min(FIRST.toNanos(), this.longest);
	}

	/**
	 * Look until the facilitator answers, unless that is being done already.
	 * @param recovered what to do then, told whether a look has failed before
	 */
	synchronized void begin(Consumer<Boolean> recovered) {
		if (!this.looking) {
			this.failed = false;
			this.looking = schedule(recovered);
		}
	}

	private boolean schedule(Consumer<Boolean> recovered) {
		try {
			this.executor.schedule(() -> look(recovered), this.delay, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void look(Consumer<Boolean> recovered) {
		boolean answers = answers();
		boolean news;
		synchronized (this) {
			this.failed |= !answers;
			news = this.failed;
			this.delay = Math.min(this.delay * 2, this.longest);
			this.looking = !answers && schedule(recovered);
		}
		if (answers) {
			recovered.accept(news);
		}
	}

	private boolean answers() {
		try {
			return this.look.getAsBoolean();
		}
		catch (RuntimeException | Error ex) {
			// Nobody else would look any more
			return false;
		}
	}

	/**
	 * A call was answered.
	 */
	synchronized void answered() {
		this.delay = firstDelay();
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
