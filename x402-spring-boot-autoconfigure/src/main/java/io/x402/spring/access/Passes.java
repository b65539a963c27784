/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.RateLimits;
import io.x402.spring.payment.RateLimits.Kind;
import io.x402.spring.payment.RateLimits.Limit;
import io.x402.spring.payment.SalePreparation;
import io.x402.spring.pricing.PassTerms;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.pricing.Pricing;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.Sha256;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.signin.SignIn;
import io.x402.spring.signin.SignInRequest;
import io.x402.spring.signin.SignInResult;
import io.x402.spring.signin.SignedIn;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.time.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sells passes and balances and takes them in place of payments. Both belong to the claim
 * of the payment that bought them, so that a redelivery has the same one. A balance is a
 * pass whose uses are atomic units of a token, of which each call takes its price.
 *
 * @since 0.2.0
 */
public final class Passes {

	private static final Log logger = LogFactory.getLog(Passes.class);

	private static final int MIN_KEY = 32;

	/** How often an account may sign in within a minute. */
	private static final int SIGN_INS = 300;

	private static final int ACCOUNTS = 10_000;

	/** How often a node is asked about a contract within a minute. */
	private static final int CONTRACT_SIGN_INS = 30;

	/** How often nodes are asked about contracts in all. */
	private static final int QUESTIONS = 120;

	/** How often passes are looked for that other requests use up meanwhile. */
	private static final int ATTEMPTS = 10;

	private static final Comparator<PaymentRequirements> BY_AMOUNT = Comparator.comparing(PaymentRequirements::amount);

	private final PassStore store;

	private final byte[] key;

	private final @Nullable SignIn signIn;

	private final PassStatement statement;

	private final PassOperations operations;

	private final KnownPasses known = new KnownPasses();

	private final boolean cookies;

	/**
	 * Each proof is remembered until it could not be shown once more, also where nothing
	 * is used up.
	 */
	private final RateLimits signIns = new RateLimits(Map.of(Kind.SIGN_IN, new Limit(SIGN_INS, 0)), ACCOUNTS,
			MonotonicClock.system());

	private final RateLimits questions = new RateLimits(Map.of(Kind.SIGN_IN, new Limit(CONTRACT_SIGN_INS, QUESTIONS)),
			ACCOUNTS, MonotonicClock.system());

	/**
	 * Create an instance without sign-in.
	 * @param store keeps passes
	 * @param key secret that tokens are made with, of at least 32 bytes; with another one
	 * the token of a pass is replaced when its response is delivered again
	 * @throws IllegalArgumentException if the key is shorter
	 */
	public Passes(PassStore store, byte[] key) {
		this(store, key, null);
	}

	/**
	 * Create an instance.
	 * @param store keeps passes
	 * @param key secret that tokens are made with, of at least 32 bytes; with another one
	 * the token of a pass is replaced when its response is delivered again
	 * @param signIn proves that a pass is the buyer's without its token, or {@code null}
	 * if only the token does
	 * @throws IllegalArgumentException if the key is shorter
	 */
	public Passes(PassStore store, byte[] key, @Nullable SignIn signIn) {
		this(store, key, signIn, null, false);
	}

	/**
	 * Create an instance.
	 * @param store keeps passes
	 * @param key secret that tokens are made with, of at least 32 bytes; with another one
	 * the token of a pass is replaced when its response is delivered again
	 * @param signIn proves that a pass is the buyer's without its token, or {@code null}
	 * if only the token does
	 * @param ledger has an entry for each pass that is revoked, or {@code null}
	 * @param statement whether the ledger has an entry for each use as well
	 * @throws IllegalArgumentException if the key is shorter
	 */
	public Passes(PassStore store, byte[] key, @Nullable SignIn signIn, @Nullable PaymentLedger ledger,
			boolean statement) {
		if (key.length < MIN_KEY) {
			throw new IllegalArgumentException("The key must have at least " + MIN_KEY + " bytes");
		}
		this.store = store;
		this.key = key.clone();
		this.signIn = signIn;
		this.statement = new PassStatement(ledger, statement);
		this.operations = new PassOperations(store, this.statement, MonotonicClock.system());
		this.cookies = false;
	}

