// How the facilitator can misbehave. Each fault answers a call with {status, body | raw, type, headers} or {destroy: true}.
//   op        verify | settle | supported
//   genuine   does what an honest facilitator does and returns its answer
//   delayMs   how long slow faults wait
//   network, payer, paymentKey, elsewhere   facts of the call that made-up answers need

const FOREIGN_TRANSACTION = `0x${'ab'.repeat(32)}`;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const json = (body, status = 200) => ({ status, body });
const raw = (text, type = 'application/json', status = 200) => ({ status, raw: text, type });

const refusal = (reason, { op, network, payer }) =>
  op === 'verify'
    ? { isValid: false, invalidReason: reason, payer }
    : { success: false, errorReason: reason, transaction: '', network, payer };

const success = ({ network, payer }, changes) => ({
  success: true,
  transaction: FOREIGN_TRANSACTION,
  network,
  payer,
  ...changes,
});

const firstResults = new Map();
const announcedPending = new Map();
let formerTransaction;

export const FAULTS = {
  ok: async ({ genuine, op }) => {
    const result = await genuine();
    if (op === 'settle' && result.body.success) formerTransaction = result.body.transaction;
    return result;
  },

  // --- the work is done, the answer is usable
  slow: async ({ genuine, delayMs }) => {
    await sleep(delayMs);
    return genuine();
  },
  slowlost: async ({ genuine, delayMs }) => {
    const result = await genuine();
    await sleep(delayMs);
    return result;
  },
  extra: async ({ genuine }) => {
    const { status, body } = await genuine();
    return json({ ...body, somethingNew: { a: [1, 2, 3] } }, status);
  },
  // every repetition of a payment gets the first result, so nothing here protects from replay
  idempotent: ({ genuine, op, payer, paymentKey }) => {
    if (op === 'verify') return json({ isValid: true, payer });
    if (!firstResults.has(paymentKey)) firstResults.set(paymentKey, genuine());
    return firstResults.get(paymentKey);
  },

  // --- the work is done, the caller cannot know
  lost: async ({ genuine }) => {
    await genuine();
    return { destroy: true };
  },
  // the first answer says that the transaction is on its way, the repetition tells its outcome
  pendingonce: async ({ genuine, network, payer, paymentKey }) => {
    if (announcedPending.has(paymentKey)) return json(announcedPending.get(paymentKey));
    const result = await genuine();
    if (!result.body.success) return result;
    announcedPending.set(paymentKey, result.body);
    const { transaction } = result.body;
    return json({ success: false, errorReason: 'settlement_pending', transaction, network, payer });
  },

  // --- nothing is done, and said so
  reject: (call) => json(refusal('insufficient_funds', call)),
  http400: (call) => json(refusal('invalid_payload', call), 400),

  // --- nothing is done, the caller cannot know
  hang: () => new Promise(() => {}),
  reset: () => ({ destroy: true }),
  http429: () => ({ ...json({ error: 'rate limited' }, 429), headers: { 'Retry-After': '1' } }),
  http500: () => json({ error: 'Internal server error' }, 500),
  http503html: () => raw('<html><body>Service Unavailable</body></html>', 'text/html', 503),
  html: () => raw('<html>login</html>', 'text/html'),
  garbage: () => raw('\u0000\u0001not json at all{{{'),
  empty: () => raw(''),
  null: () => raw('null'),
  array: () => json([]),
  nofields: () => json({}),
  wrongtype: ({ op, network, payer }) =>
    json(op === 'verify' ? { isValid: 'true', payer } : { success: 'true', transaction: 123, network }),
  redirect: ({ elsewhere }) => ({ ...json({}, 307), headers: { Location: elsewhere } }),

  // --- nothing is done, and a lie is told (to verify: an answer of the wrong kind)
  emptytx: (call) => json(success(call, { transaction: '' })),
  wrongnetwork: (call) => json(success(call, { network: 'eip155:1' })),
  lowamount: (call) => json(success(call, { amount: '1' })),
  // the transaction that settled the payment before
  former: (call) => json(success(call, { transaction: formerTransaction })),
};
