package io.x402.spring.payment;

import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import org.jspecify.annotations.Nullable;

/**
 * Counts payments that only the facilitator could find invalid, per payer and in all, and
 * says when enough is enough for a minute. Anybody can name a payer whose signature only
 * the facilitator can check, so that payers of valid payments have a larger limit and are
 * not subject to the one for all.
 */
final class VerificationGuard {

	private static final long WINDOW_MILLIS = 60_000;

	private static final int MOST_PAYERS = 10_000;

	private static final int KNOWN_PAYER_FACTOR = 10;

	private final VerificationBudget budget;

	private final Clock clock;

	private final Map<String, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > MOST_PAYERS;
		}

	};

	private final Map<String, Integer> invalid = new HashMap<>();

	private long window;

	private int all;

	VerificationGuard(VerificationBudget budget, Clock clock) {
		this.budget = budget;
		this.clock = clock;
	}

	/**
	 * Return whether the facilitator may be asked about a payment.
	 * @param payer address of the payer, or {@code null} if it is not known
	 */
	synchronized boolean allows(@Nullable String payer) {
		slide();
		String key = key(payer);
		boolean isKnown = key != null && this.known.containsKey(key);
		boolean spent = !isKnown && this.budget.all() > 0 && this.all >= this.budget.all();
		long limit = (long) this.budget.perPayer() * (isKnown ? KNOWN_PAYER_FACTOR : 1);
		boolean spentByPayer = key != null && limit > 0 && this.invalid.getOrDefault(key, 0) >= limit;
		return !spent && !spentByPayer;
	}

	/**
	 * Learn what the facilitator found.
	 */
	synchronized void found(@Nullable String payer, boolean valid) {
		slide();
		String key = key(payer);
		if (valid && key != null) {
			this.known.put(key, true);
		}
		else if (!valid) {
			this.all++;
			if (key != null && (this.invalid.size() < MOST_PAYERS || this.invalid.containsKey(key))) {
				this.invalid.merge(key, 1, Integer::sum);
			}
		}
	}

	private void slide() {
		long now = this.clock.millis() / WINDOW_MILLIS;
		if (now != this.window) {
			this.window = now;
			this.all = 0;
			this.invalid.clear();
		}
	}

	private static @Nullable String key(@Nullable String payer) {
		return (payer != null) ? payer.toLowerCase(Locale.ROOT) : null;
	}

}