	private Passes(Passes passes, boolean cookies) {
		this.store = passes.store;
		this.key = passes.key;
		this.signIn = passes.signIn;
		this.statement = passes.statement;
		this.operations = passes.operations;
		this.cookies = cookies;
	}

	/**
	 * Return passes whose tokens the browsers of buyers keep in cookies, out of reach of
	 * the scripts of a page.
	 * @return an instance for the same passes
	 */
	public Passes withCookies() {
		return new Passes(this, true);
	}

	/**
	 * Store the pass or balance that a payment buys, before it is settled or delivered
	 * again.
	 * @param pricing the price that is paid
	 * @param sale the payment
	 * @param headers returns the values of a header field of the request that is paid,
	 * none if it is absent
	 * @param user name of the authenticated user, or {@code null} if there is none
	 * @return the pass, or {@code null} if none is sold
	 * @throws PaymentStoreException if it cannot be stored, so that its payment must not
	 * be settled
	 */
	public @Nullable SoldPass sell(Pricing pricing, SalePreparation.Prepared sale,
			Function<String, List<String>> headers, @Nullable String user) {
		PassTerms terms = pricing.pass();
		PaymentRequirements offer = sale.payment().requirements();
		if (terms == null) {
			return null;
		}
		boolean bought = !terms.isBalance() || offer.isTopUp();
		if (!bought && sale.payment().receipt() == null) {
			return null;
		}
		PassToken token = token(sale);
		SoldPass.Keeper keeper = keeper(terms, token, sale.offers(), headers, user);
		if (!bought) {
			return sold(terms, token, keeper);
		}
		NewPass.Paid paid = new NewPass.Paid(offer.network(), offer.asset(), offer.amount(), offer.payTo(),
				sale.payment().payer(), terms.sameUser() ? user(user) : null);
		Long uses = terms.isBalance() ? (Long) offer.amount().longValueExact() : terms.uses();
		NewPass pass = new NewPass(token.id(), token.hash(), paid, terms.scope(), terms.duration(), uses);
		return prepare(new SoldPass(terms, token, pass, PassUse.count(terms, sale.offers().priceOf(offer)), keeper));
	}

	/**
	 * A balance that was paid for stays so when its top-up is not offered any more.
	 */
	private @Nullable SoldPass sold(PassTerms terms, PassToken token, SoldPass.Keeper keeper) {
		PassRecord known = this.store.find(token.id());
		if (known == null || !known.pass().isBalance()) {
			return null;
		}
		NewPass balance = known.pass();
		NewPass pass = new NewPass(token.id(), token.hash(), balance.paid(), balance.scope(), balance.duration(),
				balance.uses());
		return prepare(new SoldPass(terms, token, pass, known.used(), keeper));
	}

	private SoldPass.Keeper keeper(PassTerms terms, PassToken token, PaymentOffers offers,
			Function<String, List<String>> headers, @Nullable String user) {
		if (!this.cookies || !PassCookie.isKept(offers.resource().url(), headers)) {
			return new SoldPass.Keeper(this.store, false, List.of());
		}
		return PassCookie.makeRoom(token, terms.scope(), headers, (other) -> rest(other, terms, offers, user))
			.map((gone) -> new SoldPass.Keeper(this.store, true, gone))
			.orElseGet(() -> new SoldPass.Keeper(this.store, false, List.of()));
	}

