// Compares what the chain, the buyers, the handlers and the ledger say about each payment. Pure: no I/O, no clock.

/** What each kind of violation means. */
export const KINDS = {
  'charged-undelivered': 'the money moved, and the buyer neither holds the goods nor can collect them',
  'delivered-uncharged': 'a buyer holds goods, or a part of them, that were never paid',
  'charged-twice': 'one purchase was charged more than once',
  'wrong-amount': 'another amount moved than was sold for',
  'ran-too-often': 'the handler ran more often than documented',
  'ran-unpaid': 'a handler ran for a purchase for which no payment was sent',
  'said-uncharged': 'the buyer was told that nothing was charged, and it was',
  'false-receipt': 'a response carries a receipt of a transaction that did not pay for it',
  'two-requests': 'one payment was delivered for two different requests',
  fragment: 'a part of the goods was delivered as if it were whole',
  undecided: 'the outcome can be known, and the buyer is still told to wait',
  'ledger-missing': 'the ledger does not know a transfer',
  'ledger-surplus': 'the ledger has a settlement that the chain does not have, or has it twice',
  'ledger-amount': 'the ledger has another amount than the chain',
  'ledger-contradicts': 'the ledger calls a paid payment declined',
  'ledger-pending': 'the ledger still calls an outcome unknown that can be known',
  'unknown-transfer': 'money moved to the seller for no payment that was signed',
  'booked-unpaid': 'what a transactional handler wrote was committed without a charge, or more than once',
  'paid-unbooked': 'a transactional handler was paid for and delivered, and what it wrote is missing',
  'buyer-misled': 'our buyer reports another outcome than the chain has',
};

/** Handlers whose responses are not stored run again when they are collected; those that fail may run again for free. */
export const RERUNS = 3;
export const UNCHARGED_RUNS = 3;

/**
 * @param payments key, purchase, maximum, charge (what is to be charged), routes (of its requests), responses, excuses, lost, runs,
 *        conclusions; a response has id, whole, part, clean, status, code, receipt, replayed, final; a conclusion is what the
 *        documentation makes of an answer of the facilitator, and whether it is right
 * @param purchases id, payments (keys), result (what a buyer says it did: paid, …)
 * @param transfers transaction, amount, payments (keys found in the call)
 * @param ledger entries of the ledger
 * @param strayRuns runs by id of purchase that no payment was sent for
 * @param bookings ids of purchases that a transactional handler wrote down, or undefined
 * @param node whether the seller has a node, and so never has to believe the facilitator
 * @returns violations {kind, payment, purchase, detail}
 */
export function judge({ payments, purchases, transfers, ledger, strayRuns = new Map(), bookings, node = true }) {
  const violations = [];
  const chargesOf = new Map(payments.map(({ key }) => [key, []]));
  for (const transfer of transfers) {
    const [key] = transfer.payments;
    if (transfer.payments.length === 1 && chargesOf.has(key)) chargesOf.get(key).push(transfer);
    else violations.push({ kind: 'unknown-transfer', detail: `${transfer.amount} by ${transfer.transaction}` });
  }
  for (const payment of payments) {
    const charged = chargesOf.get(payment.key);
    for (const [kind, detail] of judgePayment(payment, charged, node))
      violations.push({ kind, payment: payment.key, purchase: payment.purchase, detail });
  }
  const unknowable = new Set(node ? [] : payments.filter(isUnknowable).map(({ key }) => key));
  for (const purchase of purchases) {
    const charged = purchase.payments.flatMap((key) => chargesOf.get(key) ?? []);
    const misled = purchase.payments.some((key) => unknowable.has(key));
    for (const [kind, detail] of judgePurchase(purchase, charged, bookings, misled))
      violations.push({ kind, purchase: purchase.id, payment: purchase.payments[0], detail });
  }
  for (const [id, runs] of strayRuns) violations.push({ kind: 'ran-unpaid', purchase: id, detail: `${runs} runs` });
  violations.push(...judgeLedger(ledger, transfers, unknowable));
  return violations;
}

/**
 * Whether a seller without a node may never learn that a payment is settled: it was not told, or may have lost what it was
 * told.
 */
function isUnknowable({ conclusions = [], excuses }) {
  return excuses.length > 0 || !conclusions.some(({ conclusion, right }) => conclusion === 'settled' && right);
}

/** Whether a seller without a node was told to its face that nothing is charged, in documented words. */
function isMisled({ conclusions = [] }) {
  return conclusions.some(({ conclusion, right }) => conclusion === 'declined' && !right);
}

