/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Keeps passes in Redis, which all instances share: one hash for each, changed by one
 * script for each step, a key beside it for each operation that is remembered, and a list
 * for each buyer, in which those that are gone may be. Redis deletes those that have
 * ended, and operations. Times are told by the clock of the server.
 */
final class RedisPassStore implements PassStore {

	private static final Log logger = LogFactory.getLog(RedisPassStore.class);

	private static final RedisScript<?> SCRIPT = RedisScripts.load("pass", List.class);

	private static final RedisScript<Long> OWN = RedisScripts.load("payer", Long.class);

	private static final String KEPT_MILLIS = Long.toString(KEPT.toMillis());

	private static final String PREFIX = "x402:pass:{";

	private static final String PREFIX_OF_OPERATION = "x402:pass-use:{";

	private static final String PREFIX_OF_PAYER = "x402:passes:{";

	/** How many passes of a buyer may be noted before those that are gone are sought. */
	private static final int OWNED = 100;

	private static final int LOOKED_AT = 3;

	private static final int SCANNED = 1000;

	private final StringRedisTemplate redis;

	/**
	 * Create a store.
	 * @param redis the connection, whose timeout limits how long a step waits
	 */
	RedisPassStore(StringRedisTemplate redis) {
		this.redis = redis;
	}

	@Override
	public void prepare(NewPass pass, String attempt, long uses) {
		NewPass.Paid paid = pass.paid();
		Duration duration = pass.duration();
		List<String> fields = new ArrayList<>(List.of("hash", pass.tokenHash(), "attempt", attempt, "network",
				paid.network(), "asset", paid.asset(), "amount", paid.amount().toString(), "payTo", paid.payTo(),
				"scope", pass.scope(), "used", Long.toString(uses)));
		add(fields, "payer", paid.payer());
		add(fields, "user", paid.user());
		add(fields, "duration", (duration != null) ? duration.toMillis() : null);
		add(fields, "uses", pass.uses());
		run(pass.id(), "prepare", fields);
		own(pass, "");
	}

	/**
	 * A pass that its buyer would not find is not sold. The note of a limited time is
	 * kept as long as a pass that starts within {@link #KEPT}.
	 * @param preparedAt when its payment was taken, in milliseconds, empty for now
	 */
	private void own(NewPass pass, String preparedAt) {
		String payer = pass.paid().payer();
		if (payer != null) {
			Duration duration = pass.duration();
			long needed = (duration != null) ? duration.plus(KEPT).plus(KEPT).toMillis() : 0;
			String owned = keyOfPayer(payer);
			Long passes = RedisScripts
				.execute(() -> this.redis.execute(OWN, List.of(owned), pass.id(), Long.toString(needed), preparedAt));
			if (passes != null && passes > OWNED) {
				disownEnded(owned, passes);
			}
		}
	}

	/**
	 * The note of a pass that starts later may be gone, and so it is made again. What was
	 * taken of the pass counts all the same, and its next use tries it again.
	 */
	private @Nullable PassRecord owned(@Nullable PassRecord pass) {
		if (pass != null && hasStartedLate(pass)) {
			try {
				own(pass.pass(), Long.toString(pass.preparedAt().toEpochMilli()));
			}
			catch (PaymentStoreException ex) {
				logger.warn("Pass " + pass.pass().id() + " is not found by signing in yet: " + ex.getMessage());
			}
		}
		return pass;
	}

	private static boolean hasStartedLate(PassRecord pass) {
		Instant end = pass.expiresAt();
		Duration duration = pass.pass().duration();
		return end != null && duration != null && end.minus(duration).isAfter(pass.preparedAt().plus(KEPT));
	}

	/**
	 * A buyer who never signs in would leave notes of passes that are gone. More are
	 * looked at than one sale adds.
	 */
	private void disownEnded(String owned, long passes) {
		long from = ThreadLocalRandom.current().nextLong(passes);
		for (String id : owned(owned, from, from + LOOKED_AT - 1)) {
			if (find(id) == null) {
				disown(owned, id);
			}
		}
	}

	private static String keyOfPayer(String payer) {
		return PREFIX_OF_PAYER + payer.toLowerCase(Locale.ROOT) + "}";
	}

	/**
	 * Asks for each pass of the buyer: they are in as many keys, and which one has enough
	 * left changes with every use.
	 */
	@Override
	public List<PassRecord> usable(PassQuery query) {
		String owned = keyOfPayer(query.payer());
		List<PassRecord> usable = new ArrayList<>();
		for (String id : owned(owned, 0, -1)) {
			PassRecord pass = find(id);
			if (pass == null) {
				disown(owned, id);
			}
			else if (query.matches(pass)) {
				usable.add(pass);
			}
			if (usable.size() == USABLE) {
				return usable;
			}
		}
		return usable;
	}

	private Set<String> owned(String owned, long from, long to) {
		Set<String> ids = RedisScripts.execute(() -> this.redis.opsForZSet().range(owned, from, to));
		return (ids != null) ? ids : Set.of();
	}

	private void disown(String owned, String id) {
		RedisScripts.execute(() -> this.redis.opsForZSet().remove(owned, id));
	}