	/**
	 * Return what is left of a pass if that is too little for a call, less than nothing
	 * if it has ended, else the largest number.
	 */
	private long rest(PassToken token, PassTerms terms, PaymentOffers offers, @Nullable String user) {
		try {
			PassRecord pass = this.store.find(token.id());
			if (pass == null || !token.opens(pass.pass().tokenHash())) {
				return -1;
			}
			PaymentRequirements price = price(pass.pass(), offers);
			ReasonCode ended = (price != null && opens(pass.pass(), terms, user))
					? ended(pass, PassUse.count(terms, price)) : null;
			Long left = (ended != null) ? pass.remaining() : null;
			return (ended == null) ? Long.MAX_VALUE
					: (left != null && !pass.revoked() && !pass.isExpired()) ? left : -1;
		}
		catch (PaymentStoreException ex) {
			return Long.MAX_VALUE;
		}
	}

	private PassToken token(SalePreparation.Prepared sale) {
		return PassToken.of(PassToken.idOf(sale.claimId()), this.key);
	}

	private static SoldPass prepare(SoldPass sold) {
		try {
			sold.prepare();
		}
		catch (PaymentStoreException ex) {
			throw new PaymentStoreException("A pass could not be stored: " + ex.getMessage(), ex);
		}
		return sold;
	}

	/**
	 * Return the challenge of a 402 with which a buyer can sign in.
	 * @param priced the request and its price
	 * @param offers the offers for the request
	 * @return the protocol extension by its key, empty if no account can sign in
	 */
	public Map<String, Object> challenge(PricedRequest priced, PaymentOffers offers) {
		return (this.signIn != null && priced.pricing().pass() != null)
				? this.signIn.challenge(signInRequest(priced, offers)) : Map.of();
	}

	private static SignInRequest signInRequest(PricedRequest priced, PaymentOffers offers) {
		return new SignInRequest(priced.method(), offers.resource().url(),
				offers.accepts().stream().map(PaymentRequirements::network).distinct().toList());
	}

	/**
	 * Take one use of the pass that a request sends, or its price of a balance. A request
	 * without a token can be signed by who has paid, and one without either can come from
	 * a browser that keeps tokens.
	 * @param priced the request and its price
	 * @param offers the offers for the request
	 * @param headers returns the values of a header field, none if it is absent
	 * @param user name of the authenticated user, or {@code null} if there is none
	 * @return the use, granted or not, or {@code null} if the handler sells no passes
	 */
	public @Nullable PassUse use(PricedRequest priced, PaymentOffers offers, Function<String, List<String>> headers,
			@Nullable String user) {
		PassTerms terms = priced.pricing().pass();
		if (terms == null) {
			return null;
		}
		Call call = new Call(priced, terms, offers, user);
		List<String> tokens = headers.apply(PassHeaders.TOKEN);
		if (tokens.isEmpty()) {
			return withoutToken(call, headers);
		}
		PassToken token = (tokens.size() == 1) ? PassToken.parse(tokens.get(0)) : null;
		PassUse use = (token != null) ? check(call, token) : null;
		return (use != null) ? use : PassUse.refused(terms, ReasonCode.PASS_INVALID, null);
	}

	private @Nullable PassUse check(Call call, PassToken token) {
		try {
			return use(call, token);
		}
		catch (PaymentStoreException ex) {
			logger.error("A pass could not be checked: " + ex.getMessage());
			return PassUse.refused(call.terms(), ReasonCode.STORE_UNAVAILABLE, null);
		}
	}

	/**
	 * A browser sends all that it keeps. The first one that lets the request in is used.
	 */
	private PassUse fromCookies(Call call, List<PassToken> tokens) {
		PassTerms terms = call.terms();
		PassUse best = PassUse.refused(terms, ReasonCode.PAYMENT_REQUIRED, null);
		PassCookieChanges changes = new PassCookieChanges(terms);
		for (PassToken token : tokens) {
			PassUse use = check(call, token);
			if (use != null && use.isGranted()) {
				return use.tell(changes.keep(token));
			}
			changes.refused(token, use);
			if (use != null && use.refusal() != ReasonCode.PASS_INVALID
					&& best.refusal() != ReasonCode.STORE_UNAVAILABLE) {
				best = use;
			}
		}
		return best.tell(changes.values());
	}