function* judgePayment(payment, charged, node) {
  const unknowable = !node && isUnknowable(payment);
  const { responses } = payment;
  const goods = responses.filter(({ whole, part }) => whole || part);
  const held = goods.some(({ whole }) => whole);
  const last = responses.filter(({ final }) => final);
  const collectable = last.some(({ whole }) => whole);

  if (charged.length > 0 && !held && !collectable && !unknowable && !isDocumentedLoss(payment))
    yield ['charged-undelivered', `now: ${last.map(describe).join(', ') || 'not asked'}`];
  if (charged.length === 0 && goods.length > 0) yield ['delivered-uncharged', goods.map(describe).join(', ')];
  for (const { amount, transaction } of charged)
    if (amount !== payment.charge) yield ['wrong-amount', `${amount} instead of ${payment.charge} by ${transaction}`];

  const allowed = allowedRuns({ ...payment, charged: charged.length > 0 });
  if (payment.runs > allowed) yield ['ran-too-often', `${payment.runs} runs, at most ${allowed} are documented`];

  const denial = responses.find(saysUncharged);
  if (denial && charged.length > 0 && (node || !isMisled(payment))) yield ['said-uncharged', describe(denial)];
  const lie = responses.find(
    ({ receipt }) => receipt?.success && !charged.some(({ transaction }) => transaction === receipt.transaction),
  );
  if (lie) yield ['false-receipt', `${describe(lie)} ${lie.receipt.transaction}`];
  const delivered = new Set(goods.map(({ id }) => id));
  if (delivered.size > 1) yield ['two-requests', [...delivered].join(', ')];
  const fragment = responses.find(({ status, part, whole, clean }) => status === 200 && part && !whole && clean);
  if (fragment) yield ['fragment', `${describe(fragment)}${fragment.replayed ? ', from the store' : ''}`];
  const waiting = last.find(({ code }) => code === 'settlement_pending' || code === 'payment_in_progress');
  if (waiting && !unknowable && !last.some(({ whole }) => whole)) yield ['undecided', describe(waiting)];
}

/**
 * Once a response has begun to leave, what is too large to be stored can be made again only if the method is safe. What
 * fails after the release of a stream stays charged.
 */
function isDocumentedLoss({ routes, lost }) {
  return routes.some((route) => route.breaks || (route.stored === false && route.method !== 'GET' && lost));
}

function allowedRuns({ routes, responses, excuses, charged }) {
  const failures = responses.some(({ status, code, id, part }) => id && status >= 500 && !code && !part);
  const uncharged = failures || routes.some(({ fails }) => fails) ? UNCHARGED_RUNS : 1;
  const unstored = routes.some(({ stored, breaks }) => stored === false || breaks) ? RERUNS + UNCHARGED_RUNS - 1 : 0;
  // a transaction is rolled back while it is unknown whether it is paid for; when it turns out to be, its handler runs again
  const reruns = unstored || (charged && routes.some(({ books }) => books) ? RERUNS : 0);
  return uncharged + reruns + excuses.length;
}

function saysUncharged({ receipt, code }) {
  if (code === 'settlement_declined') return true;
  return (
    receipt?.success === false &&
    !['settlement_pending', undefined].includes(receipt.errorReason) &&
    code !== 'settlement_pending'
  );
}

function* judgePurchase(purchase, charged, bookings, misled) {
  if (charged.length > 1) yield ['charged-twice', charged.map(({ transaction }) => transaction).join(', ')];
  if (purchase.result === 'paid' && charged.length === 0) yield ['buyer-misled', 'it says paid, nothing was'];
  if (purchase.result === 'refused' && charged.length > 0 && !misled)
    yield ['buyer-misled', 'it says refused, and it was charged'];
  if (bookings && purchase.books) {
    const rows = bookings.filter((id) => id === purchase.id).length;
    if (rows > (charged.length > 0 ? 1 : 0) + (purchase.rebooks ?? 0))
      yield ['booked-unpaid', `${rows} rows, ${charged.length} charges`];
    if (rows === 0 && charged.length > 0 && purchase.delivered) yield ['paid-unbooked', 'no row'];
  }
}

function* judgeLedger(entries, transfers, unknowable) {
  const byTransaction = new Map();
  for (const entry of entries.filter(({ event }) => event === 'SETTLED')) {
    const key = entry.transaction;
    byTransaction.set(key, [...(byTransaction.get(key) ?? []), entry]);
  }
  for (const { transaction, amount, payments } of transfers) {
    const found = byTransaction.get(transaction) ?? [];
    byTransaction.delete(transaction);
    const [payment] = payments;
    if (found.length === 0 && !unknowable.has(payment))
      yield { kind: 'ledger-missing', payment, detail: `${amount} by ${transaction}` };
    if (found.length > 1)
      yield { kind: 'ledger-surplus', payment, detail: `${found.length} entries of ${transaction}` };
    if (found.length === 1 && BigInt(found[0].amount) !== amount)
      yield { kind: 'ledger-amount', payment, detail: `${found[0].amount} instead of ${amount} by ${transaction}` };
  }
  for (const [transaction, found] of byTransaction)
    yield { kind: 'ledger-surplus', detail: `${found[0].route} by ${transaction}, which did not pay` };

  const bySale = new Map();
  for (const entry of entries) bySale.set(entry.sale, [...(bySale.get(entry.sale) ?? []), entry]);
  let unresolved = unknowable.size;
  for (const [sale, its] of bySale) {
    const events = its.map(({ event }) => event);
    const story = events.join(' ');
    if (events.includes('SETTLED') && events.includes('DECLINED'))
      yield { kind: 'ledger-contradicts', detail: `${sale}: ${story}` };
    const ended = events.some((event) => event === 'SETTLED' || event === 'DECLINED');
    const open = events.findLastIndex((event) => event === 'PENDING' || event === 'UNRESOLVED');
    if (
      !ended &&
      open >= 0 &&
      !events.slice(open).some((event) => event === 'RELEASED' || event === 'EXECUTED') &&
      unresolved-- <= 0
    )
      yield { kind: 'ledger-pending', detail: `${sale} ${its[0].route}: ${story}` };
  }
}

const describe = ({ status, code, whole, part, error }) =>
  error ?? `${status}${code ? ` ${code}` : ''}${whole ? ' with the goods' : part ? ' with a part of the goods' : ''}`;