	/**
	 * A forgotten pass leaves its note, too, as long as Redis can be reached; otherwise
	 * the note is removed when the buyer is looked for.
	 */
	@Override
	public void forget(String id, String attempt) {
		List<?> forgotten = run(id, "forget", List.of(attempt));
		if (!forgotten.isEmpty()) {
			disown(keyOfPayer(String.valueOf(forgotten.get(0))), id);
		}
	}

	private static void add(List<String> fields, String name, @Nullable Object value) {
		if (value != null) {
			fields.add(name);
			fields.add(value.toString());
		}
	}

	@Override
	public @Nullable PassRecord start(String id) {
		return owned(read(id, run(id, "start", List.of())));
	}

	@Override
	public @Nullable PassRecord find(String id) {
		return read(id, run(id, "find", List.of()));
	}

	@Override
	public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
		return owned(read(operation.pass(),
				run(operation, "use", operation.uses(), OPERATION_KEPT, (tokenHash != null) ? tokenHash : "")));
	}

	@Override
	public void giveBack(PassOperation operation, long uses) {
		run(operation, "give-back", operation.part(uses), GIVEN_BACK_KEPT, "");
	}

	@Override
	public void keep(PassOperation operation) {
		RedisScripts.execute(() -> this.redis.expire(key(operation), OPERATION_KEPT));
	}

	private static String key(PassOperation operation) {
		return PREFIX_OF_OPERATION + operation.pass() + "}:" + operation.id();
	}

	@Override
	public boolean revoke(String id) {
		return !run(id, "revoke", List.of()).isEmpty();
	}

	/**
	 * Looks at all passes: a list of them would be one key, whose step would be another
	 * one than that of the pass.
	 */
	@Override
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		List<PassRecord> passes = new ArrayList<>();
		ids().forEach((id) -> {
			PassRecord pass = find(id);
			if (pass != null && (payer == null || payer.equalsIgnoreCase(pass.pass().paid().payer()))) {
				passes.add(pass);
			}
		});
		return passes.stream().sorted(Comparator.comparing(PassRecord::preparedAt).reversed()).limit(limit).toList();
	}

	private Set<String> ids() {
		return RedisScripts.execute(() -> {
			Set<String> ids = new LinkedHashSet<>();
			try (Cursor<String> keys = this.redis
				.scan(ScanOptions.scanOptions().match(PREFIX + "*").count(SCANNED).build())) {
				keys.forEachRemaining((key) -> ids.add(key.substring(PREFIX.length(), key.length() - 1)));
			}
			return ids;
		});
	}

	private List<?> run(PassOperation operation, String step, long uses, Duration kept, String tokenHash) {
		return run(List.of(key(operation.pass()), key(operation)), List.of(step, KEPT_MILLIS, Long.toString(uses),
				Long.toString(operation.uses()), Long.toString(kept.toMillis()), tokenHash));
	}

	private List<?> run(String id, String step, List<String> fields) {
		List<String> arguments = new ArrayList<>(List.of(step, KEPT_MILLIS));
		arguments.addAll(fields);
		return run(List.of(key(id)), arguments);
	}

	private List<?> run(List<String> keys, List<String> arguments) {
		return RedisScripts.execute(() -> {
			Object result = this.redis.execute(SCRIPT, keys, arguments.toArray());
			return (result instanceof List<?> list) ? list : List.of();
		});
	}

	private static String key(String id) {
		return PREFIX + id + "}";
	}

	private static @Nullable PassRecord read(String id, List<?> result) {
		return result.isEmpty() ? null : RedisScripts.execute(() -> read(id, fields(result)));
	}

	private static Map<String, String> fields(List<?> pairs) {
		Map<String, String> fields = new HashMap<>();
		for (int i = 0; i + 1 < pairs.size(); i += 2) {
			fields.put(String.valueOf(pairs.get(i)), String.valueOf(pairs.get(i + 1)));
		}
		return fields;
	}

	private static PassRecord read(String id, Map<String, String> fields) {
		NewPass.Paid paid = new NewPass.Paid(text(fields, "network"), text(fields, "asset"),
				new BigInteger(text(fields, "amount")), text(fields, "payTo"), fields.get("payer"), fields.get("user"));
		Long duration = number(fields, "duration");
		Long end = number(fields, "expires");
		NewPass pass = new NewPass(id, text(fields, "hash"), paid, text(fields, "scope"),
				(duration != null) ? Duration.ofMillis(duration) : null, number(fields, "uses"));
		return new PassRecord(pass, Long.parseLong(text(fields, "used")), fields.containsKey("started"),
				(end != null) ? Instant.ofEpochMilli(end) : null, fields.containsKey("revoked"),
				Instant.ofEpochMilli(Long.parseLong(text(fields, "prepared"))),
				Instant.ofEpochMilli(Long.parseLong(text(fields, "now"))));
	}

	private static String text(Map<String, String> fields, String name) {
		String value = fields.get(name);
		if (value == null) {
			throw new IllegalStateException("A pass has no " + name);
		}
		return value;
	}

	private static @Nullable Long number(Map<String, String> fields, String name) {
		String value = fields.get(name);
		return (value != null) ? Long.valueOf(value) : null;
	}

}