	private PassUse withoutToken(Call call, Function<String, List<String>> headers) {
		PassTerms terms = call.terms();
		List<String> signed = (this.signIn != null) ? headers.apply(SignInPayload.HEADER) : List.of();
		if (this.signIn == null || signed.isEmpty()) {
			return fromCookies(call, this.cookies ? PassCookie.tokens(terms.scope(), headers) : List.of());
		}
		SignInResult result = this.signIn.verify(signed, signInRequest(call.priced(), call.offers()));
		if (result instanceof SignInResult.Refused refused) {
			return PassUse.refused(terms, refused.reason(), null);
		}
		try {
			return use(call, (SignedIn) result);
		}
		catch (PaymentStoreException ex) {
			logger.error("A sign-in could not be checked: " + ex.getMessage());
			return PassUse.refused(terms, ReasonCode.STORE_UNAVAILABLE, null);
		}
	}

	/**
	 * The proof is used up only if there is something that it opens, so that nothing is
	 * stored for accounts that have never paid. A balance that is too low is shown.
	 */
	private PassUse use(Call call, SignedIn signedIn) {
		PassTerms terms = call.terms();
		List<PaymentRequirements> prices = prices(call.offers()).filter((price) -> signedIn.isOn(price.network()))
			.sorted(BY_AMOUNT)
			.toList();
		for (PaymentRequirements price : prices) {
			List<PassRecord> passes = find(call, price, PassUse.count(terms, price), signedIn);
			if (!passes.isEmpty()) {
				ReasonCode objection = objection(signedIn);
				objection = (objection != null) ? objection : useUp(signedIn);
				return (objection != null) ? PassUse.refused(terms, objection, null)
						: takeOne(call, price, passes, () -> find(call, price, PassUse.count(terms, price), signedIn));
			}
		}
		for (PaymentRequirements price : terms.isBalance() ? prices : List.<PaymentRequirements>of()) {
			List<PassRecord> low = find(call, price, 1, signedIn);
			if (!low.isEmpty()) {
				ReasonCode objection = objection(signedIn);
				return (objection != null) ? PassUse.refused(terms, objection, null)
						: PassUse.refused(terms, ReasonCode.CREDIT_INSUFFICIENT, low.get(0));
			}
		}
		return PassUse.refused(terms,
				signedIn.isOfContract() ? ReasonCode.SIGN_IN_INVALID : ReasonCode.SIGN_IN_WITHOUT_PASS, null);
	}

	/**
	 * A node is asked only about accounts that own something, and not often, because
	 * anybody can send anything in the form of a signature.
	 * @return why the account may not have signed, or {@code null}
	 */
	private @Nullable ReasonCode objection(SignedIn signedIn) {
		if (!signedIn.isOfContract()) {
			return null;
		}
		if (!this.questions.take(Kind.SIGN_IN, signedIn.address().toLowerCase(Locale.ROOT))) {
			return ReasonCode.RATE_LIMIT;
		}
		Boolean signed = signedIn.isSigned();
		if (signed == null) {
			return ReasonCode.PAYMENTS_UNAVAILABLE;
		}
		return signed ? null : ReasonCode.SIGN_IN_INVALID;
	}

	/**
	 * Use a proof up. Those that were shown before are not counted, since anybody who has
	 * seen one can show it.
	 * @return why the account is not let in, or {@code null}
	 */
	private @Nullable ReasonCode useUp(SignedIn signedIn) {
		String account = signedIn.address().toLowerCase(Locale.ROOT);
		if (this.signIns.isReached(Kind.SIGN_IN, account)) {
			return ReasonCode.RATE_LIMIT;
		}
		if (!signedIn.use()) {
			return ReasonCode.SIGN_IN_USED;
		}
		this.signIns.take(Kind.SIGN_IN, account);
		return null;
	}

	private List<PassRecord> find(Call call, PaymentRequirements price, long uses, SignedIn signedIn) {
		PassTerms terms = call.terms();
		BigInteger paid = terms.isBalance() ? BigInteger.ZERO : price.amount();
		return this.store
			.usable(new PassQuery(signedIn.address(), terms.scope(), price.network(), price.asset(), price.payTo(),
					paid, uses, user(call.user())))
			.stream()
			.filter((pass) -> signedIn.isAccount(pass.pass().paid().payer()) && isFor(pass.pass(), price)
					&& opens(pass.pass(), terms, call.user()))
			.toList();
	}

	/**
	 * Other requests may use up what was found. The account may have more.
	 */
	private PassUse takeOne(Call call, PaymentRequirements price, List<PassRecord> passes,
			Supplier<List<PassRecord>> left) {
		List<PassRecord> found = passes;
		PassUse use = takeFirst(call, found, price);
		for (int i = 1; i < ATTEMPTS && !use.isGranted(); i++) {
			found = left.get();
			if (found.isEmpty()) {
				return use;
			}
			use = takeFirst(call, found, price);
		}
		return use;
	}

	private PassUse takeFirst(Call call, List<PassRecord> passes, PaymentRequirements price) {
		PassUse use = PassUse.refused(call.terms(), ReasonCode.SIGN_IN_WITHOUT_PASS, null);
		for (PassRecord pass : passes) {
			use = take(call, pass, price);
			if (use.isGranted()) {
				return use;
			}
		}
		return use;
	}

	/**
	 * What never changes about a pass is known after its first use, so that the next one
	 * is one step of the store, which decides. If it does not grant the use, the pass is
	 * read to say why.
	 * @return the use, or {@code null} if the token opens no pass
	 */
	private @Nullable PassUse use(Call call, PassToken token) {
		PassUse use = useKnown(call, token);
		return (use != null) ? use : useFound(call, token);
	}

	private @Nullable PassUse useKnown(Call call, PassToken token) {
		NewPass pass = this.known.find(token);
		PaymentRequirements price = (pass != null) ? price(pass, call.offers()) : null;
		if (pass == null || price == null || !opens(pass, call.terms(), call.user())) {
			return null;
		}
		PassUse use = take(call, pass, price, pass.tokenHash());
		if (use == null) {
			this.known.forget(pass);
		}
		return use;
	}

	private @Nullable PassUse useFound(Call call, PassToken token) {
		PassTerms terms = call.terms();
		PassRecord pass = this.store.find(token.id());
		if (pass == null || !token.opens(pass.pass().tokenHash())) {
			return null;
		}
		PaymentRequirements price = price(pass.pass(), call.offers());
		if (price == null || !opens(pass.pass(), terms, call.user())) {
			return PassUse.refused(terms, ReasonCode.PASS_INVALID, null);
		}
		ReasonCode ended = ended(pass, PassUse.count(terms, price));
		if (ended != null) {
			return PassUse.refused(terms, ended, pass);
		}
		PassUse use = take(call, pass, price);
		if (use.isGranted()) {
			this.known.add(pass.pass());
		}
		return use;
	}

	private PassUse take(Call call, PassRecord pass, PaymentRequirements price) {
		PassTerms terms = call.terms();
		if (pass.pass().uses() == null && pass.expiresAt() != null) {
			return PassUse.granted(terms, pass, price, null);
		}
		PassUse use = take(call, pass.pass(), price, null);
		return (use != null) ? use : ended(terms, pass.pass().id(), PassUse.count(terms, price));
	}

	/**
	 * Take uses in one step of the store.
	 * @param tokenHash hash of the token that must open the pass, or {@code null} if that
	 * is certain
	 * @return the use, or {@code null} if the store does not grant it
	 */
	private @Nullable PassUse take(Call call, NewPass pass, PaymentRequirements price, @Nullable String tokenHash) {
		long uses = PassUse.count(call.terms(), price);
		PassOperations.Taken taken = this.operations.take(pass.id(), tokenHash, uses, call.priced().route());
		return (taken != null)
				? PassUse.granted(call.terms(), taken.pass(), price, (unused) -> this.operations.end(taken, unused))
				: null;
	}

	/**
	 * Give back what could not be given back before, and what may have been taken for
	 * calls that were refused because the store did not respond. To be called every few
	 * seconds, and once more at the end.
	 * @throws PaymentStoreException if a step fails, after the others; what is left is
	 * given back later
	 */
	public void maintain() {
		this.operations.maintain();
	}

	/**
	 * Another request, or the end of its time, was faster.
	 */
	private PassUse ended(PassTerms terms, String id, long uses) {
		PassRecord pass = this.store.find(id);
		ReasonCode ended = (pass != null) ? ended(pass, uses) : null;
		return PassUse.refused(terms, (ended != null) ? ended : ReasonCode.PASS_INVALID, pass);
	}

	private static @Nullable ReasonCode ended(PassRecord pass, long uses) {
		if (pass.revoked()) {
			return ReasonCode.PASS_REVOKED;
		}
		if (pass.isExpired()) {
			return ReasonCode.PASS_EXPIRED;
		}
		Long remaining = pass.remaining();
		if (remaining == null || remaining >= uses) {
			return null;
		}
		return pass.pass().isBalance() ? ReasonCode.CREDIT_INSUFFICIENT : ReasonCode.PASS_EXHAUSTED;
	}

	private static boolean opens(NewPass pass, PassTerms terms, @Nullable String user) {
		String bound = pass.paid().user();
		return pass.scope().equals(terms.scope()) && (bound == null || bound.equals(user(user)));
	}

	/**
	 * A pass opens what costs no more than was paid for it. A balance also pays what
	 * costs more than its top-up did, if it could.
	 * @return the offer that is used, or {@code null} if there is none
	 */
	private static @Nullable PaymentRequirements price(NewPass pass, PaymentOffers offers) {
		return prices(offers).filter((offer) -> isFor(pass, offer)).min(BY_AMOUNT).orElse(null);
	}

	private static boolean isFor(NewPass pass, PaymentRequirements offer) {
		return pass.isBalance() ? pass.paid().isFor(offer) : pass.paid().covers(offer);
	}

	private static Stream<PaymentRequirements> prices(PaymentOffers offers) {
		return offers.accepts().stream().filter((offer) -> !offer.isTopUp() && !Schemes.of(offer).isPaidBefore());
	}

	private static String user(@Nullable String user) {
		return (user != null) ? Sha256.of(user) : "";
	}

	/**
	 * End a pass for good.
	 * @param id identity of the pass
	 * @return {@code false} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public boolean revoke(String id) {
		PassRecord pass = this.store.find(id);
		boolean revoked = this.store.revoke(id);
		if (revoked && pass != null && !pass.revoked()) {
			this.statement.revoked(ended(pass));
		}
		return revoked;
	}

	/**
	 * Calls may have used it until it ended. It has ended, whatever can be read of it.
	 */
	private PassRecord ended(PassRecord known) {
		try {
			PassRecord ended = this.store.find(known.pass().id());
			return (ended != null) ? ended : known;
		}
		catch (PaymentStoreException ex) {
			return known;
		}
	}

	/**
	 * Find the passes that were sold last, newest first, ended or not. Redis reads all
	 * passes for it.
	 * @param payer address of the buyer, in any letter case, or {@code null} for all
	 * buyers
	 * @param limit maximum number of passes, at least one
	 * @return the passes
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		return this.store.latest(payer, limit);
	}

	/**
	 * Find a pass.
	 * @param id identity of the pass
	 * @return the pass, ended or not, or {@code null} if there is none
	 * @throws PaymentStoreException if the store is out of reach
	 */
	public @Nullable PassRecord find(String id) {
		return this.store.find(id);
	}

	/**
	 * A request without a payment.
	 *
	 * @param priced the request and its price
	 * @param terms what its handler sells
	 * @param offers the offers for the request
	 * @param user name of the authenticated user, or {@code null} if there is none
	 */
	private record Call(PricedRequest priced, PassTerms terms, PaymentOffers offers, @Nullable String user) {

	}

}
